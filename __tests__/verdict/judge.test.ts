import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { Expectation, Threshold } from '../../src/config/types.js'
import { Outcome, summarizeAnswers, summarizeTopK, type TopKResult } from '../../src/metrics/index.js'
import {
  compareAnswers,
  compareTopK,
  exitCodeOf,
  judge,
  type Failed,
  type Judgement,
  type JudgeInput
} from '../../src/verdict/index.js'
import { guessLabel } from '../../src/task/index.js'

const CLASSES = 10
const RIGHT = Outcome.top1 | Outcome.top5
const position = { line: 7, column: 5 }

interface Counts {
  both?: number
  broken?: number
  repaired?: number
  neither?: number
  nonFinite?: number
}

/** FP32 and a variant on the same samples, from the four cells of the paired table. */
function pair({ both = 0, broken = 0, repaired = 0, neither = 0, nonFinite = 0 }: Counts): [TopKResult, TopKResult] {
  const build = (cells: [number, number][]) =>
    summarizeTopK(Uint8Array.from(cells.flatMap(([count, outcome]) => Array<number>(count).fill(outcome))), CLASSES)
  return [
    build([
      [both, RIGHT],
      [broken, RIGHT],
      [repaired, 0],
      [neither, 0],
      [nonFinite, RIGHT]
    ]),
    build([
      [both, RIGHT],
      [broken, 0],
      [repaired, RIGHT],
      [neither, 0],
      [nonFinite, Outcome.nonFinite]
    ])
  ]
}

const limit = (fields: Partial<Threshold>): Threshold => ({ metric: 'top1', severity: 'error', position, ...fields })
const onePoint = limit({ maxDropPoints: 1 })

function judged(counts: Counts, thresholds: Threshold[], more: Partial<JudgeInput> = {}): Judgement {
  const [fp32, int8] = pair(counts)
  return judge({
    reference: compareTopK(fp32, fp32),
    variants: new Map([['int8', compareTopK(fp32, int8)]]),
    expect: [],
    thresholds,
    partial: false,
    ...more
  })
}
const statusOf = (counts: Counts, threshold: Threshold) => judged(counts, [threshold]).verdicts[0].status

describe('a limit on the drop', () => {
  it('passes where the whole interval lies below it', () => {
    const { verdicts, conclusion } = judged({ both: 9430, broken: 31, repaired: 28, neither: 511 }, [onePoint])
    expect(conclusion).toBe('success')
    expect(verdicts).toEqual([
      {
        id: 'int8.top1.max_drop_points',
        variant: 'int8',
        subject: 'top1',
        observed: 0.03,
        limit: 1,
        unit: 'points',
        status: 'pass',
        message: 'top1 drops by 0.03 points (95 % interval -0.12 to 0.19); within the limit of 1.00',
        configPosition: position
      }
    ])
  })

  it('fails where the whole interval lies above it', () => {
    const { verdicts, conclusion, reasons } = judged({ both: 9000, broken: 400, repaired: 50, neither: 550 }, [
      onePoint
    ])
    expect(conclusion).toBe('failure')
    expect(verdicts[0]).toMatchObject({ status: 'fail', observed: 3.5 })
    expect(reasons).toEqual([`int8: ${verdicts[0].message}`])
    expect(verdicts[0].message).toContain('more than the limit of 1.00')
  })

  it('is inconclusive where the interval spans it, on either side, and says how many samples would settle it', () => {
    const below = judged({ both: 460, broken: 7, repaired: 5, neither: 28 }, [onePoint])
    expect(below.verdicts[0]).toMatchObject({ status: 'inconclusive', observed: 0.4 })
    expect(below.verdicts[0].samplesNeeded).toBeGreaterThan(500)
    expect(below.verdicts[0].message).toMatch(/spans the limit of 1\.00; about [\d,]+ samples would settle it/)
    expect(below.conclusion).toBe('inconclusive')
    expect(statusOf({ both: 460, broken: 12, repaired: 5, neither: 23 }, onePoint)).toBe('inconclusive')
  })

  it('does not promise a number of samples where the drop equals the limit', () => {
    const { verdicts } = judged({ both: 9800, broken: 150, repaired: 50 }, [onePoint])
    expect(verdicts[0]).toMatchObject({ status: 'inconclusive', observed: 1 })
    expect(verdicts[0]).not.toHaveProperty('samplesNeeded')
    expect(verdicts[0].message).toContain('no number of samples would settle')
  })

  it('is inconclusive without a single changed answer where the samples are too few for it', () => {
    expect(statusOf({ both: 100 }, onePoint)).toBe('inconclusive')
    expect(statusOf({ both: 400 }, onePoint)).toBe('pass')
  })

  it('never fails an improvement', () => {
    fc.assert(
      fc.property(
        fc.nat(500),
        fc.nat(500),
        fc.nat(5000),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (a, b, both, max) => {
          fc.pre(a + b + both > 0)
          const counts = { both, broken: Math.min(a, b), repaired: Math.max(a, b), neither: 3 }
          expect(statusOf(counts, limit({ maxDropPoints: max }))).not.toBe('fail')
        }
      )
    )
  })

  it('never turns from pass to fail when one more answer is repaired', () => {
    const order = { pass: 0, inconclusive: 1, fail: 2, warn: 3 }
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), fc.integer({ min: 1, max: 3000 }), (broken, repaired, neither) => {
        const before = statusOf({ both: 500, broken, repaired, neither }, onePoint)
        const after = statusOf({ both: 500, broken, repaired: repaired + 1, neither: neither - 1 }, onePoint)
        if (before === 'pass') expect(order[after]).toBeLessThan(order.fail)
      })
    )
  })

  it('reads a relative limit as a share of the FP32 value', () => {
    // 3.5 points of 0.5 are 7 %
    const counts = { both: 4600, broken: 400, repaired: 50, neither: 4950 }
    const { verdicts } = judged(counts, [limit({ maxDropRelative: 0.06 }), limit({ maxDropRelative: 0.08 })])
    expect(verdicts.map(({ status, observed, unit }) => [status, observed, unit])).toEqual([
      ['fail', 0.07, 'relative'],
      ['pass', 0.07, 'relative']
    ])
    expect(verdicts[0].message).toContain('7.00 % of the FP32 value')
  })

  it('counts the samples that would settle a relative limit as it does for the same limit in points', () => {
    const counts = { both: 240, broken: 10, repaired: 8, neither: 242 }
    const { verdicts } = judged(counts, [limit({ maxDropRelative: 0.02 }), onePoint])
    expect(verdicts.map(({ status }) => status)).toEqual(['inconclusive', 'inconclusive'])
    expect(verdicts[0].samplesNeeded).toBeGreaterThan(500)
    expect(verdicts[0].samplesNeeded).toBe(verdicts[1].samplesNeeded)
  })

  it('tells the two apart where rounding would make them equal', () => {
    const { verdicts } = judged({ both: 998_994, broken: 1006 }, [limit({ maxDropPoints: 0.1 })])
    expect(verdicts[0].message).toContain('drops by 0.101 points')
    expect(verdicts[0].message).toContain('limit of 0.100')
  })
})

describe('a floor', () => {
  it('is judged on the value of the variant with the interval of one proportion', () => {
    const counts = { both: 9200, broken: 100, neither: 700 }
    expect(statusOf(counts, limit({ min: 0.9 }))).toBe('pass')
    expect(statusOf(counts, limit({ min: 0.922 }))).toBe('inconclusive')
    expect(statusOf(counts, limit({ min: 0.95 }))).toBe('fail')
    expect(judged(counts, [limit({ min: 0.95 })]).verdicts[0]).toMatchObject({ unit: 'fraction', observed: 0.92 })
  })

  it('is not spanned by an interval that ends at it', () => {
    expect(statusOf({ both: 400 }, limit({ min: 1 }))).toBe('pass')
    expect(statusOf({ both: 399, neither: 1 }, limit({ min: 1 }))).toBe('fail')
  })

  it('may be put under FP32 itself', () => {
    expect(judged({ both: 990, neither: 10 }, [limit({ min: 0.9, variant: 'fp32' })]).verdicts[0]).toMatchObject({
      id: 'fp32.top1.min',
      status: 'pass'
    })
  })
})

describe('severity', () => {
  it('turns what does not hold into a warning that blocks nothing', () => {
    const warning = limit({ maxDropPoints: 1, severity: 'warning' })
    const { verdicts, conclusion } = judged({ both: 9000, broken: 400, neither: 600 }, [warning])
    expect(verdicts[0]).toMatchObject({ id: 'int8.top1.max_drop_points.warning', status: 'warn' })
    expect(conclusion).toBe('success')
    expect(statusOf({ both: 100 }, warning)).toBe('warn')
    expect(statusOf({ both: 1000 }, warning)).toBe('pass')
  })

  it('does not soften what could not be measured', () => {
    expect(statusOf({}, limit({ maxDropPoints: 1, severity: 'warning' }))).toBe('fail')
  })
})

describe('fail closed', () => {
  const variants = (name: string, variant: Failed) => ({ variants: new Map([[name, variant]]) })

  it('fails without samples', () => {
    const { verdicts, conclusion } = judged({}, [onePoint])
    expect(verdicts[0]).toMatchObject({ status: 'fail', observed: null })
    expect(verdicts[0].message).toContain('no samples were evaluated')
    expect(conclusion).toBe('failure')
  })

  it('fails a metric that the network does not have', () => {
    const few = summarizeTopK(Uint8Array.of(1, 1, 1), 4)
    const reference = compareTopK(few, few)
    const input = { reference, variants: new Map([['int8', reference]]), expect: [], partial: false }
    const { verdicts } = judge({ ...input, thresholds: [limit({ metric: 'top5', maxDropPoints: 1 })] })
    expect(verdicts[0]).toMatchObject({ status: 'fail', observed: null })
    expect(verdicts[0].message).toContain('more than 5 classes')
  })

  it('fails NaN outputs with no threshold, and every threshold of that variant with it', () => {
    const { verdicts, conclusion } = judged({ both: 9999, nonFinite: 1 }, [onePoint])
    expect(verdicts.map(({ id, status }) => [id, status])).toEqual([
      ['int8.outputs.finite', 'fail'],
      ['int8.top1.max_drop_points', 'fail']
    ])
    expect(conclusion).toBe('failure')
    expect(judged({ both: 9999, nonFinite: 1 }, []).conclusion).toBe('failure')
  })

  it('fails a relative drop from zero', () => {
    const { verdicts } = judged({ neither: 500, repaired: 20 }, [limit({ maxDropRelative: 0.01 })])
    expect(verdicts[0]).toMatchObject({ status: 'fail', observed: null })
    expect(verdicts[0].message).toContain('the FP32 value is 0')
  })

  it('is an error where a variant did not run, whatever else passed', () => {
    const { verdicts, conclusion, reasons } = judged(
      { both: 9 },
      [onePoint],
      variants('fp16', { error: 'out of memory' })
    )
    expect(conclusion).toBe('error')
    expect(reasons[0]).toBe('fp16 did not run: out of memory')
    expect(verdicts[0]).toMatchObject({ id: 'fp16.top1.max_drop_points', status: 'fail', observed: null })
  })

  it('fails a limit on a variant that is not there', () => {
    expect(judged({ both: 1000 }, [limit({ variant: 'int4', maxDropPoints: 1 })]).verdicts[0]).toMatchObject({
      variant: 'int4',
      status: 'fail'
    })
  })

  it('is inconclusive where no limit is set', () => {
    expect(judged({ both: 1000 }, [])).toEqual({
      verdicts: [],
      conclusion: 'inconclusive',
      reasons: ['no limit is set, so nothing was judged']
    })
  })

  it('refuses to pair results of different samples', () => {
    const [one] = pair({ both: 3 })
    const [other] = pair({ both: 4 })
    expect(() => compareTopK(one, other)).toThrow(/cannot be paired/)
  })
})

describe('the FP32 baseline', () => {
  const published = (value: number, tolerance = 0.002): Expectation => ({ metric: 'top1', value, tolerance, position })
  const counts = { both: 9300, broken: 161, neither: 539 }

  it('passes at its published value, the tolerance included', () => {
    for (const value of [0.9461, 0.9441, 0.9481]) {
      const { verdicts } = judged(counts, [], { expect: [published(value)] })
      expect(verdicts).toEqual([expect.objectContaining({ id: 'fp32.top1.expect', status: 'pass', tolerance: 0.002 })])
    }
  })

  it('is blamed first where it is broken, and no variant is', () => {
    const { verdicts, conclusion, reasons } = judged(counts, [onePoint], { expect: [published(0.96)] })
    expect(verdicts.map(({ id, status }) => [id, status])).toEqual([
      ['fp32.top1.expect', 'fail'],
      ['int8.top1.max_drop_points', 'inconclusive']
    ])
    expect(conclusion).toBe('failure')
    expect(reasons).toHaveLength(1)
    expect(reasons[0]).toMatch(
      /the FP32 baseline itself is broken: top1 is 0\.9461, expected 0\.9600 ± 0\.0020; check preprocessing/
    )
    expect(verdicts[1].message).toContain('not judged')
  })

  it('is broken where it is no better than guessing and no published figure is given', () => {
    const guesses = { both: 2, neither: 998 }
    const amongTen = { guess: guessLabel(10) }
    expect(guessLabel(1)).toBeUndefined()
    const { verdicts, conclusion } = judged(guesses, [onePoint], amongTen)
    expect(verdicts.map(({ id, status }) => [id, status])).toEqual([
      ['fp32.top1.guessing', 'fail'],
      ['int8.top1.max_drop_points', 'inconclusive']
    ])
    expect(verdicts[0].message).toMatch(/baseline itself is broken: top1 is 0\.0020, no better than guessing one of 10/)
    expect(conclusion).toBe('failure')

    expect(judged(guesses, [onePoint], { ...amongTen, expect: [published(0.002)] }).conclusion).toBe('success')
    expect(judged({ both: 1, neither: 9 }, [], amongTen).verdicts).toMatchObject([
      { id: 'fp32.top1.guessing', status: 'inconclusive' }
    ])
    expect(judged({ both: 11, neither: 89 }, [], amongTen).verdicts).toEqual([])
    expect(judged({ neither: 100 }, []).verdicts).toEqual([])
  })

  it('is not called broken for the noise of a part of the data set, and is beyond it', () => {
    const part = { both: 465, neither: 35 }
    const status = (value: number, partial: boolean) =>
      judged(part, [], { expect: [published(value)], partial }).verdicts[0].status
    expect(status(0.9461, true)).toBe('inconclusive')
    expect(status(0.9461, false)).toBe('fail')
    expect(status(0.99, true)).toBe('fail')
  })

  it('is broken where FP32 gives NaN, or did not run', () => {
    const [fp32, nan] = pair({ both: 99, nonFinite: 1 })
    const variants = new Map([['int8', compareTopK(nan, fp32)]])
    const result = judged({}, [onePoint], { reference: compareTopK(nan, nan), variants })
    expect(result.verdicts.map(({ id, status }) => [id, status])).toEqual([
      ['fp32.outputs.finite', 'fail'],
      ['int8.top1.max_drop_points', 'inconclusive']
    ])
    const missing = judged(counts, [onePoint], {
      reference: { error: 'no such operator' },
      expect: [published(0.9461)]
    })
    expect(missing.conclusion).toBe('error')
    expect(missing.verdicts.map(({ status }) => status)).toEqual(['fail', 'inconclusive'])
  })
})

describe('verdict ids', () => {
  it('are the same from run to run and distinct within one', () => {
    const thresholds = [limit({ maxDropPoints: 1, min: 0.5 }), limit({ maxDropPoints: 2, variant: 'int8' })]
    const ids = () => judged({ both: 1000 }, thresholds).verdicts.map(({ id }) => id)
    expect(ids()).toEqual(['int8.top1.max_drop_points', 'int8.top1.min', 'int8.top1.max_drop_points#2'])
    expect(ids()).toEqual(ids())
  })
})

describe('exit codes', () => {
  it.each([
    ['success', 0, 0],
    ['failure', 1, 1],
    ['inconclusive', 0, 4],
    ['error', 3, 3]
  ] as const)('of %s: %i, and %i with on_inconclusive: fail', (conclusion, warn, fail) => {
    expect(exitCodeOf({ conclusion }, 'warn')).toBe(warn)
    expect(exitCodeOf({ conclusion }, 'fail')).toBe(fail)
  })
})

describe('agreement with FP32', () => {
  const judgedAgreement = (changed: number, same: number, maxDropPoints: number) => {
    const [fp32, int8] = [0, changed].map((wrong) =>
      summarizeAnswers(
        Uint8Array.from({ length: changed + same }, (_, index) => (index < wrong ? 0 : Outcome.top1)),
        CLASSES
      )
    )
    return judge({
      reference: compareAnswers(fp32, fp32),
      variants: new Map([['int8', compareAnswers(fp32, int8)]]),
      expect: [],
      thresholds: [limit({ metric: 'agreement', maxDropPoints })],
      partial: false
    }).verdicts
  }

  // statsmodels: proportion_confint(changed, samples, method='wilson')
  it.each([
    [0, 1000, 1, 'pass', '0.00 to 0.38'],
    [0, 100, 1, 'inconclusive', '0.00 to 3.70'],
    [8, 1992, 1, 'pass', '0.20 to 0.79'],
    [50, 950, 1, 'fail', '3.81 to 6.53'],
    [0, 1000, 0, 'inconclusive', '0.00 to 0.38'],
    [1, 999, 0, 'fail', '0.02 to 0.56']
  ] as const)('%i of the answers changed, %i the same, limit %f: %s', (changed, same, points, status, interval) => {
    const [verdict] = judgedAgreement(changed, same, points)
    expect(verdict).toMatchObject({ subject: 'agreement', status })
    expect(verdict.message).toContain(interval)
  })
})
