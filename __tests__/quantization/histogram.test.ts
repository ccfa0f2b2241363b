import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { BINS, StreamingHistogram } from '../../src/quantization/histogram.js'

const values = fc.array(
  fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e6), max: Math.fround(1e6) }),
  {
    minLength: 1,
    maxLength: 200
  }
)

function histogramOf(...chunks: readonly number[][]): StreamingHistogram {
  const histogram = new StreamingHistogram()
  for (const chunk of chunks) histogram.add(Float32Array.from(chunk))
  return histogram
}

describe('StreamingHistogram', () => {
  it('gives the same bins for every order and batching of the same values', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.nat(), (list, cut, rotation) => {
        const whole = histogramOf(list).snapshot()
        const rotated = [...list.slice(rotation % list.length), ...list.slice(0, rotation % list.length)]
        const at = cut % (list.length + 1)
        const split = histogramOf(rotated.slice(0, at), rotated.slice(at)).snapshot()
        const single = histogramOf(...[...list].reverse().map((value) => [value])).snapshot()
        expect(split).toEqual(whole)
        expect(single).toEqual(whole)
      })
    )
  })

  it('counts every value in the bin of its magnitude and sign', () => {
    fc.assert(
      fc.property(values, (list) => {
        const { binWidth, positive, negative, count } = histogramOf(list).snapshot()
        const expected = { positive: new Float64Array(BINS), negative: new Float64Array(BINS) }
        for (const value of list) {
          const side = value < 0 || Object.is(value, -0) ? expected.negative : expected.positive
          side[binWidth === 0 ? 0 : Math.floor(Math.abs(value) / binWidth)]++
        }
        expect(count).toBe(list.length)
        expect({ positive, negative }).toEqual(expected)
      })
    )
  })

  it('uses the finest power-of-two bins that hold the largest magnitude', () => {
    expect(histogramOf([2047.9]).snapshot().binWidth).toBe(1)
    expect(histogramOf([2048]).snapshot().binWidth).toBe(2)
    expect(histogramOf([1], [-3000], [5]).snapshot().binWidth).toBe(2)
    expect(histogramOf([0.5 ** 140]).snapshot().binWidth).toBe(2 ** (-140 - 10))
  })

  it('knows minimum and maximum exactly', () => {
    expect(histogramOf([-1.5, 0.25], [7]).snapshot()).toMatchObject({ min: -1.5, max: 7 })
    expect(histogramOf([-3, -2]).snapshot()).toMatchObject({ min: -3, max: -2 })
    expect(histogramOf([4, 2]).snapshot()).toMatchObject({ min: 2, max: 4 })
  })

  it('has no bin width where only zeros were seen, and takes one when something else comes', () => {
    const histogram = histogramOf([0, 0])
    expect(histogram.snapshot()).toMatchObject({ binWidth: 0, min: 0, max: 0, count: 2 })
    histogram.add(Float32Array.of(1))
    const { binWidth, positive } = histogram.snapshot()
    expect(binWidth).toBe(2 ** -10)
    expect(positive[0]).toBe(2)
  })

  it('counts NaN and infinity apart and keeps the rest', () => {
    const histogram = histogramOf([1, NaN, -Infinity, 2], [Infinity], [-NaN])
    expect(histogram).toMatchObject({ nan: 2, infinite: 2, count: 2 })
    expect(histogram.snapshot()).toMatchObject({ min: 1, max: 2 })
  })
})
