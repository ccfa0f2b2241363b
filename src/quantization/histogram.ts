import { countStaged, counters, LANE, padding, STAGE_LENGTH, stageValues, ZERO } from './kernel/histogram.js'

/** Bins per sign. A power of two, so that halving the resolution merges whole pairs. */
export const BINS = 2048

/** Values below which counting them one by one costs less than adding up the kernel's counters. */
const FEW = 2048

/** What a stream of values turned out to be; counts are exact up to 2^53. */
export interface HistogramSnapshot {
  readonly min: number
  readonly max: number
  /** Elements seen, NaN and infinity excluded. */
  readonly count: number
  /** Width of a bin; 0 where nothing but zeros was seen. */
  readonly binWidth: number
  /** Counts of x >= 0 by floor(x / binWidth); BINS long. */
  readonly positive: Float64Array
  /** Counts of x < 0 by floor(-x / binWidth); BINS long. */
  readonly negative: Float64Array
}

/**
 * Streaming histogram of a tensor in fixed memory.
 *
 * Bin widths are powers of two and the histogram always uses the smallest width whose BINS bins hold the largest |x|
 * seen. When a larger value arrives, the range doubles by merging pairs of bins, which is exact:
 * floor(floor(|x| / w) / 2) = floor(|x| / 2w). The result is therefore the same for every order and batching of the
 * same values, and memory does not grow with their number.
 */
export class StreamingHistogram {
  min = Infinity
  max = -Infinity
  count = 0
  nan = 0
  infinite = 0
  /** log2 of the bin width; undefined while only zeros were seen. */
  private exponent: number | undefined
  /** Of x / w truncated towards zero, at ZERO + that; ZERO itself is bin 0 of both signs. */
  private readonly counts = new Float64Array(LANE)
  /** Elements with the sign bit set: what tells the signs in ZERO apart. */
  private negative = 0
  private unfolded = false

  /** Adds every element; NaN and infinity are counted apart. */
  add(values: Float32Array): void {
    for (let start = 0; start < values.length; start += STAGE_LENGTH) {
      this.addFew(values.subarray(start, start + STAGE_LENGTH))
    }
    this.fold()
  }

  snapshot(): HistogramSnapshot {
    const positive = this.counts.slice(ZERO)
    const negative = new Float64Array(positive.length)
    negative[0] = this.negative
    for (let bin = 1; bin < negative.length; bin++) {
      negative[bin] = this.counts[ZERO - bin]
      negative[0] -= negative[bin]
    }
    positive[0] -= negative[0]
    return {
      min: this.count === 0 ? 0 : this.min,
      max: this.count === 0 ? 0 : this.max,
      count: this.count,
      binWidth: this.exponent === undefined ? 0 : 2 ** this.exponent,
      positive,
      negative
    }
  }

  private addFew(values: Float32Array): void {
    if (values.length === 0) return
    const { min, max, negative } = stageValues(values)
    if (!Number.isFinite(min) || !Number.isFinite(max)) {
      this.addFew(this.withoutNonFinite(values))
      return
    }
    if (min < this.min) this.min = min
    if (max > this.max) this.max = max
    this.cover(Math.max(max, -min))
    const surplus = padding(values.length)
    const last = values[values.length - 1]
    const perBin = 2 ** -(this.exponent ?? 0)
    if (values.length < FEW) {
      for (let i = 0; i < values.length; i++) this.counts[ZERO + Math.trunc(values[i] * perBin)]++
    } else {
      countStaged(this.exponent ?? 0)
      this.counts[ZERO + Math.trunc(last * perBin)] -= surplus
      this.unfolded = true
    }
    this.negative += negative - (last < 0 || Object.is(last, -0) ? surplus : 0)
    this.count += values.length
  }

  /** Widens the bins until |x| = magnitude falls into one. */
  private cover(magnitude: number): void {
    if (magnitude === 0 || (this.exponent !== undefined && magnitude < BINS * 2 ** this.exponent)) return
    const needed = exponentFor(magnitude)
    if (this.exponent === undefined) {
      this.exponent = needed
      return
    }
    this.fold()
    for (; this.exponent < needed; this.exponent++) mergePairs(this.counts)
  }

  /** Takes over what was counted since the last time, by this histogram alone: the counters serve all of them. */
  private fold(): void {
    if (!this.unfolded) return
    for (let bin = 0; bin < LANE; bin++) {
      this.counts[bin] += counters[bin] + counters[LANE + bin] + counters[2 * LANE + bin] + counters[3 * LANE + bin]
    }
    counters.fill(0)
    this.unfolded = false
  }

  private withoutNonFinite(values: Float32Array): Float32Array {
    const finite = values.filter((value) => Number.isFinite(value))
    const nan = values.reduce((total, value) => total + (Number.isNaN(value) ? 1 : 0), 0)
    this.nan += nan
    this.infinite += values.length - finite.length - nan
    return finite
  }
}

/** Bins up to the last one that is not empty. */
export function usedBins(counts: Float64Array): number {
  let used = counts.length
  while (used > 0 && counts[used - 1] === 0) used--
  return used
}

/** Smallest e with magnitude < BINS * 2^e. */
function exponentFor(magnitude: number): number {
  let exponent = Math.floor(Math.log2(magnitude / BINS)) + 1
  // log2 rounds: settle the neighbours exactly.
  while (magnitude < BINS * 2 ** (exponent - 1)) exponent--
  while (magnitude >= BINS * 2 ** exponent) exponent++
  return exponent
}

/** Truncation merges as magnitudes do: trunc(trunc(y) / 2) = trunc(y / 2). */
function mergePairs(counts: Float64Array): void {
  counts[ZERO] += counts[ZERO + 1] + counts[ZERO - 1]
  for (let bin = 1; bin < BINS / 2; bin++) {
    counts[ZERO + bin] = counts[ZERO + 2 * bin] + counts[ZERO + 2 * bin + 1]
    counts[ZERO - bin] = counts[ZERO - 2 * bin] + counts[ZERO - 2 * bin - 1]
  }
  counts.fill(0, ZERO + BINS / 2)
  counts.fill(0, 0, ZERO - BINS / 2 + 1)
}
