import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { Threshold } from '../../src/config/types.js'
import { Outcome, summarizeTopK } from '../../src/metrics/index.js'
import { compareTopK, judge, pairedRegression, unpairedRegression, type Regression } from '../../src/verdict/index.js'

// script/references/baseline.py
const newcombe = JSON.parse(
  readFileSync(new URL('../../__fixtures__/baseline/newcombe.json', import.meta.url), 'utf8')
) as { samples: number; then: number; now: number; low: number; high: number }[]

const RIGHT = Outcome.top1 | Outcome.top5
const outcomes = (...cells: [number, number][]) =>
  Uint8Array.from(cells.flatMap(([count, outcome]) => Array<number>(count).fill(outcome)))

describe('a loss since the baseline, without pairs', () => {
  it.each(newcombe)('has the interval of statsmodels for $then, then $now of $samples', (reference) => {
    const { points, ci95, pValue, paired } = unpairedRegression(reference.then, reference.now, reference.samples)
    expect(points).toBeCloseTo((100 * (reference.then - reference.now)) / reference.samples, 12)
    expect(ci95[0]).toBeCloseTo(100 * reference.low, 9)
    expect(ci95[1]).toBeCloseTo(100 * reference.high, 9)
    expect({ pValue, paired }).toEqual({ pValue: null, paired: false })
  })

  it('mirrors when the runs change places', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), (a, b) => {
        const [there, back] = [unpairedRegression(a, b, 1000), unpairedRegression(b, a, 1000)]
        expect(back.ci95[0]).toBeCloseTo(-there.ci95[1], 9)
        expect(back.ci95[1]).toBeCloseTo(-there.ci95[0], 9)
      })
    )
  })

  it('names the first number of samples at which its interval leaves the limit out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), fc.nat(20), (then, now, limit) => {
        fc.pre(Math.abs(then - now - limit) > 0)
        const { samplesForLimit } = unpairedRegression(100 * then, 100 * now, 10_000)
        const needed = samplesForLimit(limit / 100)!
        const spans = (samples: number) => {
          const [low, high] = unpairedRegression((then * samples) / 100, (now * samples) / 100, samples).ci95
          return low < limit && limit < high
        }
        expect(spans(needed)).toBe(false)
        if (needed > 1) expect(spans(needed - 1)).toBe(true)
      }),
      { numRuns: 60 }
    )
  })

  it('knows no such number where the loss equals the limit', () => {
    expect(unpairedRegression(9500, 9400, 10_000).samplesForLimit(0.01)).toBeUndefined()
  })
})

describe('a loss since the baseline, sample by sample', () => {
  const then = outcomes([9000, RIGHT], [40, RIGHT], [10, 0], [950, 0])
  const now = outcomes([9000, RIGHT], [40, 0], [10, RIGHT], [950, 0])

  it('is what the drop between the same two sets of answers would be', () => {
    const regression = pairedRegression(then, now, Outcome.top1)
    const { drop } = compareTopK(summarizeTopK(then, 10), summarizeTopK(now, 10)).metrics.top1
    expect(regression).toMatchObject({ points: 0.3, ci95: drop.ci95, pValue: drop.pValue, paired: true })
    expect(regression.pValue).toBeLessThan(0.001)
  })

  it('is known more exactly than from the two shares alone', () => {
    const width = ({ ci95: [low, high] }: Regression) => high - low
    const unpaired = unpairedRegression(9040, 9010, 10_000)
    expect(width(pairedRegression(then, now, Outcome.top1))).toBeLessThan(0.4 * width(unpaired))
  })
})

describe('a limit on the loss since the baseline', () => {
  const position = { line: 7, column: 5 }
  const limit = (maxRegressionPoints: number, more: Partial<Threshold> = {}): Threshold => ({
    metric: 'top1',
    maxRegressionPoints,
    severity: 'error',
    position,
    ...more
  })
  const result = summarizeTopK(outcomes([9010, RIGHT], [990, 0]), 10)
  const judged = (threshold: Threshold, regression?: Regression | string) =>
    judge({
      reference: compareTopK(result, result),
      variants: new Map([['int8', compareTopK(result, result)]]),
      expect: [],
      thresholds: [threshold],
      partial: false,
      ...(regression !== undefined && { regressionOf: () => regression })
    })
  const paired = pairedRegression(
    outcomes([9000, RIGHT], [40, RIGHT], [10, 0], [950, 0]),
    outcomes([9000, RIGHT], [40, 0], [10, RIGHT], [950, 0]),
    Outcome.top1
  )

  it('passes, fails and stays open by the interval, as a limit on the drop does', () => {
    const [pass] = judged(limit(0.5), paired).verdicts
    expect(pass).toEqual({
      id: 'int8.top1.max_regression_points',
      variant: 'int8',
      subject: 'top1',
      observed: 0.3,
      limit: 0.5,
      unit: 'points',
      against: 'baseline',
      status: 'pass',
      message: 'top1 is 0.30 points below the baseline (95 % interval 0.17 to 0.45); within the limit of 0.50',
      configPosition: position
    })
    expect(judged(limit(0.1), paired).verdicts[0]).toMatchObject({
      status: 'fail',
      message: 'top1 is 0.30 points below the baseline (95 % interval 0.17 to 0.45); more than the limit of 0.10'
    })
    const [open] = judged(limit(0.4), paired).verdicts
    expect(open.status).toBe('inconclusive')
    expect(open.samplesNeeded).toBeGreaterThan(10_000)
  })

  it('never fails an improvement', () => {
    const better = unpairedRegression(9000, 9500, 10_000)
    expect(judged(limit(0), better).verdicts[0]).toMatchObject({
      status: 'pass',
      message: expect.stringMatching(
        /^top1 is 5\.00 points above the baseline \(unpaired 95 % interval .*\); within/
      ) as unknown
    })
  })

  it('says where the statistics are not paired', () => {
    const [verdict] = judged(limit(0.1), unpairedRegression(9040, 9010, 10_000)).verdicts
    expect(verdict.status).toBe('inconclusive')
    expect(verdict.message).toMatch(
      /its unpaired 95 % interval -0\.52 to 1\.12 spans the limit of 0\.10; about [\d,]+ samples/
    )
  })

  it('is open without a baseline, neither pass nor fail, and says how a first one comes to be', () => {
    const { verdicts, conclusion } = judged(limit(0.5))
    expect(verdicts[0]).toMatchObject({ status: 'inconclusive', observed: null })
    expect(verdicts[0].message).toMatch(
      /no baseline was given: keep the report folder .* --baseline \(docs\/baseline\.md\)/
    )
    expect(conclusion).toBe('inconclusive')
    expect(judged(limit(0.5, { severity: 'warning' })).verdicts[0].status).toBe('warn')
  })

  it('is open where the baseline cannot be compared', () => {
    expect(judged(limit(0.5), 'the preprocessing differs').verdicts[0]).toMatchObject({
      status: 'inconclusive',
      message: 'top1 is not compared with the baseline: the preprocessing differs'
    })
  })

  it('fails where this run measured nothing, whatever the baseline says', () => {
    const none = summarizeTopK(new Uint8Array(0), 10)
    const { verdicts } = judge({
      reference: compareTopK(none, none),
      variants: new Map([['int8', compareTopK(none, none)]]),
      expect: [],
      thresholds: [limit(0.5)],
      partial: false,
      regressionOf: () => paired
    })
    expect(verdicts[0]).toMatchObject({ status: 'fail', observed: null })
  })
})
