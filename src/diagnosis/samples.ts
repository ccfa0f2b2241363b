import type { GateConfig } from '../config/index.js'
import type { SampleStream } from '../dataset/index.js'

/** Enough to see a layer's range, few enough to cost seconds. */
const FP16_IMAGES = 32
/** Points that INT8 may lose before it needs an explanation, where no limit says otherwise. */
const USUAL_LOSS = 1

/** `lossy`: an INT8 variant loses more than it may. */
export type Budget = 'usual' | 'lossy'

/**
 * How many test images the checks that run models take: a share of the set, so that the audit stays a small part of a run,
 * and more where an INT8 variant loses more than it may and the answer matters.
 */
export function budgets(total: number, budget: Budget): { readonly ranges: number; readonly kernels: number } {
  const within = (share: number, least: number, most: number) =>
    Math.min(most, Math.max(least, Math.ceil(total / share)))
  return budget === 'lossy'
    ? { ranges: within(8, 32, 64), kernels: within(8, 64, 256) }
    : { ranges: within(64, 8, 32), kernels: within(32, 16, 64) }
}

/**
 * @param before FP32's value of the task's first metric.
 * @param after the values of the INT8 variants.
 */
export function budgetFor(
  main: string,
  before: number | null,
  after: readonly { readonly name: string; readonly value: number | null }[],
  { thresholds }: Pick<GateConfig, 'thresholds'>
): Budget {
  const loses = after.some(({ name, value }) => {
    if (before === null || value === null) return false
    const limits = thresholds.flatMap(({ metric, variant, maxDropPoints }) =>
      metric === main && maxDropPoints !== undefined && (variant === undefined || variant === name)
        ? [maxDropPoints]
        : []
    )
    return 100 * (before - value) > Math.min(USUAL_LOSS, ...limits)
  })
  return loses ? 'lossy' : 'usual'
}

/** The samples whose outputs were not finite, then others spread over the set. */
export function suspects(images: SampleStream, nonFinite: readonly number[]): SampleStream {
  const indices = new Set(nonFinite.slice(0, FP16_IMAGES / 2))
  const total = images.dataset.samples.length
  const spread = Math.min(FP16_IMAGES, total)
  for (let i = 0; i < spread && indices.size < spread; i++) indices.add(Math.floor((i * total) / spread))
  return images.select([...indices].sort((a, b) => a - b))
}
