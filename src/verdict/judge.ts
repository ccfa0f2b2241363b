import type { Expectation, Threshold } from '../config/types.js'
import { REFERENCE_VARIANT, type Conclusion, type Verdict } from '../result.js'
import { judgeBaseline, nonFiniteOutputs, type Guess } from './baseline.js'
import type { Failed, VariantComparison } from './compare.js'
import { conclude } from './conclusion.js'
import { isOpen, limitsOf, observe, unmeasured, type Limit, type Observation, type Unobserved } from './limits.js'
import type { Regression } from './regression.js'
import { describe } from './wording.js'

export interface JudgeInput {
  /** FP32 compared with itself. */
  readonly reference: VariantComparison | Failed
  /** Everything but FP32, in the config's order. */
  readonly variants: ReadonlyMap<string, VariantComparison | Failed>
  readonly expect: readonly Expectation[]
  readonly thresholds: readonly Threshold[]
  /** Only a part of the data set was evaluated, so a published figure need not be met to the last image. */
  readonly partial: boolean
  /** What FP32 has to be better than. */
  readonly guess?: Guess
  /** What a variant's metric lost against the baseline, or why that cannot be said. */
  readonly regressionOf?: RegressionOf
  /** Of limits on layers. */
  readonly layers?: readonly Verdict[]
  /** Of what else was measured by itself: it says nothing about accuracy, and holds where FP32 is broken too. */
  readonly others?: readonly Verdict[]
  /** What else did not run, each as a sentence. */
  readonly failedElsewhere?: readonly string[]
}

export type RegressionOf = (variant: string, metric: string) => Regression | string

export const NO_BASELINE =
  'no baseline was given: keep the report folder of a run on the target branch and hand it over with --baseline (docs/baseline.md)'

const BROKEN_BASELINE = 'not judged: the FP32 baseline itself is broken'

export interface Judgement {
  readonly verdicts: readonly Verdict[]
  readonly conclusion: Conclusion
  /** The most important first; never empty. */
  readonly reasons: readonly string[]
}

/**
 * Applies the config's limits (decision table in docs/thresholds.md). FP32 is judged first: where it is broken,
 * nothing is said about the variants. What cannot be measured fails, whatever its severity.
 */
export function judge(input: JudgeInput): Judgement {
  const baseline = judgeBaseline(input.reference, input.expect, input.partial, input.guess)
  const verdicts = [...baseline.verdicts]
  for (const [name, variant] of input.variants) {
    if (!('error' in variant) && variant.nonFinite > 0) verdicts.push(nonFiniteOutputs(name, variant))
  }
  for (const threshold of input.thresholds) {
    const names = threshold.variant === undefined ? [...input.variants.keys()] : [threshold.variant]
    for (const name of names) {
      const subject = name === REFERENCE_VARIANT ? input.reference : input.variants.get(name)
      for (const limit of limitsOf(threshold)) {
        const regression = input.regressionOf?.(name, threshold.metric) ?? NO_BASELINE
        const observation = measure(subject, threshold.metric, limit, regression)
        verdicts.push(judgeLimit(name, subject, threshold, limit, observation, baseline.broken))
      }
    }
  }
  for (const verdict of input.layers ?? []) {
    verdicts.push(baseline.broken ? { ...verdict, status: 'inconclusive', message: BROKEN_BASELINE } : verdict)
  }
  const distinct = withDistinctIds([...verdicts, ...(input.others ?? [])])
  const failed = [[REFERENCE_VARIANT, input.reference] as const, ...input.variants].flatMap(([name, variant]) =>
    'error' in variant ? [`${name} did not run: ${variant.error}`] : []
  )
  return { verdicts: distinct, ...conclude(distinct, [...failed, ...(input.failedElsewhere ?? [])]) }
}

function judgeLimit(
  name: string,
  variant: VariantComparison | Failed | undefined,
  threshold: Threshold,
  limit: Limit,
  observation: Observation | Unobserved,
  brokenBaseline: boolean
): Verdict {
  const { metric, severity, position } = threshold
  const warning = severity === 'warning'
  const verdict = {
    id: `${name}.${metric}.${limit.kind}${warning ? '.warning' : ''}`,
    variant: name,
    subject: metric,
    observed: null,
    limit: limit.value,
    unit: limit.unit,
    ...(limit.kind === 'max_regression_points' && { against: 'baseline' as const }),
    configPosition: { line: position.line, column: position.column }
  }
  if (brokenBaseline) {
    const observed = 'why' in observation ? null : observation.observed
    return { ...verdict, observed, status: 'inconclusive', message: BROKEN_BASELINE }
  }
  if ('why' in observation) {
    const { why, open } = observation
    if (!open) return { ...verdict, status: 'fail', message: `${metric} could not be measured: ${why}` }
    const message = `${metric} is not compared with the baseline: ${why}`
    return { ...verdict, status: warning ? 'warn' : 'inconclusive', message }
  }
  const { observed, broken, samplesNeeded } = observation
  const measured = { ...verdict, observed }
  const { nonFinite, samples } = variant as VariantComparison
  if (nonFinite > 0) {
    const message = `${metric} is not to be trusted: ${nonFinite} of ${samples} samples have NaN or infinite outputs`
    return { ...measured, status: 'fail', message }
  }
  const status = isOpen(observation, limit) ? 'inconclusive' : broken ? 'fail' : 'pass'
  return {
    ...measured,
    status: warning && status !== 'pass' ? 'warn' : status,
    message: describe(metric, limit, observation, status),
    ...(status === 'inconclusive' && samplesNeeded !== undefined && { samplesNeeded })
  }
}

function measure(
  variant: VariantComparison | Failed | undefined,
  metric: string,
  limit: Limit,
  regression: Regression | string
): Observation | Unobserved {
  if (variant === undefined) return unmeasured('there is no such variant')
  if ('error' in variant) return unmeasured('the variant did not run')
  const comparison = variant.metrics[metric]
  if (comparison !== undefined) return observe(comparison, limit, regression)
  return unmeasured(
    metric === 'top5' ? 'top5 needs a network with more than 5 classes' : 'the task does not give this metric'
  )
}

/** Two limits of one kind on one metric are legal, such as a second entry further down: their ids are numbered. */
function withDistinctIds(verdicts: readonly Verdict[]): Verdict[] {
  const seen = new Map<string, number>()
  return verdicts.map((verdict) => {
    const count = (seen.get(verdict.id) ?? 0) + 1
    seen.set(verdict.id, count)
    return count === 1 ? verdict : { ...verdict, id: `${verdict.id}#${count}` }
  })
}
