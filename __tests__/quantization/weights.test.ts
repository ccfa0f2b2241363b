import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { activationParameters, representableRange, roundHalfToEven } from '../../src/quantization/scale.js'
import { quantizeBias, quantizeWeight } from '../../src/quantization/weights.js'

const finite = (bound: number) => fc.float({ noNaN: true, min: Math.fround(-bound), max: Math.fround(bound) })

describe('activationParameters', () => {
  it('spreads uint8 over an asymmetric range', () => {
    // (3 - (-1)) / 255, and -(-1) / scale = 63.75 rounded
    expect(activationParameters({ min: -1, max: 3 }, 'uint8')).toEqual({
      type: 'uint8',
      scale: Math.fround(4 / 255),
      zeroPoint: 64
    })
  })

  it('widens a range to contain zero', () => {
    expect(activationParameters({ min: 2, max: 5.1 }, 'uint8')).toMatchObject({
      scale: Math.fround(5.1 / 255),
      zeroPoint: 0
    })
    expect(activationParameters({ min: -5.1, max: -2 }, 'uint8')).toMatchObject({ zeroPoint: 255 })
  })

  it('keeps int8 symmetric with zero point 0, as TensorRT requires', () => {
    expect(activationParameters({ min: -2, max: 5 }, 'int8')).toEqual({
      type: 'int8',
      scale: Math.fround(5 / 127),
      zeroPoint: 0
    })
  })

  it('gives a tensor of zeros the scale 1', () => {
    expect(activationParameters({ min: 0, max: 0 }, 'uint8')).toMatchObject({ scale: 1, zeroPoint: 0 })
    expect(activationParameters({ min: 0, max: 1e-40 }, 'int8')).toMatchObject({ scale: 1, zeroPoint: 0 })
  })

  it('represents zero exactly and the range to half a step', () => {
    fc.assert(
      fc.property(finite(1e4), finite(1e4), (a, b) => {
        const range = { min: Math.min(a, b, 0), max: Math.max(a, b, 0) }
        const parameters = activationParameters(range, 'uint8')
        const { min, max } = representableRange(parameters)
        expect(Number.isInteger(parameters.zeroPoint)).toBe(true)
        if (range.max - range.min < 1e-30) return
        const tolerance = parameters.scale * 0.501
        expect(Math.abs(min - range.min)).toBeLessThanOrEqual(tolerance)
        expect(Math.abs(max - range.max)).toBeLessThanOrEqual(tolerance)
      })
    )
  })
})

describe('roundHalfToEven', () => {
  it('rounds as QuantizeLinear does', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4, -2.6].map(roundHalfToEven).map((x) => x + 0)).toEqual([
      0, 2, 2, 0, -2, 2, -3
    ])
  })
})

describe('quantizeWeight', () => {
  it('has an error of at most half a step in every channel', () => {
    fc.assert(
      fc.property(fc.array(finite(100), { minLength: 24, maxLength: 24 }), fc.constantFrom(0, 1, 2), (list, axis) => {
        const weight = Float32Array.from(list)
        const dims = [2, 3, 4]
        const { codes, scales } = quantizeWeight(weight, dims, { axis, maxCode: 127 })
        expect(scales).toHaveLength(dims[axis])
        for (let i = 0; i < weight.length; i++) {
          const channel = [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4][axis]
          expect(Math.abs(weight[i] - codes[i] * scales[channel])).toBeLessThanOrEqual(scales[channel] * 0.5001)
        }
      })
    )
  })

  it('uses the whole of [-127, 127] and never -128', () => {
    const { codes, scales } = quantizeWeight(Float32Array.of(-2, 1, 0.5), [1, 3], { axis: 0, maxCode: 127 })
    expect([...codes]).toEqual([-127, 64, 32])
    expect(scales[0]).toBe(Math.fround(2 / 127))
  })

  it('stays within [-64, 64] with reduced range', () => {
    const { codes } = quantizeWeight(Float32Array.of(-2, 1, 2), [1, 3], { axis: 0, maxCode: 64 })
    expect([...codes]).toEqual([-64, 32, 64])
  })

  it('enlarges the scale of a channel whose bias would overflow int32', () => {
    const weight = Float32Array.of(1e-6, 1)
    const demand = { bias: Float32Array.of(50, 0.5), inputScale: 0.001 }
    const { scales } = quantizeWeight(weight, [2, 1], { axis: 0, maxCode: 127 }, demand)
    const { codes } = quantizeBias(demand, scales)
    expect(scales[0]).toBeGreaterThan(1e-6 / 127)
    expect(scales[1]).toBe(Math.fround(1 / 127))
    expect(codes[0] * demand.inputScale * scales[0]).toBeCloseTo(50, 4)
  })

  it('represents the bias of a channel without weights', () => {
    const demand = { bias: Float32Array.of(0.3, -4), inputScale: 0.02 }
    const { codes: weights, scales } = quantizeWeight(new Float32Array(4), [2, 2], { axis: 0, maxCode: 127 }, demand)
    const { codes, scales: biasScales } = quantizeBias(demand, scales)
    expect([...weights]).toEqual([0, 0, 0, 0])
    expect(codes[0] * biasScales[0]).toBeCloseTo(0.3, 6)
    expect(codes[1] * biasScales[1]).toBeCloseTo(-4, 6)
  })
})

describe('quantizeBias', () => {
  it('repeats the weight scales of a grouped transposed convolution', () => {
    const demand = { bias: Float32Array.of(1, 2, 3, 4), inputScale: 0.5 }
    const { codes, scales } = quantizeBias(demand, Float32Array.of(0.1, 0.2))
    expect([...scales].map((x) => Number(x.toFixed(6)))).toEqual([0.05, 0.1, 0.05, 0.1])
    expect([...codes]).toEqual([20, 20, 60, 40])
  })
})
