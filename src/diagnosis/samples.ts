import type { GateConfig } from '../config/index.js'
import type { SampleStream } from '../dataset/index.js'
import type { EvaluationResult } from '../evaluation/index.js'
import { Outcome } from '../metrics/index.js'

/** Enough to see a layer's range, few enough to cost seconds. */
const FP16_IMAGES = 32
/** Points that INT8 may lose before it needs an explanation, where no limit says otherwise. */
const USUAL_LOSS = 1

/**
 * How many test images the checks that run models take: a share of the set, so that the audit stays a small part of a run,
 * and more where an INT8 variant loses more than it may and the answer matters.
 */
export function budgets(
  evaluated: EvaluationResult,
  config: GateConfig
): { readonly ranges: number; readonly kernels: number } {
  const total = evaluated.samples.length
  const within = (share: number, least: number, most: number) =>
    Math.min(most, Math.max(least, Math.ceil(total / share)))
  return losesTooMuch(evaluated, config)
    ? { ranges: within(8, 32, 64), kernels: within(8, 64, 256) }
    : { ranges: within(64, 8, 32), kernels: within(32, 16, 64) }
}

function losesTooMuch({ evaluations }: EvaluationResult, { thresholds }: GateConfig): boolean {
  const [reference, ...others] = evaluations
  const before = reference.topK.metrics.top1
  return others.some(({ variant: { name, int8 }, topK }) => {
    const after = topK.metrics.top1
    if (int8 === undefined || before === null || after === null) return false
    const limits = thresholds.flatMap(({ metric, variant, maxDropPoints }) =>
      metric === 'top1' && maxDropPoints !== undefined && (variant === undefined || variant === name)
        ? [maxDropPoints]
        : []
    )
    return 100 * (before - after) > Math.min(USUAL_LOSS, ...limits)
  })
}

/** The samples whose outputs were not finite, then others spread over the set. */
export function suspects(images: SampleStream, outcomes: Uint8Array): SampleStream {
  const indices = new Set<number>()
  outcomes.forEach((outcome, index) => {
    if ((outcome & Outcome.nonFinite) !== 0 && indices.size < FP16_IMAGES / 2) indices.add(index)
  })
  const total = outcomes.length
  const spread = Math.min(FP16_IMAGES, total)
  for (let i = 0; i < spread && indices.size < spread; i++) indices.add(Math.floor((i * total) / spread))
  return images.select([...indices].sort((a, b) => a - b))
}
