/** Bins per sign. A power of two, so that halving the resolution merges whole pairs. */
export const BINS = 2048

const SIGNS = 2
/** Counters are kept in LANES copies: equal neighbours (zeros after a ReLU) would wait for each other's increments. */
const LANES = 4
/** Counters of x / w truncated towards zero, from -BINS + 1 to BINS - 1; ZERO is where both signs meet. */
const LANE = SIGNS * BINS
const ZERO = BINS
/** A Uint32 counter can take this many more elements without a check for overflow. */
const FLUSH_AFTER = 2 ** 31

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
  private readonly working = new Uint32Array(LANES * LANE)
  private pending = 0
  /** Pending elements with the sign bit set: what tells the signs in the counter ZERO apart. */
  private pendingNegative = 0
  private flushed: Float64Array | undefined

  /** Adds every element; NaN and infinity are counted apart. */
  add(values: Float32Array): void {
    if (values.length === 0) return
    const bits = new Int32Array(values.buffer, values.byteOffset, values.length)
    const { min, max, negative } = extremes(bits, this.min, this.max)
    if (!Number.isFinite(min) || !Number.isFinite(max)) {
      this.add(this.withoutNonFinite(values))
      return
    }
    if (min < this.min) this.min = min
    if (max > this.max) this.max = max
    this.count += values.length
    this.cover(Math.max(max, -min))
    this.reserve(values.length)
    this.pendingNegative += negative
    countTruncated(values, this.working, this.exponent === undefined ? 0 : 2 ** -this.exponent)
  }

  snapshot(): HistogramSnapshot {
    this.flush()
    const counts = this.flushed ?? new Float64Array(SIGNS * BINS)
    return {
      min: this.count === 0 ? 0 : this.min,
      max: this.count === 0 ? 0 : this.max,
      count: this.count,
      binWidth: this.exponent === undefined ? 0 : 2 ** this.exponent,
      positive: counts.slice(0, BINS),
      negative: counts.slice(BINS)
    }
  }

  /** Widens the bins until |x| = magnitude falls into one. */
  private cover(magnitude: number): void {
    if (magnitude === 0) return
    const needed = exponentFor(magnitude)
    if (this.exponent === undefined) {
      this.exponent = needed
      return
    }
    while (this.exponent < needed) {
      this.flush()
      if (this.flushed !== undefined) mergePairs(this.flushed)
      this.exponent++
    }
  }

  private reserve(elements: number): void {
    if (this.pending + elements > FLUSH_AFTER) this.flush()
    this.pending += elements
  }

  private flush(): void {
    if (this.pending === 0) return
    const counts = (this.flushed ??= new Float64Array(SIGNS * BINS))
    const [positive, negative] = [counts.subarray(0, BINS), counts.subarray(BINS)]
    let negativeZeroBin = this.pendingNegative
    for (let lane = 0; lane < this.working.length; lane += LANE) {
      const zero = lane + ZERO
      positive[0] += this.working[zero]
      for (let bin = 1; bin < BINS; bin++) {
        positive[bin] += this.working[zero + bin]
        negative[bin] += this.working[zero - bin]
        negativeZeroBin -= this.working[zero - bin]
      }
    }
    positive[0] -= negativeZeroBin
    negative[0] += negativeZeroBin
    this.working.fill(0)
    this.pending = 0
    this.pendingNegative = 0
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

function mergePairs(counts: Float64Array): void {
  for (let sign = 0; sign < SIGNS; sign++) {
    const base = sign * BINS
    for (let i = 0; i < BINS / 2; i++) counts[base + i] = counts[base + 2 * i] + counts[base + 2 * i + 1]
    counts.fill(0, base + BINS / 2, base + BINS)
  }
}

/**
 * Minimum, maximum and the number of sign bits, by comparing bit patterns as integers, which V8 does several times
 * faster than floats: positive floats order like their bits, negative ones the other way round, and an exponent of all
 * ones is NaN or infinity.
 *
 * @param knownMin of what came before. Where the values cannot lower it, the minimum returned may be larger than theirs;
 *   likewise `knownMax`. This spares two of four comparisons.
 */
function extremes(
  bits: Int32Array,
  knownMin: number,
  knownMax: number
): { min: number; max: number; negative: number } {
  let largest = -2147483648
  let largestNegative = -2147483648
  let negative = 0
  const whole = bits.length - (bits.length % LANES)
  for (let i = 0; i < whole; i += LANES) {
    const [a, b, c, d] = [bits[i], bits[i + 1], bits[i + 2], bits[i + 3]]
    if (a > largest) largest = a
    if (b > largest) largest = b
    if (c > largest) largest = c
    if (d > largest) largest = d
    if ((a ^ SIGN) > largestNegative) largestNegative = a ^ SIGN
    if ((b ^ SIGN) > largestNegative) largestNegative = b ^ SIGN
    if ((c ^ SIGN) > largestNegative) largestNegative = c ^ SIGN
    if ((d ^ SIGN) > largestNegative) largestNegative = d ^ SIGN
    negative += (a >>> 31) + (b >>> 31) + (c >>> 31) + (d >>> 31)
  }
  for (let i = whole; i < bits.length; i++) {
    const word = bits[i]
    if (word > largest) largest = word
    if ((word ^ SIGN) > largestNegative) largestNegative = word ^ SIGN
    negative += word >>> 31
  }
  const max = negative < bits.length ? floatOf(largest) : knownMax >= 0 ? knownMax : floatOf(smallestWord(bits))
  const min = negative > 0 ? floatOf(largestNegative ^ SIGN) : knownMin <= 0 ? knownMin : floatOf(smallestWord(bits))
  return { min, max, negative }
}

const SIGN = 0x80000000 | 0

/** Of floats of one sign, the bits of the one closest to zero. */
function smallestWord(bits: Int32Array): number {
  let smallest = 2147483647
  for (let i = 0; i < bits.length; i++) if (bits[i] < smallest) smallest = bits[i]
  return smallest
}

const word = new Int32Array(1)
const float = new Float32Array(word.buffer)

function floatOf(bits: number): number {
  word[0] = bits
  return float[0]
}

/** Truncating leaves only bin 0 of both signs in one counter, and costs half of what taking the sign apart does. */
function countTruncated(values: Float32Array, counts: Uint32Array, perBin: number): void {
  const whole = values.length - (values.length % LANES)
  for (let i = 0; i < whole; i += LANES) {
    counts[ZERO + ((values[i] * perBin) | 0)]++
    counts[LANE + ZERO + ((values[i + 1] * perBin) | 0)]++
    counts[2 * LANE + ZERO + ((values[i + 2] * perBin) | 0)]++
    counts[3 * LANE + ZERO + ((values[i + 3] * perBin) | 0)]++
  }
  for (let i = whole; i < values.length; i++) counts[ZERO + ((values[i] * perBin) | 0)]++
}
