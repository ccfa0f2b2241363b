import {
  everyVariant,
  isReference,
  referenceOf,
  type BaselineMetric,
  type Result,
  type VariantResult,
  type Verdict,
  type VerdictStatus
} from '../result.js'
import { count, isLayerLimit, layerValueOf, limitOf, NONE, percent, points } from './text.js'

/** One line of the verdict table: a metric of a variant against one limit. All texts are unescaped. */
export interface Row {
  readonly variant: string
  readonly metric: string
  readonly fp32: string
  readonly value: string
  /** Points lost, with the 95 % interval; against the baseline where the limit is one on that. */
  readonly drop: string
  /** Then and now: the drop, or the value where the limit is one on that. Absent without a comparable baseline. */
  readonly change?: string
  readonly limit: string
  /** undefined: nothing limits this metric. */
  readonly status: VerdictStatus | undefined
  readonly verdict: Verdict | undefined
}

/** A detector has nine figures and more: those that nothing limits are left to result.json after the first ones. */
const UNLIMITED_METRICS = 3

/** FP32 first, then the variants in the config's order; every verdict is in exactly one row. */
export function rowsOf(result: Result): Row[] {
  const byVariant = new Map<string, Verdict[]>()
  for (const verdict of result.verdicts) {
    const known = byVariant.get(verdict.variant)
    if (known === undefined) byVariant.set(verdict.variant, [verdict])
    else known.push(verdict)
  }
  const all = everyVariant(result)
  return variantNames(result).flatMap((name) => {
    const verdicts = byVariant.get(name) ?? []
    const variant = own(all, name)
    const metrics = Object.keys(variant?.metrics ?? {}).slice(0, UNLIMITED_METRICS)
    const subjects = new Set([...metrics, ...verdicts.map(({ subject }) => subject)])
    return [...subjects].flatMap((subject) => {
      const limits = verdicts.filter((verdict) => verdict.subject === subject)
      return (limits.length > 0 ? limits : [undefined]).map((limit) => rowOf(result, name, subject, limit))
    })
  })
}

/** Variants in the order of the report, those included that only a verdict names. */
export function variantNames(result: Result): string[] {
  const variants = everyVariant(result)
  const names = new Set([...Object.keys(variants), ...result.verdicts.map(({ variant }) => variant)])
  const rank = (name: string): number => Number(!Object.hasOwn(result.variants, name) && name.includes('@'))
  return [...names].sort((a, b) => rank(a) - rank(b) || Number(isReference(b)) - Number(isReference(a)))
}

function rowOf(result: Result, name: string, metric: string, verdict: Verdict | undefined): Row {
  const variants = everyVariant(result)
  const variant = own(variants, name)
  const before = baselineOf(result, name, metric)
  const againstBaseline = verdict?.against === 'baseline'
  return {
    variant: name,
    metric,
    fp32: percent(own(own(variants, referenceOf(name))?.metrics, metric)),
    value: verdict === undefined ? valueOf(name, metric, variant) : observedOf(verdict, valueOf(name, metric, variant)),
    drop: againstBaseline ? intervalOf(before?.regression) : intervalOf(own(variant?.drop, metric)),
    ...(before !== undefined && { change: changeOf(variant, metric, before, verdict) }),
    limit: verdict === undefined ? NONE : limitOf(verdict),
    status: verdict?.status,
    verdict
  }
}

/** The baseline's figures of a metric, where they may stand beside this run's. */
export function baselineOf({ baseline }: Result, variant: string, metric: string): BaselineMetric | undefined {
  const before = baseline?.comparable === true ? own(baseline.variants, variant) : undefined
  return before?.reason === undefined ? own(before?.metrics, metric) : undefined
}

function observedOf(verdict: Verdict, value: string): string {
  if (isLayerLimit(verdict)) return layerValueOf(verdict)
  if (verdict.unit !== 'times') return value
  return verdict.observed === null ? NONE : `${verdict.observed.toFixed(2)}x`
}

function changeOf(
  variant: VariantResult | undefined,
  metric: string,
  before: BaselineMetric,
  verdict: Verdict | undefined
): string {
  const now = own(variant?.drop, metric)?.points
  const isDrop = verdict === undefined || (verdict.unit !== 'fraction' && verdict.against !== 'baseline')
  if (isDrop && now !== undefined && now !== null && before.dropPoints !== null) {
    return `${points(before.dropPoints)} → ${points(now)}`
  }
  const value = own(variant?.metrics, metric)
  if (value === undefined || value === null || before.value === null) return NONE
  return `${(100 * before.value).toFixed(2)} → ${percent(value)}`
}

function valueOf(name: string, metric: string, variant: VariantResult | undefined): string {
  if (metric === 'outputs') return `${count(variant?.nonFinite ?? 0)} not finite`
  return isReference(name) ? NONE : percent(own(variant?.metrics, metric))
}

/** A loss in points with its interval. */
export function intervalOf(
  loss: { readonly points: number | null; readonly ci95: readonly number[] | null } | undefined
): string {
  if (loss === undefined || loss.points === null) return NONE
  const interval = loss.ci95 === null ? '' : ` [${points(loss.ci95[0])}, ${points(loss.ci95[1])}]`
  return `${points(loss.points)}${interval}`
}

/** A variant called `constructor` must not find what every object inherits. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined
}
