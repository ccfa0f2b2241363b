import { usedBins } from '../histogram.js'

/**
 * Range that keeps the most information, in the sense of TensorRT's entropy calibration.
 *
 * For every candidate width of i bins, P is the histogram clipped to i bins with the clipped mass added to its last
 * bin, and Q is the unclipped part of the histogram after quantization to `levels` levels: bin j belongs to level
 * floor(j * levels / i), and a level's mass spreads evenly over its non-empty bins. The candidate with the smallest
 * divergence KL(P || Q) wins; of equal ones, the widest. Candidates start at `levels` bins, below which nothing is lost. The spike of (near) zeros in bin 0 is replaced by bin 1.
 *
 * The divergence needs only the mass and the number of non-empty bins of each level, both from prefix sums, so a
 * candidate costs O(levels) instead of O(bins), and less where it cannot win any more: a level adds its own divergence,
 * which is not negative (log sum inequality), and what clipping adds is known beforehand.
 *
 * Source: Migacz, "8-bit Inference with TensorRT", GTC 2017 (S7310); the variant that NVIDIA published in
 * pytorch-quantization 2.1 (`calib/histogram.py`), for an 8-bit signed type with levels = 128.
 *
 * @param counts histogram of |x|, equal bins from 0
 * @param levels quantization levels for |x|: 128 for a signed 8-bit type, 256 for an unsigned one
 * @returns the threshold in bins (times the bin width = |x|), or undefined where the histogram is empty
 */
export function entropyThreshold(counts: Float64Array, levels = 128): number | undefined {
  const used = usedBins(counts)
  if (used === 0) return undefined
  if (used <= levels) return used

  const mass = new Float64Array(used + 1)
  const filled = new Float64Array(used + 1)
  const selfInformation = new Float64Array(used + 1)
  for (let bin = 0; bin < used; bin++) {
    const count = bin === 0 ? counts[1] : counts[bin]
    mass[bin + 1] = mass[bin] + count
    filled[bin + 1] = filled[bin] + (count > 0 ? 1 : 0)
    selfInformation[bin + 1] = selfInformation[bin] + xLogX(count)
  }

  let best = used
  let bestDivergence = Infinity
  for (let width = used; width >= levels; width--) {
    const divergence = divergenceAt(width, levels, mass, filled, selfInformation, bestDivergence)
    if (divergence < bestDivergence) {
      bestDivergence = divergence
      best = width
    }
  }
  return best
}

/** Far above what rounding does to a divergence. */
const MARGIN = 1e-9

/** KL(P || Q) of a candidate; infinite as soon as it is certain to exceed `best`. */
function divergenceAt(
  width: number,
  levels: number,
  mass: Float64Array,
  filled: Float64Array,
  selfInformation: Float64Array,
  best: number
): number {
  const total = mass[mass.length - 1]
  const kept = mass[width]
  const clipped = total - kept
  const lastCount = kept - mass[width - 1]
  // Clipped mass in a bin that Q leaves empty: the divergence is infinite.
  if (clipped > 0 && lastCount === 0) return Infinity
  if (kept === 0) return Infinity

  let pLogP = selfInformation[width]
  let allowed = (best + MARGIN + Math.log(total) - Math.log(kept)) * total
  if (clipped > 0) {
    pLogP += xLogX(lastCount + clipped) - xLogX(lastCount)
    const lastStart = Math.ceil(((levels - 1) * width) / levels)
    const lastMean = (kept - mass[lastStart]) / (filled[width] - filled[lastStart])
    allowed -= pLogP - selfInformation[width] - clipped * Math.log(lastMean)
  }
  let pLogQ = 0
  let start = 0
  for (let level = 0; level < levels && start < width; level++) {
    // First bin of the next level: the smallest j with floor(j * levels / width) > level.
    const end = Math.min(width, Math.ceil(((level + 1) * width) / levels))
    const sum = mass[end] - mass[start]
    if (sum > 0) {
      const inP = end === width ? sum + clipped : sum
      pLogQ += inP * Math.log(sum / (filled[end] - filled[start]))
    }
    if (end < width && selfInformation[end] - pLogQ > allowed) return Infinity
    start = end
  }
  return (pLogP - pLogQ) / total - Math.log(total) + Math.log(kept)
}

function xLogX(x: number): number {
  return x > 0 ? x * Math.log(x) : 0
}
