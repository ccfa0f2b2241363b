import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { renderComment, renderSummary } from '../../src/report/index.js'
import { largeResult, type Size } from './large.js'
import { failingResult, resultNamed, resultWithEverything } from './results.js'

const options = { reportId: 'net', runUrl: 'https://github.com/o/r/actions/runs/1', sha: '0123456789abcdef' }
const MARKER = '<!-- precision-gate:net -->'
const rows = (text: string, status: string) => text.split('\n').filter((line) => line.startsWith(`| ${status}`)).length

/** What is opened is closed: fences in pairs, folds nested. */
function expectBalanced(text: string): void {
  expect(text.split('\n').filter((line) => line.startsWith('```')).length % 2).toBe(0)
  expect(text.match(/<details>/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0)
}

describe('a run with 1,500 layers and 40 limits', () => {
  const size: Size = { variants: 8, limits: 5, broken: 17, layers: 1500 }

  it.each<[string, Size]>([
    ['plain names', size],
    ['every limit broken', { ...size, broken: 40 }],
    ['a variant for each limit', { ...size, variants: 40, limits: 1 }],
    [
      'long names that are nothing but what must be escaped',
      { ...size, broken: 40, name: (index) => `${index}`.padEnd(300, '|') }
    ],
    [
      'long names of emoji',
      { ...size, variants: 40, limits: 1, broken: 40, name: (index) => `${index}${'😀'.repeat(100)}` }
    ]
  ])('fits with %s, every broken limit in it', (_, large) => {
    const result = largeResult(large)
    const comment = renderComment(result, options)
    expect(comment.length).toBeLessThanOrEqual(60_000)
    expect(rows(comment, '❌')).toBe(large.broken)
    expect(comment.trimEnd().endsWith(MARKER)).toBe(true)
    expectBalanced(comment)

    const summary = renderSummary(result, options)
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1_000_000)
    expect(rows(summary, '❌')).toBe(large.broken)
    expectBalanced(summary)
  })

  it('shows the worst layers in a comment, and every layer in the summary of one variant', () => {
    const result = largeResult({ ...size, variants: 1, limits: 40 })
    const comment = renderComment(result, options)
    expect(comment).toContain('(10 of 1,500)')
    const layers = comment.split('\n').filter((line) => line.startsWith('| <code>&#47;backbone'))
    expect(layers).toHaveLength(10)
    expect(layers[0]).toContain('block750')
    expect(renderSummary(result, options).match(/^\| <code>&#47;backbone/gm)).toHaveLength(1500)
  })
})

describe('a comment that is too long', () => {
  const result = largeResult({ variants: 40, limits: 5, broken: 20, layers: 30 })
  const at = (maxCharacters: number) => renderComment(result, { ...options, maxCharacters })
  const whole = at(10_000_000)

  it('loses limits that hold first, then details, and no broken limit', () => {
    expect([rows(whole, '❌'), rows(whole, '✅')]).toEqual([20, 180])
    const shorter = at(whole.length - 1)
    expect([rows(shorter, '❌'), rows(shorter, '✅')]).toEqual([20, 20])
    expect(shorter).toContain('160 limits that hold are left out here')
    expect(shorter).toContain('to suspect first')
    const bare = at(10_000)
    expect([rows(bare, '❌'), rows(bare, '✅')]).toEqual([20, 0])
    expect(bare).not.toContain('to suspect first')
    expect(bare).not.toContain('Changed answers')
  })

  it('says how many broken limits are missing, where not even they fit', () => {
    const many = largeResult({ variants: 1000, limits: 2, broken: 2000, layers: 0 })
    const comment = renderComment(many, options)
    expect(comment.length).toBeLessThanOrEqual(60_000)
    expect(rows(comment, '❌')).toBe(400)
    expect(comment).toContain('1,600 limits that do not hold are left out here')
  })

  it('never grows longer as it is allowed less, and stays whole at any length', () => {
    const samples = [result, failingResult, { ...resultNamed('a|`b`'), ...resultWithEverything('a|`b`') }]
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.integer({ min: 100, max: 70_000 }), (one, maxCharacters) => {
        const comment = renderComment(one, { ...options, maxCharacters })
        expect(comment.length).toBeLessThanOrEqual(maxCharacters)
        expect(comment.trimEnd().endsWith(MARKER)).toBe(true)
        expectBalanced(comment)
      }),
      { numRuns: 30 }
    )
  })
})
