import type { Threshold } from '../config/types.js'
import type { Verdict } from '../result.js'
import type { MetricComparison } from './compare.js'
import type { Regression } from './regression.js'
import type { Interval } from './score.js'

/** A limit's key in the config file. */
export type LimitKind = 'max_drop_points' | 'max_drop_relative' | 'min' | 'max_regression_points'

export interface Limit {
  readonly kind: LimitKind
  readonly value: number
  readonly unit: Verdict['unit']
}

/** What was measured, in the limit's unit. */
export interface Observation {
  readonly observed: number
  readonly interval: Interval
  readonly broken: boolean
  /** Samples at which the interval would leave the limit out. */
  readonly samplesNeeded: number | undefined
  /** Put before the interval, where it is not the paired one. */
  readonly note?: string
}

/** The limits that one threshold of the config holds. */
export function limitsOf(threshold: Threshold): Limit[] {
  const limits: Limit[] = []
  const add = (kind: LimitKind, value: number | undefined, unit: Verdict['unit']) => {
    if (value !== undefined) limits.push({ kind, value, unit })
  }
  add('max_drop_points', threshold.maxDropPoints, 'points')
  add('max_drop_relative', threshold.maxDropRelative, 'relative')
  add('min', threshold.min, 'fraction')
  add('max_regression_points', threshold.maxRegressionPoints, 'points')
  return limits
}

/** Why a limit has no observation. */
export interface Unobserved {
  readonly why: string
  /** Nothing is wrong with this run: there is nothing to compare it with. Inconclusive, where all else fails. */
  readonly open: boolean
}

/** @param regression against the baseline, or why there is none. */
export function observe(
  metric: MetricComparison,
  limit: Limit,
  regression: Regression | string
): Observation | Unobserved {
  const { drop, reference, value, valueCi95 } = metric
  if (value === null || reference === null || valueCi95 === null || drop.ci95 === null || drop.points === null) {
    return unmeasured(metric.unmeasured ?? 'no samples were evaluated')
  }
  if (![value, reference, drop.points, ...valueCi95, ...drop.ci95].every(Number.isFinite)) {
    return unmeasured('the metric is not a number')
  }
  const [low, high] = drop.ci95
  switch (limit.kind) {
    case 'max_drop_points':
      return {
        observed: drop.points,
        interval: [low, high],
        broken: drop.points > limit.value,
        samplesNeeded: metric.samplesForDrop(limit.value / 100)
      }
    case 'max_drop_relative':
      if (drop.relative === null) return unmeasured('the FP32 value is 0, so a relative drop has no meaning')
      return {
        observed: drop.relative,
        // delta method with the FP32 value taken as known (docs/thresholds.md)
        interval: [low / (100 * reference), high / (100 * reference)],
        broken: drop.relative > limit.value,
        samplesNeeded: metric.samplesForDrop(limit.value * reference)
      }
    case 'min':
      return {
        observed: value,
        interval: valueCi95,
        broken: value < limit.value,
        samplesNeeded: metric.samplesForValue(limit.value)
      }
    case 'max_regression_points':
      if (typeof regression === 'string') return { why: regression, open: true }
      return {
        observed: regression.points,
        interval: regression.ci95,
        broken: regression.points > limit.value,
        samplesNeeded: regression.samplesForLimit(limit.value / 100),
        ...(!regression.paired && { note: 'unpaired' })
      }
  }
}

export function unmeasured(why: string): Unobserved {
  return { why, open: false }
}

/**
 * Whether a limit cannot be decided: it lies inside the interval, or is what was observed of a drop that is not known
 * exactly. An agreement that nothing changed starts its interval at that very drop of 0.
 */
export function isOpen({ observed, interval }: Observation, limit: Limit): boolean {
  const equals = limit.kind !== 'min' && observed === limit.value && interval[0] < interval[1]
  return equals || spans(interval, limit.value)
}

/** Whether the limit lies inside the interval, its ends excluded. */
export function spans([low, high]: Interval, limit: number): boolean {
  return low < limit && limit < high
}
