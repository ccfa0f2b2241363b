import { RuntimeError } from '../errors.js'
import { quantile } from '../util/quantile.js'
import { uniform } from '../util/random.js'
import type { Interval } from './score.js'

/** A metric of all images, each counted as often as its weight says; null where nothing is left to average. */
export type WeightedMetric = (weights?: Uint16Array) => number | null

export interface BootstrapOptions {
  readonly resamples: number
  readonly seed: number
}

/** Enough for an interval to a fiftieth of its width; the seed is arbitrary and fixed, so that a rerun agrees. */
export const BOOTSTRAP: BootstrapOptions = { resamples: 1000, seed: 20260101 }

export interface BootstrapComparison {
  readonly reference: number | null
  readonly value: number | null
  /** 100 * (FP32 - variant): percentage points; positive is a loss. */
  readonly points: number | null
  /** 95 % interval of the points, lower end first. */
  readonly ci95: Interval | null
  /** 95 % interval of the variant's value, 0..1. */
  readonly valueCi95: Interval | null
  /** Two-sided, of "no difference": twice the share of resamples on the far side of zero. */
  readonly pValue: number | null
  /** Resamples in which both metrics exist; the others are left out. */
  readonly resamples: number
}

/** A metric on the whole set and on the draws of a bootstrap; two of the same size and options share their draws. */
export interface Resampled {
  readonly value: number | null
  /** One entry a draw. */
  readonly draws: readonly (number | null)[]
}

/** Draws images with replacement, as many as there are, from a fixed seed, and computes a metric on each draw. */
export function resample(
  images: number,
  metric: WeightedMetric,
  { resamples, seed }: BootstrapOptions = BOOTSTRAP
): Resampled {
  if (resamples < 1) throw new RuntimeError(`a bootstrap of ${resamples} resamples says nothing`)
  const next = uniform(seed)
  const weights = new Uint16Array(images)
  const draws: (number | null)[] = []
  for (let draw = 0; draw < resamples && images > 0; draw++) {
    drawImages(weights, next)
    draws.push(metric(weights))
  }
  return { value: metric(), draws }
}

/** The drop from FP32 to a variant, draw by draw. */
export function compareResampled(reference: Resampled, variant: Resampled): BootstrapComparison {
  const [before, after] = [reference.value, variant.value]
  const values = variant.draws.filter((value) => value !== null)
  const differences = variant.draws.flatMap((now, draw) => {
    const then = reference.draws[draw]
    return now === null || then === null ? [] : [100 * (then - now)]
  })
  const measured = before !== null && after !== null && differences.length > 0
  return {
    reference: before,
    value: after,
    points: before === null || after === null ? null : 100 * (before - after),
    ci95: measured ? percentileInterval(differences) : null,
    valueCi95: after === null || values.length === 0 ? null : percentileInterval(values),
    pValue: measured ? signPValue(differences) : null,
    resamples: differences.length
  }
}

/**
 * Paired bootstrap over images: images are drawn with replacement, FP32 and the variant are computed on the same draw,
 * and the spread of their difference is that of the drop. For metrics that are no mean over images, such as average
 * precision and mean IoU, where no test of pairs applies. The interval is the percentile interval.
 *
 * Source: B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall 1993, sections 13.3 and 15.
 *
 * @param images how many there are; both metrics count them in the same order.
 */
export function pairedBootstrap(
  images: number,
  reference: WeightedMetric,
  variant: WeightedMetric,
  options: BootstrapOptions = BOOTSTRAP
): BootstrapComparison {
  return compareResampled(resample(images, reference, options), resample(images, variant, options))
}

/** Fills `weights` with how often each image is drawn in as many draws as there are images. */
export function drawImages(weights: Uint16Array, next: () => number): void {
  weights.fill(0)
  for (let draw = 0; draw < weights.length; draw++) weights[Math.floor(next() * weights.length)]++
}

/** 2.5 % and 97.5 % quantiles. */
export function percentileInterval(values: readonly number[]): Interval {
  const sorted = Float64Array.from(values).sort()
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)]
}

/** Never 0: that nothing was seen in so many resamples does not make it impossible. */
function signPValue(differences: readonly number[]): number {
  const atMostZero = differences.filter((difference) => difference <= 0).length
  const atLeastZero = differences.filter((difference) => difference >= 0).length
  return Math.min(1, (2 * (1 + Math.min(atMostZero, atLeastZero))) / (differences.length + 1))
}

/**
 * Images at which the 95 % interval would leave out a limit, if the drop held and its standard error fell with the root
 * of their number. The error is that of the half of the interval on the limit's side.
 *
 * @param limitPoints in percentage points, as `points` and `ci95`.
 * @returns undefined where the drop equals the limit, or nothing was measured.
 */
export function imagesNeeded(
  images: number,
  { points, ci95 }: Pick<BootstrapComparison, 'points' | 'ci95'>,
  limitPoints: number
): number | undefined {
  if (points === null || ci95 === null) return undefined
  const half = limitPoints > points ? ci95[1] - points : points - ci95[0]
  const needed = Math.max(1, Math.ceil(images * (half / (limitPoints - points)) ** 2))
  return needed < 1e12 ? needed : undefined
}
