import { usedBins, type HistogramSnapshot } from '../histogram.js'
import {
  activationParameters,
  clamp,
  roundHalfToEven,
  type QuantizationParameters,
  type QuantizedType,
  type Range
} from '../scale.js'

/** Ranges narrower than this many bins are not tried. */
const START_BIN = 128

/** Of the sum of squares: far above what rounding can do to an estimate, far below the differences that matter. */
const ESTIMATE_MARGIN = 1e-12

/**
 * Range with the smallest mean squared quantization error, searched over thresholds on |x|: each candidate range is
 * [max(min, -t), min(max, t)], quantized with the scale and zero point that the model would get, and the error is
 * that of the bins' centres. Of equal errors the widest range wins.
 *
 * All bins of one code share its value y, so their error is sum c x^2 - 2 y sum c x + y^2 sum c, which prefix sums
 * give in O(levels) a candidate instead of O(bins), and less where the error exceeds the best one before its end. That
 * estimate cancels; candidates that it cannot tell from the best are computed bin by bin.
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
  const start = Math.min(START_BIN, used)
  const limits = type === 'uint8' ? [0, 255] : [-127, 127]
  const parametersOf = (width: number) => activationParameters(clip(histogram, width * binWidth), type)

  const sides = [momentsOf(positive, used), momentsOf(negative, used)] as const
  const margin = ESTIMATE_MARGIN * (sides[0].squares[used] + sides[1].squares[used])
  const estimates = new Float64Array(used + 1)
  let smallest = Infinity
  for (let width = used; width >= start; width--) {
    const { scale, zeroPoint } = parametersOf(width)
    const step = scale / binWidth
    const above = estimateSide(sides[0], step, limits[1] - zeroPoint, smallest + margin)
    estimates[width] = above + estimateSide(sides[1], step, zeroPoint - limits[0], smallest + margin - above)
    if (estimates[width] < smallest) smallest = estimates[width]
  }

  let best = used
  let bestError = Infinity
  for (let width = start; width <= used; width++) {
    if (estimates[width] > smallest + margin) continue
    const error = exactError(histogram, used, parametersOf(width), limits)
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

/** Prefix sums over the bins of one sign, with x = centre / bin width. */
interface Moments {
  /** sum c */
  readonly counts: Float64Array
  /** sum c x */
  readonly values: Float64Array
  /** sum c x^2 */
  readonly squares: Float64Array
}

function momentsOf(counts: Float64Array, used: number): Moments {
  const moments = {
    counts: new Float64Array(used + 1),
    values: new Float64Array(used + 1),
    squares: new Float64Array(used + 1)
  }
  for (let bin = 0; bin < used; bin++) {
    const centre = bin + 0.5
    moments.counts[bin + 1] = moments.counts[bin] + counts[bin]
    moments.values[bin + 1] = moments.values[bin] + counts[bin] * centre
    moments.squares[bin + 1] = moments.squares[bin] + counts[bin] * centre * centre
  }
  return moments
}

/**
 * Squared error of one sign, in squared bin widths; codes lie `step` bins apart, from 0 to `highest`. Begins with what
 * is clipped, and ends where the error exceeds `enough`.
 */
function estimateSide({ counts, values, squares }: Moments, step: number, highest: number, enough: number): number {
  let end = counts.length - 1
  let error = 0
  for (let code = Math.min(highest, Math.ceil(end / step)); end > 0 && error <= enough; code--) {
    const start = code > 0 ? Math.min(end, Math.floor((code - 0.5) * step + 0.5)) : 0
    if (start === end) continue
    const y = code * step
    error +=
      squares[end] - squares[start] - 2 * y * (values[end] - values[start]) + y * y * (counts[end] - counts[start])
    end = start
  }
  return error
}

function exactError(
  { binWidth, positive, negative }: HistogramSnapshot,
  used: number,
  parameters: QuantizationParameters,
  limits: readonly number[]
): number {
  let error = 0
  for (let bin = 0; bin < used; bin++) {
    const centre = (bin + 0.5) * binWidth
    if (positive[bin] > 0) error += positive[bin] * squaredError(centre, parameters, limits)
    if (negative[bin] > 0) error += negative[bin] * squaredError(-centre, parameters, limits)
  }
  return error
}

function squaredError(x: number, { scale, zeroPoint }: QuantizationParameters, limits: readonly number[]): number {
  const code = clamp(roundHalfToEven(x / scale) + zeroPoint, limits[0], limits[1])
  const error = x - scale * (code - zeroPoint)
  return error * error
}
