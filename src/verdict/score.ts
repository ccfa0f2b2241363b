/** Two-sided 95 % quantile of the standard normal distribution. */
export const Z95 = 1.959963984540054

/** Counts of pairs; `samples` includes the concordant ones. */
export interface PairCounts {
  readonly samples: number
  /** Right in FP32, wrong in the variant. */
  readonly broken: number
  /** Wrong in FP32, right in the variant. */
  readonly repaired: number
}

/** Lower and upper end, as shares of the samples. */
export type Interval = readonly [number, number]

/**
 * Score statistic of the hypothesis that the paired drop P(broken) - P(repaired) equals `drop`:
 *
 *     z = (b - c - n d) / sqrt(n (2 q + d (1 - d)))
 *
 * q is the maximum-likelihood estimate of P(repaired) under that hypothesis, the larger root of
 * 2 n q^2 - (b + c - (2 n - b + c) d) q - c d (1 - d) = 0. It falls as `drop` grows, and scales with sqrt(n) at fixed rates.
 *
 * Source: T. Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample
 * design", Statistics in Medicine 17 (1998) 891-908, equations 7-9.
 *
 * @param drop in -1..1.
 */
export function tangoScore({ samples: n, broken: b, repaired: c }: PairCounts, drop: number): number {
  // the mirrored problem has the same statistic, and its quadratic does not cancel
  if (drop < 0) return -tangoScore({ samples: n, broken: c, repaired: b }, -drop)
  const numerator = b - c - n * drop
  if (numerator === 0) return 0
  const linear = (2 * n - b + c) * drop - b - c
  const constant = -c * drop * (1 - drop)
  const root = Math.sqrt(linear * linear - 8 * n * constant)
  const repairedRate = linear > 0 ? (-2 * constant) / (linear + root) : (root - linear) / (4 * n)
  return numerator / Math.sqrt(n * (2 * repairedRate + drop * (1 - drop)))
}

/**
 * Tango's 95 % score interval of the paired drop: every drop that the score test does not reject. Unlike an interval
 * that conditions on the discordant pairs it keeps a width where there is none (b + c = 0).
 *
 * @param pairs with at least one sample.
 */
export function tangoInterval(pairs: PairCounts): Interval {
  const estimate = (pairs.broken - pairs.repaired) / pairs.samples
  return [
    bisect(-1, estimate, (drop) => tangoScore(pairs, drop) < Z95),
    bisect(estimate, 1, (drop) => tangoScore(pairs, drop) < -Z95)
  ]
}

/**
 * Smallest number of samples at which the 95 % interval leaves `limit` out, if the observed rates of broken and
 * repaired answers held. Follows from the statistic's growth with sqrt(n).
 *
 * @param limit a drop as a share of the samples (1 percentage point = 0.01).
 * @returns undefined where the observed drop equals the limit: no number of samples settles it.
 */
export function samplesNeeded(pairs: PairCounts, limit: number): number | undefined {
  return samplesForScore(pairs.samples, tangoScore(pairs, limit))
}

/** Score statistic (p - p0) / sqrt(p0 (1 - p0) / n) of a single proportion. */
export function wilsonScore(successes: number, samples: number, proportion: number): number {
  const difference = successes / samples - proportion
  return difference === 0 ? 0 : difference / Math.sqrt((proportion * (1 - proportion)) / samples)
}

/**
 * 95 % score interval of a single proportion. Source: E. B. Wilson, "Probable inference, the law of succession, and
 * statistical inference", JASA 22 (1927) 209-212.
 */
export function wilsonInterval(successes: number, samples: number): Interval {
  const z2 = Z95 * Z95
  const centre = successes + z2 / 2
  const half = Z95 * Math.sqrt((successes * (samples - successes)) / samples + z2 / 4)
  const end = (value: number) => Math.min(1, Math.max(0, value / (samples + z2)))
  return [successes === 0 ? 0 : end(centre - half), successes === samples ? 1 : end(centre + half)]
}

/** As `samplesNeeded`, for a floor under a single proportion. */
export function samplesNeededForProportion(successes: number, samples: number, limit: number): number | undefined {
  return samplesForScore(samples, wilsonScore(successes, samples, limit))
}

function samplesForScore(samples: number, score: number): number | undefined {
  const needed = Math.max(1, Math.ceil(samples * (Z95 / score) ** 2))
  // a decimal limit such as 0.07 is not exact in binary: an estimate at the limit may score 1e-16 instead of 0
  return needed < 1e12 ? needed : undefined
}

/** Where a condition that is false below and true above turns. */
function bisect(low: number, high: number, above: (value: number) => boolean): number {
  if (!above(high)) return high
  for (;;) {
    const middle = (low + high) / 2
    if (middle <= low || middle >= high) return middle
    if (above(middle)) high = middle
    else low = middle
  }
}
