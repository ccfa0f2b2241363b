import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { findBaseline } from '../../src/gate/baseline.js'
import { runOf, Runs } from './runs.js'

const runs = new Runs()
afterAll(() => runs.remove())
const now = runOf(80)

async function viewOf(baseline: string | undefined) {
  const log: string[] = []
  const say = (level: string) => (message: string) => void log.push(`${level}: ${message}`)
  const options = { log: { info: say('info'), warn: say('warn'), debug: say('debug') } }
  const view = await findBaseline(baseline === undefined ? options : { ...options, baseline })
  return { ...view(now.result, now.samples), log }
}

describe('the baseline of a run', () => {
  it('is named in the log and compared', async () => {
    const { comparison, regressionOf, log } = await viewOf(runs.write('main', runOf(60)))
    expect(comparison?.comparable).toBe(true)
    expect(regressionOf('int8', 'top1')).toMatchObject({ points: 2, paired: true })
    expect(log).toEqual(['info: baseline: commit 1a2b3c4d of main, 2026-11-23'])
  })

  it('is none where none was asked for', async () => {
    const { comparison, regressionOf, log } = await viewOf(undefined)
    expect(comparison).toBeUndefined()
    expect(regressionOf('int8', 'top1')).toMatch(/^no baseline was given/)
    expect(log).toEqual([])
  })

  it('stops nothing where it is missing or damaged: its limits stay open and say why', async () => {
    const damaged = runs.write('damaged', runOf(60))
    writeFileSync(join(damaged, 'result.json'), '{"schemaVersion": 1')
    for (const [path, reason] of [
      [join(runs.root, 'nowhere'), /nowhere does not exist/],
      [damaged, /result\.json is not valid JSON/]
    ] as const) {
      const { comparison, regressionOf, log } = await viewOf(path)
      expect(comparison).toMatchObject({
        path,
        comparable: false,
        reasons: [expect.stringMatching(reason)],
        variants: {}
      })
      expect(regressionOf('int8', 'top1')).toMatch(reason)
      expect(regressionOf('int8', 'top1')).toMatch(/is the first baseline \(docs\/baseline\.md\)$/)
      expect(log).toEqual([expect.stringMatching(/^warn: no baseline: /)])
    }
  })

  it('warns that it is not compared where it was made on other hardware', async () => {
    const other = runOf(60)
    const environment = { ...other.result.environment, vnni: true }
    const { log } = await viewOf(runs.write('vnni', { ...other, result: { ...other.result, environment } }))
    expect(log.at(-1)).toMatch(/^warn: the baseline is shown and not compared: the processors differ/)
  })
})
