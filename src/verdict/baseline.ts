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

/** What a network that knows nothing reaches. */
export interface Guess {
  readonly metric: string
  /** 0..1. */
  readonly value: number
  /** What that network does, such as `guessing one of 10 labels`. */
  readonly what: string
  /** Where to look for the mistake. */
  readonly check: string
  /** Whether the samples are enough to call FP32 broken; by default where its interval stays below twice the value. */
  readonly certain?: boolean
}

/**
 * Judges FP32 by itself: finite outputs, the published figures of the config's `expect`, and where it says nothing of
 * the task's metric, that the network is better than guessing.
 */
export function judgeBaseline(
  reference: VariantComparison | Failed,
  expect: readonly Expectation[],
  partial: boolean,
  guess?: Guess
): BaselineJudgement {
  const verdicts = expect.map((expected) => judgeExpectation(reference, expected, partial))
  if (guess !== undefined && !expect.some(({ metric }) => metric === guess.metric)) {
    verdicts.push(...judgeGuessing(reference, guess))
  }
  if (!('error' in reference) && reference.nonFinite > 0) {
    verdicts.unshift(nonFiniteOutputs(REFERENCE_VARIANT, reference))
  }
  return { verdicts, broken: 'error' in reference || verdicts.some(({ status }) => status === 'fail') }
}

/** A variant loses nothing against a network that knows nothing: without this, wrong labels would pass. */
function judgeGuessing(reference: VariantComparison | Failed, guess: Guess): Verdict[] {
  const { metric, value: limit, what, check } = guess
  const measured = 'error' in reference ? undefined : reference.metrics[metric]
  if (measured === undefined || measured.value === null || measured.valueCi95 === null) return []
  const { value, valueCi95 } = measured
  if (value > limit) return []
  // With few samples a network that does know something may answer this badly.
  const status = (guess.certain ?? valueCi95[1] < 2 * limit) ? 'fail' : 'inconclusive'
  const broken = status === 'fail' ? 'the FP32 baseline itself is broken' : 'the FP32 baseline may be broken'
  return [
    {
      id: `${REFERENCE_VARIANT}.${metric}.guessing`,
      variant: REFERENCE_VARIANT,
      subject: metric,
      observed: value,
      limit,
      unit: 'fraction',
      status,
      message:
        `${broken}: ${metric} is ${value.toFixed(4)}, no better than ${what} ` + `(${limit.toFixed(4)}); check ${check}`
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
