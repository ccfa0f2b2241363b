import type { CalibrationMethod } from '../../config/types.js'
import type { HistogramSnapshot } from '../histogram.js'
import type { QuantizedType, Range } from '../scale.js'
import { entropyThreshold } from './entropy.js'
import { clip, mseThreshold } from './mse.js'
import { percentileThreshold } from './percentile.js'

/**
 * The range that a calibration method chooses for a tensor. All methods but minmax choose a threshold t on |x|;
 * the range is the observed one cut at +-t, so that it never exceeds what was seen.
 *
 * @param type of the activation: decides how many levels |x| has
 */
export function chooseRange(histogram: HistogramSnapshot, method: CalibrationMethod, type: QuantizedType): Range {
  const observed = { min: histogram.min, max: histogram.max }
  const bins = thresholdInBins(histogram, method, type)
  return bins === undefined ? observed : clip(observed, bins * histogram.binWidth)
}

/**
 * Share of the values that a range chosen from this histogram leaves out. Exact: such a range ends at what was seen or at
 * the edge of a bin.
 */
export function shareOutside(histogram: HistogramSnapshot, range: Range): number {
  if (histogram.count === 0) return 0
  const { min, max, binWidth, positive, negative } = histogram
  const above = range.max < max ? beyond(positive, range.max / binWidth) : 0
  const below = range.min > min ? beyond(negative, -range.min / binWidth) : 0
  return (above + below) / histogram.count
}

function beyond(counts: Float64Array, firstBin: number): number {
  return counts.subarray(Math.round(firstBin)).reduce((sum, count) => sum + count, 0)
}

function thresholdInBins(
  histogram: HistogramSnapshot,
  method: CalibrationMethod,
  type: QuantizedType
): number | undefined {
  if (histogram.binWidth === 0) return undefined
  switch (method.method) {
    case 'minmax':
      return undefined
    case 'entropy':
      // An unsigned type spends all of its 256 levels on a tensor that is never negative.
      return entropyThreshold(magnitudes(histogram), 128)
    case 'percentile':
      return percentileThreshold(magnitudes(histogram), method.percentile)
    case 'mse':
      return mseThreshold(histogram, type)
  }
}

function magnitudes({ positive, negative }: HistogramSnapshot): Float64Array {
  return positive.map((count, bin) => count + negative[bin])
}
