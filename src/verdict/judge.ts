import type { Expectation, Threshold } from '../config/types.js'
import { REFERENCE_VARIANT, type Conclusion, type Verdict } from '../result.js'
import { judgeBaseline, nonFiniteOutputs } from './baseline.js'
import type { Failed, VariantComparison } from './compare.js'
import { conclude } from './conclusion.js'
import { limitsOf, observe, spans, type Limit } from './limits.js'
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
}

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
  const baseline = judgeBaseline(input.reference, input.expect, input.partial)
  const verdicts = [...baseline.verdicts]
  for (const [name, variant] of input.variants) {
    if (!('error' in variant) && variant.nonFinite > 0) verdicts.push(nonFiniteOutputs(name, variant))
  }
  for (const threshold of input.thresholds) {
    const names = threshold.variant === undefined ? [...input.variants.keys()] : [threshold.variant]
    for (const name of names) {
      const subject = name === REFERENCE_VARIANT ? input.reference : input.variants.get(name)
      for (const limit of limitsOf(threshold)) {
        verdicts.push(judgeLimit(name, subject, threshold, limit, baseline.broken))
      }
    }
  }
  const distinct = withDistinctIds(verdicts)
  const failed = [[REFERENCE_VARIANT, input.reference] as const, ...input.variants].flatMap(([name, variant]) =>
    'error' in variant ? [`${name} did not run: ${variant.error}`] : []
  )
  return { verdicts: distinct, ...conclude(distinct, failed) }
}

function judgeLimit(
  name: string,
  variant: VariantComparison | Failed | undefined,
  threshold: Threshold,
  limit: Limit,
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
    configPosition: { line: position.line, column: position.column }
  }
  const observation = measure(variant, metric, limit)
  if (brokenBaseline) {
    const observed = typeof observation === 'string' ? null : observation.observed
    return { ...verdict, observed, status: 'inconclusive', message: 'not judged: the FP32 baseline itself is broken' }
  }
  if (typeof observation === 'string') {
    return { ...verdict, status: 'fail', message: `${metric} could not be measured: ${observation}` }
  }
  const { observed, interval, broken, samplesNeeded } = observation
  const measured = { ...verdict, observed }
  const { nonFinite, samples } = variant as VariantComparison
  if (nonFinite > 0) {
    const message = `${metric} is not to be trusted: ${nonFinite} of ${samples} samples have NaN or infinite outputs`
    return { ...measured, status: 'fail', message }
  }
  const status = spans(interval, limit.value) ? 'inconclusive' : broken ? 'fail' : 'pass'
  return {
    ...measured,
    status: warning && status !== 'pass' ? 'warn' : status,
    message: describe(metric, limit, observation, status),
    ...(status === 'inconclusive' && samplesNeeded !== undefined && { samplesNeeded })
  }
}

function measure(variant: VariantComparison | Failed | undefined, metric: string, limit: Limit) {
  if (variant === undefined) return 'there is no such variant'
  if ('error' in variant) return 'the variant did not run'
  const comparison = variant.metrics[metric]
  if (comparison !== undefined) return observe(comparison, limit)
  return metric === 'top5' ? 'top5 needs a network with more than 5 classes' : 'the task does not give this metric'
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
