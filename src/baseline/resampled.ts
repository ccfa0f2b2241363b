import { FileError } from '../errors.js'
import { storedMetrics } from '../outcomes/index.js'
import type { Samples } from '../result.js'
import { NOTHING_CHANGED, resampledRegression, type Regression, type WeightedMetric } from '../verdict/index.js'
import type { Pairing } from './pairing.js'

/** Sums of other orders differ in the last digits. */
const ROUNDING = 1e-9

/**
 * What a metric of detection or segmentation lost, image by image.
 *
 * @param values of result.json: outcomes that give another value belong to another run.
 * @returns the loss, or why it cannot be said.
 */
export function regressResampled(
  { then, now, order }: Pairing,
  variant: string,
  metric: string,
  values: { readonly then: number; readonly now: number }
): Regression | string {
  const after = metricOf(now, variant, metric, values.now)
  if (typeof after === 'string') return after
  const before = metricOf(then, variant, metric, values.then)
  if (typeof before === 'string') return `in the baseline, ${before}`
  if (isUnchanged(then, now, variant, order)) return NOTHING_CHANGED
  const weights = new Uint16Array(order.length)
  const inOrder: WeightedMetric = (drawn) => {
    if (drawn === undefined) return before()
    for (let index = 0; index < order.length; index++) weights[order[index]] = drawn[index]
    return before(weights)
  }
  return resampledRegression(order.length, inOrder, after) ?? `${metric} has no value on the images that were drawn`
}

function metricOf(samples: Samples, variant: string, metric: string, value: number): WeightedMetric | string {
  try {
    const stored = storedMetrics(samples, variant)?.get(metric)
    if (stored === undefined) {
      return `samples.json has no outcomes of ${variant} for ${metric} (older versions kept none for this task)`
    }
    const again = stored()
    const agrees = again !== null && Math.abs(again - value) <= ROUNDING
    return agrees ? stored : `samples.json and result.json disagree about ${metric} of ${variant}`
  } catch (error) {
    if (error instanceof FileError) return error.message
    throw error
  }
}

/** The same columns of the same samples, as FP32 has them from run to run. */
function isUnchanged(then: Samples, now: Samples, variant: string, order: readonly number[]): boolean {
  const stored = ({ detection, segmentation, imageIds }: Samples) =>
    JSON.stringify([detection?.[variant], segmentation?.[variant], imageIds])
  return order.every((place, index) => place === index) && stored(then) === stored(now)
}
