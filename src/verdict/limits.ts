import type { Threshold } from '../config/types.js'
import type { Verdict } from '../result.js'
import type { MetricComparison } from './compare.js'
import type { Interval } from './score.js'

/** A limit's key in the config file. */
export type LimitKind = 'max_drop_points' | 'max_drop_relative' | 'min'

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
  return limits
}

/** @returns why it cannot be measured, or what was measured. */
export function observe(metric: MetricComparison, limit: Limit): Observation | string {
  const { drop, reference, value, valueCi95 } = metric
  if (value === null || reference === null || valueCi95 === null || drop.ci95 === null || drop.points === null) {
    return 'no samples were evaluated'
  }
  if (![value, reference, drop.points, ...valueCi95, ...drop.ci95].every(Number.isFinite)) {
    return 'the metric is not a number'
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
      if (drop.relative === null) return 'the FP32 value is 0, so a relative drop has no meaning'
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
  }
}

/** Whether the limit lies inside the interval, its ends excluded. */
export function spans([low, high]: Interval, limit: number): boolean {
  return low < limit && limit < high
}
