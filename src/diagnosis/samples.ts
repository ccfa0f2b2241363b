import type { GateConfig } from '../config/index.js'
import type { SampleStream } from '../dataset/index.js'
import type { EvaluationResult } from '../evaluation/index.js'

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
  metric: string,
  config: GateConfig
): { readonly ranges: number; readonly kernels: number } {
  const total = evaluated.samples.length
  const within = (share: number, least: number, most: number) =>
    Math.min(most, Math.max(least, Math.ceil(total / share)))
  return losesTooMuch(evaluated, metric, config)
    ? { ranges: within(8, 32, 64), kernels: within(8, 64, 256) }
    : { ranges: within(64, 8, 32), kernels: within(32, 16, 64) }
}

function losesTooMuch({ evaluations }: EvaluationResult, main: string, { thresholds }: GateConfig): boolean {
  const [reference, ...others] = evaluations
  const before = reference.scores.metrics[main]
  return others.some(({ variant: { name, int8 }, scores }) => {
    const after = scores.metrics[main]
    if (int8 === undefined || before === null || after === null) return false
    const limits = thresholds.flatMap(({ metric, variant, maxDropPoints }) =>
      metric === main && maxDropPoints !== undefined && (variant === undefined || variant === name)
        ? [maxDropPoints]
        : []
    )
    return 100 * (before - after) > Math.min(USUAL_LOSS, ...limits)
  })
}

/** The samples whose outputs were not finite, then others spread over the set. */
export function suspects(images: SampleStream, nonFinite: readonly number[]): SampleStream {
  const indices = new Set(nonFinite.slice(0, FP16_IMAGES / 2))
  const total = images.dataset.samples.length
  const spread = Math.min(FP16_IMAGES, total)
  for (let i = 0; i < spread && indices.size < spread; i++) indices.add(Math.floor((i * total) / spread))
  return images.select([...indices].sort((a, b) => a - b))
}
