import { REFERENCE_VARIANT, type Result, type VariantResult, type Verdict, type VerdictStatus } from '../result.js'
import { count, limitOf, NONE, percent, points } from './text.js'

/** One line of the verdict table: a metric of a variant against one limit. All texts are unescaped. */
export interface Row {
  readonly variant: string
  readonly metric: string
  readonly fp32: string
  readonly value: string
  /** Points lost, with the 95 % interval. */
  readonly drop: string
  readonly limit: string
  /** undefined: nothing limits this metric. */
  readonly status: VerdictStatus | undefined
}

/** FP32 first, then the variants in the config's order; every verdict is in exactly one row. */
export function rowsOf(result: Result): Row[] {
  return variantNames(result).flatMap((name) => {
    const verdicts = result.verdicts.filter(({ variant }) => variant === name)
    const variant = own(result.variants, name)
    const subjects = new Set([...Object.keys(variant?.metrics ?? {}), ...verdicts.map(({ subject }) => subject)])
    return [...subjects].flatMap((subject) => {
      const limits = verdicts.filter((verdict) => verdict.subject === subject)
      return (limits.length > 0 ? limits : [undefined]).map((limit) => rowOf(result, name, subject, limit))
    })
  })
}

/** Variants in the order of the report, those included that only a verdict names. */
export function variantNames({ variants, verdicts }: Result): string[] {
  const names = new Set([...Object.keys(variants), ...verdicts.map(({ variant }) => variant)])
  return [...names].sort((a, b) => Number(b === REFERENCE_VARIANT) - Number(a === REFERENCE_VARIANT))
}

function rowOf({ variants }: Result, name: string, metric: string, verdict: Verdict | undefined): Row {
  const variant = own(variants, name)
  return {
    variant: name,
    metric,
    fp32: percent(own(own(variants, REFERENCE_VARIANT)?.metrics, metric)),
    value: valueOf(name, metric, variant),
    drop: variant === undefined ? NONE : dropOf(variant, metric),
    limit: verdict === undefined ? NONE : limitOf(verdict),
    status: verdict?.status
  }
}

function valueOf(name: string, metric: string, variant: VariantResult | undefined): string {
  if (metric === 'outputs') return `${count(variant?.nonFinite ?? 0)} not finite`
  return name === REFERENCE_VARIANT ? NONE : percent(own(variant?.metrics, metric))
}

function dropOf(variant: VariantResult, metric: string): string {
  const drop = own(variant.drop, metric)
  if (drop === undefined || drop.points === null) return NONE
  const interval = drop.ci95 === null ? '' : ` [${points(drop.ci95[0])}, ${points(drop.ci95[1])}]`
  return `${points(drop.points)}${interval}`
}

/** A variant called `constructor` must not find what every object inherits. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined
}
