import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { mcnemarPValue } from '../../src/verdict/mcnemar.js'
import {
  samplesNeeded,
  samplesNeededForProportion,
  tangoInterval,
  tangoScore,
  wilsonInterval,
  Z95,
  type PairCounts
} from '../../src/verdict/score.js'

interface Reference {
  pairs: (PairCounts & { tango: [number, number]; pValue: number })[]
  mcnemar: { broken: number; repaired: number; pValue: number }[]
  wilson: { successes: number; samples: number; interval: [number, number] }[]
  samplesNeeded: (PairCounts & { limit: number; needed: number | null })[]
}
// script/references/statistics.py: scipy.stats.binomtest, statsmodels, and Tango's interval by numerical maximisation
const reference = JSON.parse(
  readFileSync(new URL('../../__fixtures__/verdict/statistics.json', import.meta.url), 'utf8')
) as Reference

const pairCounts = fc
  .record({ broken: fc.nat(400), repaired: fc.nat(400), concordant: fc.nat(20000) })
  .filter(({ broken, repaired, concordant }) => broken + repaired + concordant > 0)
  .map(({ broken, repaired, concordant }) => ({ samples: broken + repaired + concordant, broken, repaired }))

describe('exact McNemar test', () => {
  it.each([...reference.pairs, ...reference.mcnemar])(
    'equals the binomial test of scipy for $broken broken and $repaired repaired',
    ({ broken, repaired, pValue }) => {
      const own = mcnemarPValue(broken, repaired)
      expect(Math.abs(own - pValue)).toBeLessThanOrEqual(1e-9 * pValue)
    }
  )

  it('does not care which side is called broken, and is a probability', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.nat(3000), (broken, repaired) => {
        const p = mcnemarPValue(broken, repaired)
        expect(p).toBe(mcnemarPValue(repaired, broken))
        expect(p).toBeGreaterThanOrEqual(0)
        expect(p).toBeLessThanOrEqual(1)
      })
    )
  })
})

describe("Tango's interval of the paired drop", () => {
  it.each(reference.pairs)(
    'equals root-finding on the score for $broken broken and $repaired repaired of $samples',
    ({ tango, ...pairs }) => {
      const [low, high] = tangoInterval(pairs)
      expect(low).toBeCloseTo(tango[0], 11)
      expect(high).toBeCloseTo(tango[1], 11)
    }
  )

  it('keeps a width where no answer changed, or all changed one way', () => {
    expect(tangoInterval({ samples: 1000, broken: 0, repaired: 0 })).toEqual([
      expect.closeTo(-(Z95 ** 2) / (1000 + Z95 ** 2), 12),
      expect.closeTo(Z95 ** 2 / (1000 + Z95 ** 2), 12)
    ])
    const [low, high] = tangoInterval({ samples: 100, broken: 5, repaired: 0 })
    expect(low).toBeLessThan(0.05)
    expect(high).toBeGreaterThan(0.05)
  })

  it('holds the estimate, mirrors when the sides are swapped, and the score at its ends is the quantile', () => {
    fc.assert(
      fc.property(pairCounts, (pairs) => {
        const { samples, broken, repaired } = pairs
        const [low, high] = tangoInterval(pairs)
        const [mirrored, mirroredHigh] = tangoInterval({ samples, broken: repaired, repaired: broken })
        const estimate = (broken - repaired) / samples
        expect(low).toBeLessThanOrEqual(estimate)
        expect(high).toBeGreaterThanOrEqual(estimate)
        expect(mirrored).toBeCloseTo(-high, 12)
        expect(mirroredHigh).toBeCloseTo(-low, 12)
        if (high < 1) expect(tangoScore(pairs, high)).toBeCloseTo(-Z95, 6)
        if (low > -1) expect(tangoScore(pairs, low)).toBeCloseTo(Z95, 6)
      })
    )
  })

  it('is narrower on more samples at the same rates', () => {
    fc.assert(
      fc.property(pairCounts, fc.integer({ min: 2, max: 9 }), (pairs, times) => {
        const [low, high] = tangoInterval(pairs)
        const { samples, broken, repaired } = pairs
        const more = tangoInterval({ samples: samples * times, broken: broken * times, repaired: repaired * times })
        expect(more[1] - more[0]).toBeLessThan(high - low)
      })
    )
  })
})

describe('samples that would settle it', () => {
  it.each(reference.samplesNeeded)(
    'equals the search for the first n that excludes $limit ($broken broken, $repaired repaired of $samples)',
    ({ limit, needed, ...pairs }) => {
      expect(samplesNeeded(pairs, limit)).toBe(needed ?? undefined)
    }
  )

  it('excludes the limit at that number, and not one sample earlier', () => {
    fc.assert(
      fc.property(pairCounts, fc.double({ min: -0.2, max: 0.2, noNaN: true }), (pairs, limit) => {
        const needed = samplesNeeded(pairs, limit)
        fc.pre(needed !== undefined && needed > 2 && needed < 1e8)
        const grown = (samples: number) => ({
          samples,
          broken: (pairs.broken * samples) / pairs.samples,
          repaired: (pairs.repaired * samples) / pairs.samples
        })
        const inside = ([low, high]: readonly [number, number]) => low < limit && limit < high
        // a hair aside, so that rounding at the very end of the interval does not decide
        expect(inside(tangoInterval(grown(needed * (1 + 1e-9) + 1e-6)))).toBe(false)
        expect(inside(tangoInterval(grown((needed - 1) * (1 - 1e-9))))).toBe(true)
      })
    )
  })

  it('is undefined where the observed drop is the limit', () => {
    expect(samplesNeeded({ samples: 1000, broken: 30, repaired: 20 }, 0.01)).toBeUndefined()
    expect(samplesNeededForProportion(950, 1000, 0.95)).toBeUndefined()
  })
})

describe("Wilson's interval of one proportion", () => {
  it.each(reference.wilson)('equals statsmodels for $successes of $samples', ({ successes, samples, interval }) => {
    const [low, high] = wilsonInterval(successes, samples)
    expect(low).toBeCloseTo(interval[0], 13)
    expect(high).toBeCloseTo(interval[1], 13)
  })

  it('excludes a floor at the promised number of samples', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (successes, limit) => {
        const needed = samplesNeededForProportion(successes, 1000, limit)
        fc.pre(needed !== undefined && needed > 1 && needed < 1e8)
        const [low, high] = wilsonInterval((successes * (needed + 1e-6)) / 1000, needed + 1e-6)
        expect(low < limit && limit < high).toBe(false)
      })
    )
  })
})
