import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { reporters, type ReporterName, type ReportOptions } from '../../src/report/index.js'
import type { Result } from '../../src/result.js'
import { failingResult, fullResult, passingResult } from './results.js'

const folder = new URL('../../__fixtures__/report/', import.meta.url)

/** UPDATE_GOLDEN=1 rewrites the files: read the difference before committing it. */
function expectGolden(name: string, text: string): void {
  const file = new URL(name, folder)
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, text)
  }
  expect(text).toBe(readFileSync(file, 'utf8'))
}

const links = {
  reportId: 'resnet14',
  runUrl: 'https://github.com/octo-org/vision/actions/runs/4711',
  sha: '8d2e6b41c0f93a75e1d4286b0c9f7a5384d6e210'
}

const cases: [string, ReporterName, Result, Partial<ReportOptions>][] = [
  ['failing.txt', 'terminal', failingResult, {}],
  ['failing-80.txt', 'terminal', failingResult, { width: 80 }],
  ['failing-narrow.txt', 'terminal', failingResult, { width: 44 }],
  ['failing-color.txt', 'terminal', failingResult, { color: true }],
  ['passing.txt', 'terminal', passingResult, {}],
  ['failing.md', 'markdown', failingResult, {}],
  ['passing.md', 'markdown', passingResult, {}],
  ['full.md', 'markdown', fullResult, { links }],
  ['full-comment.md', 'comment', fullResult, { links }],
  ['full.txt', 'terminal', fullResult, {}],
  ['failing.xml', 'junit', failingResult, {}],
  ['failing.json', 'json', failingResult, {}]
]

describe('reporters', () => {
  it.each(cases)('writes %s as it was agreed', (file, reporter, result, options) => {
    expectGolden(file, reporters[reporter].format(result, { color: false, width: 110, ...options }))
  })
})
