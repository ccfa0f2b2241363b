import { Outcome } from '../metrics/index.js'
import type { BaselineComparison, BaselineMetric, Samples, VariantResult } from '../result.js'
import { pairedRegression, unpairedRegression, type Regression, type RegressionOf } from '../verdict/index.js'
import { differencesOf } from './comparable.js'
import { describeRun } from './describe.js'
import { matchSamples, outcomesOf, type Pairing } from './pairing.js'
import { regressResampled } from './resampled.js'
import type { Baseline, RunFigures } from './types.js'

export interface ComparedRuns {
  readonly comparison: BaselineComparison
  /** For limits that refer to the baseline: what was lost, or why that cannot be said. */
  readonly regressionOf: RegressionOf
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
  const gaps = new Map<string, string>()
  const intervals = metricsWithInterval(now)

  for (const [name, before] of Object.entries(then.variants)) {
    const after = Object.hasOwn(now.variants, name) ? now.variants[name] : undefined
    if (after === undefined) continue
    const reason = whyNotVariant(before, after)
    const metrics: [string, BaselineMetric][] = []
    for (const [metric, value] of Object.entries(before.metrics)) {
      const figures = { value, dropPoints: ownDrop(before, metric) }
      const [regression, gap] =
        comparable && reason === undefined
          ? regress(name, metric, before, after, now, pairing, intervals)
          : [undefined, undefined]
      if (regression !== undefined) regressions.set(keyOf(name, metric), regression)
      if (gap !== undefined) gaps.set(keyOf(name, metric), gap)
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
    notes: [...notes, ...(comparable ? [...baseline.notes, ...new Set(gaps.values())] : [])],
    variants: Object.fromEntries(variants)
  }
  return {
    comparison,
    regressionOf(variant, metric) {
      const key = keyOf(variant, metric)
      return regressions.get(key) ?? why(comparison, variant, metric, gaps.get(key) ?? baseline.notes[0], now.task)
    }
  }
}

/**
 * Why a limit on this metric cannot be judged against the baseline.
 * @param gap why its samples are not paired.
 */
function why(
  comparison: BaselineComparison,
  variant: string,
  metric: string,
  gap: string | undefined,
  task: RunFigures['task']
): string {
  const whose = `the baseline (${describeRun(comparison.run, comparison.path)})`
  if (!comparison.comparable) return `${whose} cannot be compared: ${comparison.reasons.join('; ')}`
  if (!Object.hasOwn(comparison.variants, variant)) return `${whose} has no variant ${variant}`
  const { reason, metrics } = comparison.variants[variant]
  if (reason !== undefined) return `${whose} cannot be compared: ${reason}`
  if (!Object.hasOwn(metrics, metric)) return `${whose} has no ${metric} of ${variant}`
  if (gap !== undefined && !isShare(metric, task))
    return `${whose} cannot be compared in ${metric}, which needs pairs: ${gap.replace(/^not paired: /, '')}`
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

/** @returns what was lost, and why it is not paired or not known. */
function regress(
  name: string,
  metric: string,
  before: VariantResult,
  after: VariantResult,
  { dataset: { samples }, task }: RunFigures,
  pairing: Pairing | string | undefined,
  intervals: ReadonlySet<string>
): [Regression | undefined, string | undefined] {
  const [then, now] = [before.metrics[metric], Object.hasOwn(after.metrics, metric) ? after.metrics[metric] : null]
  if (then === null || now === null || samples === 0) return [undefined, undefined]
  if (!isShare(metric, task)) {
    if (!intervals.has(metric)) return [undefined, undefined]
    if (typeof pairing !== 'object') return [undefined, pairing]
    const found = regressResampled(pairing, name, metric, { then, now })
    return typeof found === 'string' ? [undefined, `not paired: ${found}`] : [found, undefined]
  }
  const [rightThen, rightNow] = [Math.round(then * samples), Math.round(now * samples)]
  const unpaired = unpairedRegression(rightThen, rightNow, samples)
  if (pairing === undefined || typeof pairing === 'string') return [unpaired, pairing]
  const flag = metric === 'top5' ? Outcome.top5 : Outcome.top1
  const earlier = outcomesOf(pairing.then, name, flag, rightThen)
  const later = outcomesOf(pairing.now, name, flag, rightNow)
  if ('why' in earlier) return [unpaired, `not paired: in the baseline, ${earlier.why}`]
  if ('why' in later) return [unpaired, `not paired: ${later.why}`]
  const reordered = Uint8Array.from(pairing.order, (index) => earlier.outcomes[index])
  return [pairedRegression(reordered, later.outcomes, flag), undefined]
}

/** Metrics that are a share of right samples: the statistics of proportions hold for no other. */
function isShare(metric: string, task: RunFigures['task'] = 'classification'): boolean {
  return metric === 'top1' || metric === 'top5' || (metric === 'agreement' && task === 'classification')
}

/**
 * Metrics that this run has an interval of: those that its limits need. A thousand resamples of every other metric would
 * take longer than the models do.
 */
function metricsWithInterval({ variants }: RunFigures): ReadonlySet<string> {
  return new Set(
    Object.values(variants).flatMap(({ drop }) =>
      Object.entries(drop).flatMap(([metric, { ci95 }]) => (ci95 === null ? [] : [metric]))
    )
  )
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
