import { usedBins, type HistogramSnapshot } from '../histogram.js'
import { activationParameters, clamp, roundHalfToEven, type QuantizedType, type Range } from '../scale.js'

/** Ranges narrower than this many bins are not tried. */
const START_BIN = 128

/**
 * Range with the smallest mean squared quantization error, searched over thresholds on |x|: each candidate range is
 * [max(min, -t), min(max, t)], quantized with the scale and zero point that the model would get, and the error is
 * that of the bins' centres. Of equal errors the widest range wins.
 *
 * Source of the criterion: pytorch-quantization's `mse` calibration; the search here uses the real quantizer of the
 * target (asymmetric uint8 or symmetric int8) instead of a symmetric one throughout.
 *
 * @returns the threshold in bins, or undefined where nothing but zeros was seen
 */
export function mseThreshold(histogram: HistogramSnapshot, type: QuantizedType): number | undefined {
  const { binWidth, positive, negative } = histogram
  if (binWidth === 0) return undefined
  const used = Math.max(usedBins(positive), usedBins(negative))
  let best = used
  let bestError = Infinity
  for (let width = Math.min(START_BIN, used); width <= used; width++) {
    const range = clip(histogram, width * binWidth)
    const parameters = activationParameters(range, type)
    const limits = type === 'uint8' ? [0, 255] : [-127, 127]
    let error = 0
    for (let bin = 0; bin < used && error <= bestError; bin++) {
      const centre = (bin + 0.5) * binWidth
      if (positive[bin] > 0) error += positive[bin] * squaredError(centre, parameters, limits)
      if (negative[bin] > 0) error += negative[bin] * squaredError(-centre, parameters, limits)
    }
    if (error <= bestError) {
      bestError = error
      best = width
    }
  }
  return best
}

/** The observed range, cut at +-threshold. */
export function clip(observed: Range, threshold: number): Range {
  return { min: Math.max(observed.min, -threshold), max: Math.min(observed.max, threshold) }
}

function squaredError(x: number, { scale, zeroPoint }: { scale: number; zeroPoint: number }, limits: number[]): number {
  const code = clamp(roundHalfToEven(x / scale) + zeroPoint, limits[0], limits[1])
  const error = x - scale * (code - zeroPoint)
  return error * error
}
