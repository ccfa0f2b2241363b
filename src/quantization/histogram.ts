/** Bins per sign. A power of two, so that halving the resolution merges whole pairs. */
export const BINS = 2048

const SIGNS = 2
/** Counters are kept in LANES copies: equal neighbours (zeros after a ReLU) would wait for each other's increments. */
const LANES = 4
const LANE = SIGNS * BINS
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
  private flushed: Float64Array | undefined

  /** Adds every element; NaN and infinity are counted apart. */
  add(values: Float32Array): void {
    const bits = new Int32Array(values.buffer, values.byteOffset, values.length)
    const { min, max, finite } = extremes(values, bits)
    if (!finite) {
      this.add(this.withoutNonFinite(values))
      return
    }
    if (values.length === 0) return
    if (min < this.min) this.min = min
    if (max > this.max) this.max = max
    this.count += values.length
    this.cover(Math.max(max, -min))
    this.reserve(values.length)
    const perBin = this.exponent === undefined ? 0 : 2 ** -this.exponent
    if (min >= 0 && !Object.is(min, -0)) countPositive(values, this.working, perBin)
    else countSigned(values, bits, this.working, perBin)
  }

  snapshot(): HistogramSnapshot {
    this.flush()
    const counts = this.flushed ?? new Float64Array(LANE)
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
    this.flushed ??= new Float64Array(LANE)
    for (let i = 0; i < this.working.length; i++) this.flushed[i % LANE] += this.working[i]
    this.working.fill(0)
    this.pending = 0
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
 * Minimum and maximum by comparing bit patterns as integers, which V8 does four times faster than floats: positive
 * floats order like their bits, negative ones the other way round, and an exponent of all ones is NaN or infinity.
 */
function extremes(values: Float32Array, bits: Int32Array): { min: number; max: number; finite: boolean } {
  let largest = -2147483648
  let smallest = 2147483647
  let largestNegative = -2147483648
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i]
    if (word > largest) largest = word
    if (word < smallest) smallest = word
    const flipped = word ^ 0x80000000
    if (flipped > largestNegative) largestNegative = flipped
  }
  const hasPositive = largest >= 0
  const hasNegative = smallest < 0
  const max = floatOf(hasPositive ? largest : smallest)
  const min = floatOf(hasNegative ? largestNegative ^ 0x80000000 : smallest)
  return { min, max, finite: values.length === 0 || (Number.isFinite(min) && Number.isFinite(max)) }
}

const word = new Int32Array(1)
const float = new Float32Array(word.buffer)

function floatOf(bits: number): number {
  word[0] = bits
  return float[0]
}

function countPositive(values: Float32Array, counts: Uint32Array, perBin: number): void {
  const whole = values.length - (values.length % LANES)
  for (let i = 0; i < whole; i += LANES) {
    counts[(values[i] * perBin) | 0]++
    counts[LANE | (values[i + 1] * perBin)]++
    counts[(2 * LANE) | (values[i + 2] * perBin)]++
    counts[(3 * LANE) | (values[i + 3] * perBin)]++
  }
  for (let i = whole; i < values.length; i++) counts[(values[i] * perBin) | 0]++
}

/** The sign is taken from the bits: a branch on it would be mispredicted half of the time. */
function countSigned(values: Float32Array, bits: Int32Array, counts: Uint32Array, perBin: number): void {
  const whole = values.length - (values.length % LANES)
  for (let i = 0; i < whole; i += LANES) {
    counts[(Math.abs(values[i]) * perBin) | ((bits[i] >>> 31) << 11)]++
    counts[LANE | (Math.abs(values[i + 1]) * perBin) | ((bits[i + 1] >>> 31) << 11)]++
    counts[(2 * LANE) | (Math.abs(values[i + 2]) * perBin) | ((bits[i + 2] >>> 31) << 11)]++
    counts[(3 * LANE) | (Math.abs(values[i + 3]) * perBin) | ((bits[i + 3] >>> 31) << 11)]++
  }
  for (let i = whole; i < values.length; i++) {
    counts[(Math.abs(values[i]) * perBin) | ((bits[i] >>> 31) << 11)]++
  }
}
