import { countOutcomes } from '../metrics/index.js'
import { compareResampled, imagesNeeded, resample, type WeightedMetric } from './bootstrap.js'
import { countPairs } from './compare.js'
import { mcnemarPValue } from './mcnemar.js'
import { samplesNeeded, tangoInterval, wilsonInterval, type Interval } from './score.js'

/** What a variant lost since an earlier run on the same samples. */
export interface Regression {
  /** 100 * (value then - value now): percentage points; positive is a loss. */
  readonly points: number
  /** 95 % interval of the points. */
  readonly ci95: Interval
  /** Of "no change": exact McNemar test, or by the bootstrap; null where the samples are not paired. */
  readonly pValue: number | null
  readonly paired: boolean
  /** Samples at which the interval would leave out a limit given as a share (1 point = 0.01). */
  readonly samplesForLimit: (limit: number) => number | undefined
}

/**
 * From the outcomes of both runs, sample by sample: McNemar's test and Tango's interval, as for the drop against FP32.
 *
 * @param then outcomes of the earlier run, in the order of `now`; at least one.
 * @param flag the bit of `Outcome` that the metric counts.
 */
export function pairedRegression(then: Uint8Array, now: Uint8Array, flag: number): Regression {
  const pairs = countPairs(then, now, flag)
  const [low, high] = tangoInterval(pairs)
  return {
    points: (100 * (countOutcomes(then, flag) - countOutcomes(now, flag))) / pairs.samples,
    ci95: [100 * low, 100 * high],
    pValue: mcnemarPValue(pairs.broken, pairs.repaired),
    paired: true,
    samplesForLimit: (limit) => samplesNeeded(pairs, limit)
  }
}

/**
 * Of a metric that is no share of samples, by the paired bootstrap over images: the same draws of images for both runs.
 *
 * @param images how many there are; at least one.
 * @param then the metric of the earlier run; its weights are in the order of `now`'s.
 * @returns undefined where one of the two has no value.
 */
export function resampledRegression(images: number, then: WeightedMetric, now: WeightedMetric): Regression | undefined {
  const compared = compareResampled(resample(images, then), resample(images, now))
  const { points, ci95, pValue } = compared
  if (points === null || ci95 === null) return undefined
  return {
    points,
    ci95,
    pValue,
    paired: true,
    samplesForLimit: (limit) => imagesNeeded(images, compared, 100 * limit)
  }
}

/** Both runs have the same outcome on every sample. */
export const NOTHING_CHANGED: Regression = {
  points: 0,
  ci95: [0, 0],
  pValue: 1,
  paired: true,
  samplesForLimit: () => undefined
}

/**
 * From the two shares alone, where nobody knows which samples changed: Newcombe's hybrid score interval. It takes the
 * two runs for independent and is therefore wider than the truth, which errs towards "inconclusive".
 *
 * Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
 * methods", Statistics in Medicine 17 (1998) 873-890, method 10.
 *
 * @param then samples counted by the metric in the earlier run, out of `samples`; `now` likewise.
 */
export function unpairedRegression(then: number, now: number, samples: number): Regression {
  const [low, high] = newcombeInterval(then, now, samples)
  return {
    points: (100 * (then - now)) / samples,
    ci95: [100 * low, 100 * high],
    pValue: null,
    paired: false,
    samplesForLimit: (limit) => samplesForNewcombe(then / samples, now / samples, limit)
  }
}

/** 95 % interval of the difference of two shares of the same number of samples. */
export function newcombeInterval(then: number, now: number, samples: number): Interval {
  const [p, q] = [then / samples, now / samples]
  const [pLow, pHigh] = wilsonInterval(then, samples)
  const [qLow, qHigh] = wilsonInterval(now, samples)
  return [p - q - Math.hypot(p - pLow, qHigh - q), p - q + Math.hypot(pHigh - p, q - qLow)]
}

const MOST_SAMPLES = 1e12

/** The interval shrinks around the difference as samples are added, so the first number that settles it is bisected. */
function samplesForNewcombe(then: number, now: number, limit: number): number | undefined {
  const settles = (samples: number): boolean => {
    const [low, high] = newcombeInterval(then * samples, now * samples, samples)
    return limit <= low || limit >= high
  }
  if (!settles(MOST_SAMPLES)) return undefined
  let [tooFew, enough] = [0, MOST_SAMPLES]
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2)
    if (settles(middle)) enough = middle
    else tooFew = middle
  }
  return enough
}
