import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { commentMarker, renderComment, renderSummary } from '../../src/report/index.js'
import type { Result, Verdict } from '../../src/result.js'
import { failingResult, fullResult, passingResult, resultNamed } from './results.js'

const comment = (result: Result, links: object = {}) => renderComment(result, { reportId: '', ...links })
const headline = (result: Result, links: object = {}) => comment(result, links).split('\n')[0].replaceAll('\u00a0', ' ')
const plain = (text: string) => text.replace(/<\/?code>/g, '')

describe('the headline', () => {
  const [, , broken] = failingResult.verdicts
  const failing = (change: Partial<Verdict>): Result => ({ ...failingResult, verdicts: [{ ...broken, ...change }] })

  it.each<[string, Result, string]>([
    ['the loss against its limit', failingResult, '❌ Precision gate: int8 loses 2.10 points of top1, limit 1.00'],
    ['how many more are broken', fullResult, '❌ Precision gate: int8 loses 2.10 points of top1, limit 1.00 (+2 more)'],
    [
      'the limit that was closest, where all hold',
      passingResult,
      '✅ Precision gate: passed, fp16 loses 0.01 points of top1, limit 1.00'
    ],
    [
      'a relative loss',
      failing({ unit: 'relative', observed: 0.0222, limit: 0.02 }),
      '❌ Precision gate: int8 loses 2.22 % of top1, limit 2.00 %'
    ],
    [
      'a value below its floor',
      failing({ unit: 'fraction', observed: 0.91, limit: 0.92 }),
      '❌ Precision gate: int8 reaches 91.00 % top1, floor 92.00 %'
    ],
    [
      'a broken FP32 model',
      failing({ variant: 'fp32', unit: 'fraction', observed: 0.91, limit: 0.9461, tolerance: 0.002 }),
      '❌ Precision gate: fp32 reaches 91.00 % top1, expected 94.61 ± 0.20 %'
    ],
    [
      'outputs that are no numbers',
      failing({ subject: 'outputs', unit: 'fraction', observed: 0.0037, limit: 0 }),
      '❌ Precision gate: int8 gives NaN or infinity for 37 of 10,000 samples'
    ],
    ['what could not be judged', failing({ observed: null }), '❌ Precision gate: int8 top1 could not be judged'],
    [
      'a loss since the baseline',
      failing({ against: 'baseline', observed: 0.61, limit: 0.5 }),
      '❌ Precision gate: int8 loses 0.61 points of top1 since the baseline, limit 0.50'
    ],
    [
      'how many samples would decide',
      { ...failingResult, conclusion: 'inconclusive' },
      '🟡 Precision gate: inconclusive, 10,000 samples are too few, about 28,290 would decide'
    ],
    [
      'that there is no baseline',
      {
        ...failing({ status: 'inconclusive', observed: null, against: 'baseline' }),
        conclusion: 'inconclusive'
      },
      '🟡 Precision gate: inconclusive, int8 top1 cannot be compared with the baseline'
    ],
    [
      'that nothing was judged',
      { ...passingResult, verdicts: [], conclusion: 'inconclusive', reasons: ['no limit is set'] },
      '🟡 Precision gate: inconclusive, nothing was judged'
    ],
    [
      'what did not run',
      { ...failingResult, conclusion: 'error', reasons: ['int8 did not run: no kernel'] },
      '💥 Precision gate: did not finish. int8 did not run: no kernel'
    ]
  ])('names %s', (_, result, expected) => {
    expect(plain(headline(result))).toBe(`### ${expected}`)
  })

  it('prefers what was lost against FP32 to what was lost since the baseline', () => {
    expect(headline(fullResult)).not.toContain('since')
  })

  it('names the report where there are several', () => {
    expect(plain(headline(passingResult, { reportId: 'resnet' }))).toMatch(/^### ✅ Precision gate resnet: passed/)
    expect(plain(headline(passingResult, { reportId: 'default' }))).toMatch(/^### ✅ Precision gate: passed/)
  })
})

describe('the marker of a comment', () => {
  it('is its last line, and another one for another report', () => {
    expect(comment(passingResult, { reportId: 'a' }).trimEnd().split('\n').at(-1)).toBe('<!-- precision-gate:a -->')
    expect(commentMarker('')).toBe('<!-- precision-gate:default -->')
  })

  it('is a comment whatever the name holds, and never the same for two names', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.string({ unit: 'binary', maxLength: 20 }),
        (a, b) => {
          expect(commentMarker(a)).toMatch(/^<!-- precision-gate:[^\s<>]+ -->$/)
          // A lone surrogate is no character: all of them read as U+FFFD.
          fc.pre(Buffer.from(a).compare(Buffer.from(b)) !== 0 && a !== '' && b !== '')
          expect(commentMarker(a)).not.toBe(commentMarker(b))
        }
      )
    )
  })

  it('cannot be planted by a name in the report', () => {
    const planted = commentMarker('other')
    expect(comment(resultNamed(planted), { reportId: 'mine' })).not.toContain(planted)
  })

  it('is in no summary', () => {
    expect(renderSummary(passingResult, { reportId: 'a' })).not.toContain('<!--')
  })
})

describe('links', () => {
  const runUrl = 'https://github.com/o/r/actions/runs/1'
  const sha = '0123456789abcdef0123456789abcdef01234567'

  it('lead to the run, the commit and the line of each limit', () => {
    const text = comment(passingResult, { runUrl, sha })
    expect(text).toContain('commit [<code>01234567</code>](https://github.com/o/r/commit/0123456789')
    expect(text).toContain(`[run](${runUrl})`)
    expect(text).toContain(`](https://github.com/o/r/blob/${sha}/precision-gate.yml#L16) |`)
  })

  it('lead to an enterprise server, below a path of its own as well', () => {
    const there = 'https://ghe.example.com/git/o/r/actions/runs/1/attempts/2'
    const text = comment(passingResult, { runUrl: there, sha, serverUrl: 'https://ghe.example.com/git/' })
    expect(text).toContain(`](https://ghe.example.com/git/o/r/commit/${sha})`)
    const elsewhere = comment(passingResult, { runUrl: there, sha, serverUrl: 'https://github.com' })
    expect(elsewhere).not.toContain('/commit/')
  })

  it('come from the result where nobody else knows', () => {
    expect(comment({ ...passingResult, run: { url: runUrl, commit: sha } })).toContain(`/commit/${sha}`)
  })

  it('are left out where they are unknown or no web address', () => {
    for (const links of [
      {},
      { sha },
      { runUrl: 'javascript:alert(1)', sha },
      { runUrl: 'https://u:p@github.com/o/r', sha }
    ]) {
      expect(comment(passingResult, links)).not.toContain('](')
    }
    expect(comment(passingResult, { runUrl, sha: 'main) x' })).not.toContain('/commit/')
    for (const path of ['../x.yml', '/x.yml', 'a//b.yml', 'a/../b.yml']) {
      expect(comment({ ...passingResult, config: { path } }, { runUrl, sha })).not.toContain('/blob/')
    }
  })

  it('hold nothing that ends them, whatever is in the result', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
        (text, url) => {
          const run = { url: `${url}/${text}`, commit: sha }
          const written = comment({ ...passingResult, run, config: { path: text } })
          for (const [, target] of written.matchAll(/\]\(([^\n]*?)\)(?= [·|]|<\/sub>)/g)) {
            expect(target).toMatch(/^https?:\/\/[^\s()<>[\]\\|`"'*~]+$/)
          }
          expect(written.split('\n')).toHaveLength(comment(passingResult).split('\n').length)
        }
      )
    )
  })
})

describe('the baseline', () => {
  const cells = (text: string) => text.replaceAll('\u00a0', ' ').split('\n')

  it('stands beside each figure, as points lost then and now or as the value', () => {
    const lines = cells(comment(fullResult))
    expect(lines.find((line) => line.startsWith('| status'))).toContain('| baseline → now |')
    expect(lines.filter((line) => line.startsWith('| ❌'))).toEqual([
      '| ❌ fail | <code>int8</code> | <code>top1</code> | 94.61 % | 92.51 % | **2.10** [1.71, 2.51] | ≤ 1.00 | 0.42 → 2.10 |',
      '| ❌ fail | <code>int8</code> | <code>top1</code> since baseline | 94.61 % | 92.51 % | **1.55** [1.20, 1.92] | ≤ 0.50 | 94.06 → 92.51 % |',
      '| ❌ fail | <code>int8</code> | <code>layer &#42;</code> | – | 3.1 dB | – | ≥ 10.00 dB | – |'
    ])
    expect(lines).toContain('<details><summary>Baseline: commit 3f1c9a0e of main, 2026-11-20</summary>')
  })

  it('has no row for a metric without a value, then as now', () => {
    const { int8, ...others } = fullResult.baseline!.variants
    const nothing = { value: null, dropPoints: null }
    const variants = {
      ...others,
      int8: { ...int8, metrics: { ...int8.metrics, absent: nothing, new: nothing } }
    }
    const metrics = { ...fullResult.variants.int8.metrics, absent: null, new: 0.5 }
    const text = comment({
      ...fullResult,
      baseline: { ...fullResult.baseline!, variants },
      variants: { ...fullResult.variants, int8: { ...fullResult.variants.int8, metrics } }
    })
    const lines = cells(text.slice(text.indexOf('<summary>Baseline')))
    const rows = lines.filter((line) => /<code>(absent|new)</.test(line))
    expect(rows).toEqual([expect.stringMatching(/new.* – .*50\.00 %/)])
  })

  it('is told to be missing from the comparison where it cannot be compared', () => {
    const baseline = { ...fullResult.baseline!, comparable: false, reasons: ['the preprocessing differs'] }
    const text = comment({ ...fullResult, baseline })
    expect(text).toContain(
      'ℹ️ The baseline (commit 3f1c9a0e of main, 2026-11-20) is not compared: the preprocessing differs.'
    )
    expect(text).not.toContain('baseline →')
  })

  it('may be given to the report in place of the one in the result', () => {
    const earlier: Result = { ...fullResult, run: { ref: 'release' }, baseline: undefined }
    const text = cells(comment({ ...fullResult, baseline: undefined }, { baseline: earlier })).join('\n')
    expect(text).toContain('2.10 → 2.10')
    expect(text).toContain('<summary>Baseline: release</summary>')
    expect(text).toContain('- not paired: the sample outcomes of the two runs are not at hand')
  })
})

describe('what is open or failed for another reason than its figure', () => {
  it('is explained once for all variants that it concerns', () => {
    const message = 'top1 is not compared with the baseline: no baseline was given'
    const verdicts = ['fp16', 'int8'].map((variant): Verdict => ({
      ...failingResult.verdicts[2],
      variant,
      observed: null,
      against: 'baseline',
      status: 'inconclusive',
      message
    }))
    const text = comment({ ...failingResult, conclusion: 'inconclusive', verdicts })
    expect(text).toContain(`- 🟡 <code>fp16</code>, <code>int8</code>: ${message}\n`)
  })

  it('names a variant that did not run', () => {
    const fp16 = { ...failingResult.variants.fp16, error: 'no kernel for @Cast' }
    const text = comment({ ...failingResult, variants: { ...failingResult.variants, fp16 } })
    expect(text).toContain('- 💥 <code>fp16</code> did not run: no kernel for &#64;&#8203;Cast')
  })

  it('gives the reasons of a run that has nothing else to show', () => {
    const reasons = ['no limit is set, so nothing was judged']
    expect(comment({ ...passingResult, conclusion: 'inconclusive', verdicts: [], reasons })).toContain(
      `- ${reasons[0]}`
    )
  })
})

describe('charts', () => {
  const drawn = (text: string) => [...text.matchAll(/```mermaid\n([\s\S]*?)\n```/g)].map(([, chart]) => chart)

  it('show the losses that have a limit, and the noise of every layer', () => {
    const [, layers, drops] = drawn(comment(fullResult))
    expect(layers).toMatch(/title "int8: SQNR by layer, first to last"\n {2}x-axis "layer" 1 --> 5\n/)
    expect(layers).toMatch(/line \[31\.5, 24\.25, 3\.1, 31\.5, 0\]$/)
    expect(drops).toMatch(
      /x-axis \["fp16", "int8"\]\n {2}y-axis "points" 0 --> 2\.205\n {2}bar \[0\.01, 2\.1\]\n {2}line \[1, 1\]$/
    )
  })

  it('have a text beside them', () => {
    expect(comment(fullResult)).toMatch(
      /```text\nfp16 .* 0\.01 {2}limit 1\.00\nint8 {2}█{24} {2}2\.10 {2}limit 1\.00 {2}baseline 0\.42\n```/
    )
  })

  it('hold nothing of a name that Mermaid or Markdown would read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const chart of drawn(
          comment({ ...resultNamed(text), layers: { [`${text}x`]: fullResult.layers!.int8 } })
        )) {
          const [, ...lines] = chart.split('\n')
          for (const line of lines)
            expect(line.replace(/"[\p{L}\p{N} ./_+:,?…()-]*"/gu, '')).toMatch(/^[a-z0-9 .,[\]>-]*$/)
        }
      })
    )
  })

  it('have few enough points to be read', () => {
    const layers = Array.from({ length: 1500 }, () => fullResult.layers!.int8[1])
    const [chart] = drawn(comment({ ...fullResult, layers: { int8: layers } }))
    expect(/line \[(.*)\]/.exec(chart)![1].split(',')).toHaveLength(40)
  })
})

describe('answers that were compared with those of FP32', () => {
  it('changed, and are neither broken nor repaired', () => {
    const variants = Object.fromEntries(
      Object.entries(passingResult.variants).map(([name, { flips, ...variant }]) => [
        name,
        { ...variant, metrics: { agreement: 0.996 }, ...(flips !== undefined && { changed: 1234 }) }
      ])
    )
    const text = comment({ ...passingResult, comparedWith: 'fp32', variants })
    expect(text).toContain('| variant | changed |')
    expect(text).toContain('1,234')
    expect(text).toContain("changed: images with another answer than FP32's")
    expect(text).not.toMatch(/broken|repaired|McNemar/)
  })
})
