import { Outcome } from '../metrics/index.js'
import type { BaselineComparison, BaselineMetric, Samples, VariantResult } from '../result.js'
import { pairedRegression, unpairedRegression, type Regression, type RegressionOf } from '../verdict/index.js'
import { differencesOf } from './comparable.js'
import { describeRun } from './describe.js'
import { matchSamples, outcomesOf } from './pairing.js'
import type { Baseline, RunFigures } from './types.js'

export interface ComparedRuns {
  readonly comparison: BaselineComparison
  /** For limits that refer to the baseline: what was lost, or why that cannot be said. */
  readonly regressionOf: RegressionOf
}

interface Pairing {
  readonly then: Samples
  readonly now: Samples
  /** Place in `then` of each sample of `now`. */
  readonly order: readonly number[]
}

/**
 * Puts an earlier run beside this one: per variant and metric, its value and drop then, and what was lost since. Where
 * both have the outcomes of the same samples the statistics are paired.
 *
 * @param samples outcomes of this run.
 */
export function compareWithBaseline(baseline: Baseline, now: RunFigures, samples?: Samples): ComparedRuns {
  const then = baseline.result
  const { reasons, notes } = differencesOf(then, now)
  const comparable = reasons.length === 0
  const pairing = comparable ? pair(baseline, samples) : 'the runs are not comparable'
  const variants: [string, BaselineComparison['variants'][string]][] = []
  const regressions = new Map<string, Regression>()
  const gaps = new Set<string>()

  for (const [name, before] of Object.entries(then.variants)) {
    const after = Object.hasOwn(now.variants, name) ? now.variants[name] : undefined
    if (after === undefined) continue
    const reason = whyNotVariant(before, after)
    const metrics: [string, BaselineMetric][] = []
    for (const [metric, value] of Object.entries(before.metrics)) {
      const figures = { value, dropPoints: ownDrop(before, metric) }
      const [regression, gap] =
        comparable && reason === undefined ? regress(name, metric, before, after, now, pairing) : [undefined, undefined]
      if (regression !== undefined) regressions.set(keyOf(name, metric), regression)
      if (gap !== undefined) gaps.add(gap)
      metrics.push([metric, { ...figures, ...(regression !== undefined && { regression: plain(regression) }) }])
    }
    variants.push([name, { ...(reason !== undefined && { reason }), metrics: Object.fromEntries(metrics) }])
  }
  const comparison: BaselineComparison = {
    path: baseline.path,
    ...(then.run !== undefined && { run: then.run }),
    conclusion: then.conclusion,
    comparable,
    reasons,
    notes: [...notes, ...(comparable ? [...baseline.notes, ...gaps] : [])],
    variants: Object.fromEntries(variants)
  }
  return {
    comparison,
    regressionOf: (variant, metric) => regressions.get(keyOf(variant, metric)) ?? why(comparison, variant, metric)
  }
}

/** Why a limit on this metric cannot be judged against the baseline. */
function why(comparison: BaselineComparison, variant: string, metric: string): string {
  const whose = `the baseline (${describeRun(comparison.run, comparison.path)})`
  if (!comparison.comparable) return `${whose} cannot be compared: ${comparison.reasons.join('; ')}`
  if (!Object.hasOwn(comparison.variants, variant)) return `${whose} has no variant ${variant}`
  const { reason, metrics } = comparison.variants[variant]
  if (!isShare(metric) && Object.hasOwn(metrics, metric)) {
    return `${metric} is no share of right samples, and losses since an earlier run are judged for those alone (docs/baseline.md)`
  }
  if (reason !== undefined) return `${whose} cannot be compared: ${reason}`
  if (!Object.hasOwn(metrics, metric)) return `${whose} has no ${metric} of ${variant}`
  return `${whose} or this run did not measure ${metric} of ${variant}`
}

function whyNotVariant(then: VariantResult, now: VariantResult): string | undefined {
  if (then.error !== undefined) return 'the variant did not run then'
  if (now.error !== undefined) return 'the variant did not run now'
  return then.precision === now.precision
    ? undefined
    : `the variant was ${then.precision} then and is ${now.precision} now`
}

function pair({ samples: then }: Baseline, now: Samples | undefined): Pairing | string | undefined {
  if (then === undefined) return undefined
  if (now === undefined) return 'not paired: the sample outcomes of this run are not at hand'
  const order = matchSamples(then, now)
  return typeof order === 'string' ? `not paired: ${order}` : { then, now, order }
}

/** @returns what was lost, and why it is not paired. */
function regress(
  name: string,
  metric: string,
  before: VariantResult,
  after: VariantResult,
  { dataset: { samples } }: RunFigures,
  pairing: Pairing | string | undefined
): [Regression | undefined, string | undefined] {
  const [then, now] = [before.metrics[metric], Object.hasOwn(after.metrics, metric) ? after.metrics[metric] : null]
  if (then === null || now === null || samples === 0 || !isShare(metric)) return [undefined, undefined]
  const [rightThen, rightNow] = [Math.round(then * samples), Math.round(now * samples)]
  const unpaired = unpairedRegression(rightThen, rightNow, samples)
  if (pairing === undefined || typeof pairing === 'string') return [unpaired, pairing]
  const flag = Outcome[metric]
  const earlier = outcomesOf(pairing.then, name, flag, rightThen)
  const later = outcomesOf(pairing.now, name, flag, rightNow)
  if ('why' in earlier) return [unpaired, `not paired: in the baseline, ${earlier.why}`]
  if ('why' in later) return [unpaired, `not paired: ${later.why}`]
  const reordered = Uint8Array.from(pairing.order, (index) => earlier.outcomes[index])
  return [pairedRegression(reordered, later.outcomes, flag), undefined]
}

/** Metrics that are a share of right samples: the statistics of proportions hold for no other. */
function isShare(metric: string): metric is 'top1' | 'top5' {
  return metric === 'top1' || metric === 'top5'
}

function ownDrop({ drop }: VariantResult, metric: string): number | null {
  return Object.hasOwn(drop, metric) ? drop[metric].points : null
}

function plain({ points, ci95, pValue, paired }: Regression): BaselineMetric['regression'] {
  return { points, ci95, pValue, paired }
}

function keyOf(variant: string, metric: string): string {
  return JSON.stringify([variant, metric])
}
