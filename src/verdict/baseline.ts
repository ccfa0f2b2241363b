import type { Expectation } from '../config/types.js'
import { REFERENCE_VARIANT, type Verdict } from '../result.js'
import type { Failed, VariantComparison } from './compare.js'
import { describeBaseline } from './wording.js'

/** Decimal figures such as 0.9461 - 0.002 are not exact in binary. */
const ROUNDING = 1e-9

export interface BaselineJudgement {
  readonly verdicts: readonly Verdict[]
  /** Nothing can be said about a variant. */
  readonly broken: boolean
}

/**
 * Judges FP32 by itself: finite outputs, the published figures of the config's `expect`, and where it says nothing of
 * top1, that the network is better than guessing.
 * @param labels number of distinct labels in the test set; below 2 there is nothing to guess.
 */
export function judgeBaseline(
  reference: VariantComparison | Failed,
  expect: readonly Expectation[],
  partial: boolean,
  labels = 0
): BaselineJudgement {
  const verdicts = expect.map((expected) => judgeExpectation(reference, expected, partial))
  if (!expect.some(({ metric }) => metric === 'top1')) verdicts.push(...judgeGuessing(reference, labels))
  if (!('error' in reference) && reference.nonFinite > 0) {
    verdicts.unshift(nonFiniteOutputs(REFERENCE_VARIANT, reference))
  }
  return { verdicts, broken: 'error' in reference || verdicts.some(({ status }) => status === 'fail') }
}

/** A variant loses nothing against a network that knows nothing: without this, wrong labels would pass. */
function judgeGuessing(reference: VariantComparison | Failed, labels: number): Verdict[] {
  const top1 = 'error' in reference ? undefined : reference.metrics.top1
  if (labels < 2 || top1 === undefined || top1.value === null || top1.valueCi95 === null) return []
  const { value, valueCi95 } = top1
  const limit = 1 / labels
  if (value > limit) return []
  // With few samples a network that does know something may answer this badly.
  const status = valueCi95[1] < 2 * limit ? 'fail' : 'inconclusive'
  const broken = status === 'fail' ? 'the FP32 baseline itself is broken' : 'the FP32 baseline may be broken'
  return [
    {
      id: `${REFERENCE_VARIANT}.top1.guessing`,
      variant: REFERENCE_VARIANT,
      subject: 'top1',
      observed: value,
      limit,
      unit: 'fraction',
      status,
      message:
        `${broken}: top1 is ${value.toFixed(4)}, no better than guessing one of ${labels} labels ` +
        `(${limit.toFixed(4)}); check the order of the classes, class_offset and the preprocessing`
    }
  ]
}

/** NaN and infinity are wrong whatever the limits say, so this verdict needs no threshold. */
export function nonFiniteOutputs(name: string, { nonFinite, samples }: VariantComparison): Verdict {
  return {
    id: `${name}.outputs.finite`,
    variant: name,
    subject: 'outputs',
    observed: nonFinite / samples,
    limit: 0,
    unit: 'fraction',
    status: 'fail',
    message: `the output holds NaN or infinity for ${nonFinite} of ${samples} samples; each counts as wrong`
  }
}

function judgeExpectation(reference: VariantComparison | Failed, expected: Expectation, partial: boolean): Verdict {
  const { metric, value: limit, tolerance, position } = expected
  const verdict = {
    id: `${REFERENCE_VARIANT}.${metric}.expect`,
    variant: REFERENCE_VARIANT,
    subject: metric,
    observed: null,
    limit,
    tolerance,
    unit: 'fraction' as const,
    configPosition: { line: position.line, column: position.column }
  }
  const unmeasured = (why: string): Verdict => ({
    ...verdict,
    status: 'fail',
    message: `the FP32 baseline itself is broken: ${metric} could not be measured, ${why}`
  })
  if ('error' in reference) return unmeasured(`FP32 did not run (${reference.error})`)
  const measured = reference.metrics[metric]
  if (measured === undefined) return unmeasured('the task or the number of classes does not give it')
  const { value, valueCi95 } = measured
  if (value === null || valueCi95 === null) return unmeasured('no samples were evaluated')
  const within = Math.abs(value - limit) <= tolerance + ROUNDING
  const explainedByNoise = partial && valueCi95[0] <= limit + tolerance && valueCi95[1] >= limit - tolerance
  const status = within ? 'pass' : explainedByNoise ? 'inconclusive' : 'fail'
  return { ...verdict, observed: value, status, message: describeBaseline(expected, value, status) }
}
