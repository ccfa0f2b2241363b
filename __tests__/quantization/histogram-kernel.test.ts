import { describe, expect, it } from '@jest/globals'
import { BINS, StreamingHistogram, type HistogramSnapshot } from '../../src/quantization/histogram.js'

/** Lengths about the vector's, the stage's, and the one from which the vector kernel counts. */
const LENGTHS = [2047, 2048, 2049, 2050, 2051, 16383, 16384, 16385, 40001]

/** Seeded numbers in (0, 1). */
function uniform(seed: number): () => number {
  let state = seed
  return () => (state = (state * 16807) % 2147483647) / 2147483647
}

function normal(length: number, seed: number): Float32Array {
  const next = uniform(seed)
  return Float32Array.from({ length }, () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()))
}

/** The definition, value by value. */
function counted(values: Iterable<number>, binWidth: number): Pick<HistogramSnapshot, 'positive' | 'negative'> {
  const counts = { positive: new Float64Array(BINS), negative: new Float64Array(BINS) }
  for (const value of values) {
    const side = value < 0 || Object.is(value, -0) ? counts.negative : counts.positive
    side[binWidth === 0 ? 0 : Math.floor(Math.abs(value) / binWidth)]++
  }
  return counts
}

function expectExact(values: Float32Array): void {
  const histogram = new StreamingHistogram()
  histogram.add(values)
  const { binWidth, positive, negative, min, max, count } = histogram.snapshot()
  expect({ positive, negative }).toEqual(counted(values, binWidth))
  const sorted = Float32Array.from(values).sort()
  expect({ min, max, count }).toEqual({ min: sorted[0], max: sorted[sorted.length - 1], count: values.length })
}

describe('counting of long arrays', () => {
  it.each(LENGTHS)('is exact for %d values of both signs', (length) => expectExact(normal(length, length)))

  it.each(LENGTHS)('is exact for %d values after a ReLU', (length) =>
    expectExact(normal(length, length).map((x) => Math.max(0, x)))
  )

  it.each(LENGTHS)('is exact for %d values below zero', (length) =>
    expectExact(normal(length, length).map((x) => -Math.abs(x) - 1))
  )

  it.each([-149, -130, -80, 0, 60, 120])('is exact for values about 2^%d', (exponent) =>
    expectExact(normal(5000, 7).map((x) => x * 2 ** exponent))
  )

  it('tells zeros of both signs apart', () => {
    expectExact(Float32Array.from({ length: 4099 }, (_, i) => (i % 3 === 0 ? -0 : i % 3 === 1 ? 0 : i / 4099)))
    expectExact(new Float32Array(4099).fill(-0))
  })

  it('widens its bins in the middle of an array', () => {
    const values = normal(50000, 11)
    values.forEach((x, i) => (values[i] = x * 2 ** Math.floor(i / 5000)))
    expectExact(values)
    expectExact(values.toReversed())
  })

  it('is the same whole, in parts, and beside another histogram', () => {
    const values = normal(30011, 13)
    const [whole, parts, other] = [new StreamingHistogram(), new StreamingHistogram(), new StreamingHistogram()]
    whole.add(values)
    for (let start = 0; start < values.length; start += 2999) {
      other.add(values.map((x) => 100 * x))
      parts.add(values.subarray(start, start + 2999))
    }
    expect(parts.snapshot()).toEqual(whole.snapshot())
  })

  it('leaves NaN and infinity out wherever they are', () => {
    for (const at of [0, 5, 4095, 16384, 19999]) {
      for (const odd of [NaN, -NaN, Infinity, -Infinity]) {
        const values = normal(20000, 17)
        values[at] = odd
        const histogram = new StreamingHistogram()
        histogram.add(values)
        const { binWidth, positive, negative, count } = histogram.snapshot()
        const finite = values.filter(Number.isFinite)
        expect({ positive, negative }).toEqual(counted(finite, binWidth))
        expect({ count, odd: histogram.nan + histogram.infinite }).toEqual({ count: 19999, odd: 1 })
      }
    }
  })
})
