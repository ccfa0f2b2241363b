import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { renderUnjudged } from '../../src/report/index.js'

const links = {
  reportId: 'resnet',
  runUrl: 'https://github.com/octo/vision/actions/runs/200',
  sha: '8d2e6b41c0f93a75e1d4286b0c9f7a5384d6e210'
}

describe('the report of a run without a result', () => {
  it('says what happened, what the log ended with, what to do, and which run it was', () => {
    const text = renderUnjudged(
      { reason: 'No time left after 10 minutes', log: ['calibrating', '\tint8: 12 %'] },
      links
    )
    expect(text).toMatch(
      /^### 💥 Precision gate <code>resnet<\/code>: could not judge\n\nNo time left after 10 minutes\n/
    )
    expect(text).toContain('that is no pass')
    expect(text).toContain('```text\ncalibrating\n    int8: 12 %\n```')
    expect(text).toContain('#### What to do')
    expect(text).toMatch(
      /commit \[<code>8d2e6b41<\/code>\]\(.*\) · \[run\]\(https:.*runs\/200\) · precision-gate .*<\/sub>\n$/
    )
  })

  it('has no fence without a log, and no link without a run', () => {
    const text = renderUnjudged({ reason: '', log: [' ', ''] })
    expect(text).toMatch(/could not judge\n\nNo reason is given\n/)
    expect(text).not.toMatch(/```|\]\(/)
  })

  it('ends the log at its last lines, without colours, and cuts what is endless', () => {
    const log = [...Array.from({ length: 100 }, (_, i) => `\u001b[31mline ${i}\u001b[0m`), 'x'.repeat(100_000)]
    const text = renderUnjudged({ reason: 'y'.repeat(100_000), log }, links)
    expect(text).toContain('```text\nline 71\n')
    expect(text).toContain('line 99\nxxx')
    expect(text.length).toBeLessThan(15_000)
  })

  it('is not reshaped by what the reason or the log holds', () => {
    const part = fc.constantFrom(
      '`',
      '```',
      '~~~',
      '\n',
      '\r',
      '<!--',
      '</details>',
      '@team',
      '#1',
      '|',
      '\t',
      'a',
      ' '
    )
    const line = fc.oneof(
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 30 })
    )
    fc.assert(
      fc.property(line, fc.array(line, { maxLength: 8 }), (reason, log) => {
        const lines = renderUnjudged({ reason, log }, links).split('\n')
        const open = lines.findIndex((one) => /^`{3,}text$/.test(one))
        const mark = open === -1 ? '' : lines[open].slice(0, -'text'.length)
        const close = open === -1 ? -1 : lines.indexOf(mark, open + 1)
        const inside = open === -1 ? [] : lines.slice(open + 1, close)
        const outside = lines.filter((_, index) => open === -1 || index < open || index > close)
        expect(inside.filter((one) => one.includes(mark))).toEqual([])
        expect(outside.filter((one) => /^#/.test(one))).toHaveLength(2)
        expect(outside.join('\n')).not.toMatch(/<!--|@team|```/)
      }),
      { numRuns: 2_000 }
    )
  })
})
