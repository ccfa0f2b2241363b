import { RuntimeError } from '../errors.js'
import { countOutcomes, Outcome, type AgreementResult, type TopKResult } from '../metrics/index.js'
import type { MetricDrop } from '../result.js'
import { mcnemarPValue } from './mcnemar.js'
import {
  samplesNeeded,
  samplesNeededForProportion,
  tangoInterval,
  wilsonInterval,
  type Interval,
  type PairCounts
} from './score.js'

/** One metric of one variant beside FP32. Whoever can fill this in for a metric can have it judged. */
export interface MetricComparison {
  /** FP32 value, 0..1; null where there is no sample. */
  readonly reference: number | null
  readonly value: number | null
  /** 95 % interval of the value, 0..1. */
  readonly valueCi95: Interval | null
  readonly drop: MetricDrop
  /** Samples at which the interval of the drop would leave out a limit given as a share (1 point = 0.01). */
  readonly samplesForDrop: (limit: number) => number | undefined
  /** Samples at which the interval of the value would leave out a limit, 0..1. */
  readonly samplesForValue: (limit: number) => number | undefined
  /** Why there is no value, where there are samples. */
  readonly unmeasured?: string
}

/** A variant that did not run. */
export interface Failed {
  readonly error: string
}

export interface VariantComparison {
  readonly samples: number
  /** Samples of the variant with NaN or infinite outputs. */
  readonly nonFinite: number
  /** Of the first metric; absent where answers are compared with FP32's. */
  readonly flips?: { readonly broken: number; readonly repaired: number }
  /** Answers that are not FP32's: samples, boxes that one side alone has, or pixels. Where there are no flips. */
  readonly changed?: number
  readonly metrics: Readonly<Record<string, MetricComparison>>
}

/** How many answers changed: flips, or changes where answers are compared with FP32's. */
export function changesOf({ flips, changed }: Pick<VariantComparison, 'flips' | 'changed'>) {
  return { ...(flips !== undefined && { flips }), ...(changed !== undefined && { changed }) }
}

/** The drop of every metric. */
export function dropsOf({ metrics }: VariantComparison): Record<string, MetricDrop> {
  return Object.fromEntries(Object.entries(metrics).map(([name, { drop }]) => [name, drop]))
}

/**
 * Pairs a variant's outcomes with those of FP32 on the same samples in the same order.
 * @throws RuntimeError where the two did not see the same samples or rank the same classes.
 */
export function compareTopK(reference: TopKResult, variant: TopKResult): VariantComparison {
  if (reference.samples !== variant.samples || reference.classes !== variant.classes) {
    throw new RuntimeError(
      `FP32 has ${reference.samples} samples and ${reference.classes} classes, the variant ${variant.samples} and ${variant.classes}: they cannot be paired`
    )
  }
  const { broken, repaired } = countPairs(reference.outcomes, variant.outcomes, Outcome.top1)
  const metrics: Record<string, MetricComparison> = {}
  for (const metric of Object.keys(variant.metrics)) {
    metrics[metric] = compareBinary(reference.outcomes, variant.outcomes, Outcome[metric as 'top1' | 'top5'])
  }
  return { samples: variant.samples, nonFinite: variant.nonFinite, flips: { broken, repaired }, metrics }
}

/**
 * A variant's answers beside FP32's own. FP32 agrees with itself on every sample, so that nothing can be repaired and the
 * drop is the share of changed answers: one proportion, with Wilson's score interval. McNemar's test of "no difference"
 * has no meaning, since one changed answer is a difference.
 *
 * @throws RuntimeError where the two did not see the same samples.
 */
export function compareAnswers(reference: AgreementResult, variant: AgreementResult): VariantComparison {
  const { samples, nonFinite, outcomes } = variant
  if (reference.samples !== samples) {
    throw new RuntimeError(`FP32 has ${reference.samples} samples and the variant ${samples}: they cannot be paired`)
  }
  const same = countOutcomes(outcomes, Outcome.top1)
  // where FP32's own output is not finite, there is nothing to agree with
  const possible = countOutcomes(reference.outcomes, Outcome.top1)
  const changed = possible - same
  if (samples === 0) return { samples, nonFinite, changed, metrics: { agreement: UNMEASURED } }
  const [low, high] = wilsonInterval(changed, samples)
  const agreement: MetricComparison = {
    reference: possible / samples,
    value: same / samples,
    valueCi95: wilsonInterval(same, samples),
    drop: {
      points: (100 * changed) / samples,
      relative: possible === 0 ? null : changed / possible,
      ci95: [100 * low, 100 * high],
      pValue: null
    },
    samplesForDrop: (limit) => samplesNeededForProportion(changed, samples, limit),
    samplesForValue: (limit) => samplesNeededForProportion(same, samples, limit)
  }
  return { samples, nonFinite, changed, metrics: { agreement } }
}

/** Pairs in which exactly one side has the flag. Both arrays have the same length. */
export function countPairs(reference: Uint8Array, variant: Uint8Array, flag: number): PairCounts {
  let broken = 0
  let repaired = 0
  reference.forEach((outcome, index) => {
    const before = (outcome & flag) !== 0
    const after = (variant[index] & flag) !== 0
    if (before && !after) broken++
    else if (after && !before) repaired++
  })
  return { samples: reference.length, broken, repaired }
}

function compareBinary(reference: Uint8Array, variant: Uint8Array, flag: number): MetricComparison {
  const pairs = countPairs(reference, variant, flag)
  const { samples, broken, repaired } = pairs
  if (samples === 0) return UNMEASURED
  const right = countOutcomes(reference, flag)
  const now = countOutcomes(variant, flag)
  const [low, high] = tangoInterval(pairs)
  return {
    reference: right / samples,
    value: now / samples,
    valueCi95: wilsonInterval(now, samples),
    drop: {
      // from counts: the difference of two quotients would put 100 of 10,000 on the wrong side of a limit of 1 point
      points: (100 * (broken - repaired)) / samples,
      relative: right === 0 ? null : (broken - repaired) / right,
      ci95: [100 * low, 100 * high],
      pValue: mcnemarPValue(broken, repaired)
    },
    samplesForDrop: (limit) => samplesNeeded(pairs, limit),
    samplesForValue: (limit) => samplesNeededForProportion(now, samples, limit)
  }
}

const UNMEASURED: MetricComparison = {
  reference: null,
  value: null,
  valueCi95: null,
  drop: { points: null, relative: null, ci95: null, pValue: null },
  samplesForDrop: () => undefined,
  samplesForValue: () => undefined
}
