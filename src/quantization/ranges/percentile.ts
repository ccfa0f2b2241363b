/**
 * Threshold below which `percentile` percent of |x| lie: the upper edge of the first bin at which the cumulated share
 * reaches it.
 *
 * @param counts histogram of |x|, equal bins from 0
 * @param percentile in percent, 99.99 by habit of pytorch-quantization, 99.999 of ONNX Runtime
 * @returns the threshold in bins, or undefined where the histogram is empty
 */
export function percentileThreshold(counts: Float64Array, percentile: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return undefined
  const target = (percentile / 100) * total
  let cumulated = 0
  for (let bin = 0; bin < counts.length; bin++) {
    cumulated += counts[bin]
    if (cumulated >= target) return bin + 1
  }
  return counts.length
}
