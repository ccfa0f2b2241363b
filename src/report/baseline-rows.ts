import type { Result } from '../result.js'
import { intervalOf, own } from './rows.js'
import { NONE, percent, points, pValue } from './text.js'

/** A metric of a variant in the baseline and in this run. All texts are unescaped. */
export interface BaselineRow {
  readonly variant: string
  readonly metric: string
  readonly then: string
  readonly now: string
  /** Points lost since, with the 95 % interval. */
  readonly lost: string
  readonly p: string
  /** Drop against each run's own FP32, then and now. */
  readonly drop: string
}

/** Metrics that have a value in one of the two: a data set without large objects has no `map_large`. */
export function baselineRows({ baseline, variants }: Result): BaselineRow[] {
  const rows = Object.entries(baseline?.variants ?? {}).flatMap(([variant, { metrics }]) =>
    Object.entries(metrics).map(([metric, { value, dropPoints, regression }]) => {
      const drop = own(own(variants, variant)?.drop, metric)?.points ?? null
      return {
        variant,
        metric,
        then: percent(value),
        now: percent(own(own(variants, variant)?.metrics, metric)),
        lost: intervalOf(regression),
        p: regression === undefined || regression.pValue === null ? NONE : pValue(regression.pValue),
        drop: dropPoints === null || drop === null ? NONE : `${points(dropPoints)} → ${points(drop)}`
      }
    })
  )
  return rows.filter(({ then, now }) => then !== NONE || now !== NONE)
}

/** Why something is not compared, and what else is to be known. Unescaped. */
export function baselineRemarks({ baseline }: Result): string[] {
  if (baseline === undefined) return []
  return [
    ...baseline.reasons.map((reason) => `not compared: ${reason}`),
    ...Object.entries(baseline.variants).flatMap(([variant, { reason }]) =>
      reason === undefined ? [] : [`${variant} is not compared: ${reason}`]
    ),
    ...baseline.notes
  ]
}
