import { describe, expect, it } from '@jest/globals'
import { Kernel, type Encoding } from '../../src/deviation/kernel/kernel.js'
import { MeasuredLayer } from '../../src/deviation/kernel/layer.js'
import type { ChannelTotals } from '../../src/deviation/totals.js'
import type { ObservedLayer } from '../../src/deviation/types.js'

const RULE = { threshold: 0.1, floor: 0.1 }
const ROWS = 3
const SAMPLES = 2

/** Noise with zeros and a few values far out. */
function noise(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const value = Math.sin((i + seed) * 12.9898) * Math.cos((i + seed) * 0.37)
    return i % 7 === 0 ? 0 : i % 31 === 0 ? 40 * value : value
  })
}

interface Case {
  readonly encoding: Encoding
  readonly length: number
  readonly channels: ObservedLayer['channels']
  readonly op?: string
}

function measure(
  { encoding, length, channels, op = 'Conv' }: Case,
  x: Float32Array,
  y: ArrayLike<number>
): MeasuredLayer {
  const kernel = new Kernel()
  const range = { min: -1, max: 1.5, step: encoding.scale, zeroPoint: encoding.zeroPoint, type: encoding.stored }
  const layer = {
    op,
    fused: [],
    channels,
    rank: 3,
    source: encoding.stored === 'float32' ? { kind: 'float' } : { kind: 'codes', quantization: { range } }
  } as unknown as ObservedLayer
  const place = { x: kernel.reserve(4 * x.length), y: kernel.reserve(4 * x.length) }
  const dims = channels === 'last' ? [SAMPLES, length, ROWS] : [SAMPLES, ROWS, length]
  const measured = new MeasuredLayer(kernel, layer, { ...place, encoding, dims }, RULE)
  kernel.allocate()
  measured.start()
  new Float32Array(kernel.buffer, place.x).set(x)
  const View = { float32: Float32Array, uint8: Uint8Array, int8: Int8Array }[encoding.stored]
  new View(kernel.buffer, place.y).set(y)
  measured.addInNetwork(SAMPLES, kernel)
  measured.addAlone(SAMPLES)
  return measured
}

/** The definitions of docs/layers.md, value by value in float64. */
function expected({ length, channels }: Case, x: Float32Array, y: Float32Array, ends: readonly number[]) {
  const size = ROWS * length
  const rows = Array.from({ length: ROWS }, () => ({
    squaredError: 0,
    squaredReference: 0,
    referenceByError: 0,
    absoluteError: 0,
    deviating: 0,
    zeroed: 0,
    saturated: 0,
    maxError: 0,
    min: Infinity,
    max: -Infinity
  }))
  for (let sample = 0; sample < SAMPLES; sample++) {
    const [from, to] = [sample * size, (sample + 1) * size]
    const rms = Math.sqrt(x.subarray(from, to).reduce((sum, value) => sum + value * value, 0) / size)
    for (let i = 0; i < size; i++) {
      const [a, b] = [x[from + i], y[from + i]]
      const row = rows[channels === 'last' ? i % ROWS : Math.floor(i / length)]
      const error = Math.fround(a - b)
      row.squaredError += error * error
      row.squaredReference += a * a
      row.referenceByError += a * error
      row.absoluteError += Math.abs(error)
      row.maxError = Math.max(row.maxError, Math.abs(error))
      row.min = Math.min(row.min, a)
      row.max = Math.max(row.max, a)
      if (Math.abs(error) > RULE.threshold * Math.max(Math.abs(a), RULE.floor * rms)) row.deviating++
      if (a !== 0 && b === 0) row.zeroed++
      if (ends.includes(b)) row.saturated++
    }
  }
  return rows
}

const COUNTS = ['deviating', 'zeroed', 'saturated', 'min', 'max', 'maxError'] as const
const SUMS = ['squaredError', 'squaredReference', 'referenceByError', 'absoluteError'] as const

const encodings: Encoding[] = [
  { stored: 'float32', scale: 1, zeroPoint: 0 },
  { stored: 'uint8', scale: Math.fround(0.013), zeroPoint: 77 },
  { stored: 'int8', scale: Math.fround(0.02), zeroPoint: -3 }
]
const cases = [
  ...encodings.map((encoding) => ({ ...encoding, op: 'Conv' })),
  ...encodings.map((encoding) => ({ ...encoding, op: 'Relu' })),
  { stored: 'uint8' as const, scale: Math.fround(0.013), zeroPoint: 0, op: 'Relu' },
  { stored: 'uint8' as const, scale: Math.fround(0.013), zeroPoint: 0, op: 'Conv' }
]
// Below eight values, exactly eight, tails of every kind, several blocks.
const lengths = [1, 7, 8, 9, 15, 16, 49, 247, 248, 249, 496, 503, 2003]

describe.each(cases)('statistics of values stored as $stored around $zeroPoint, by $op', ({ op, ...encoding }) => {
  it.each([
    ...lengths.map((length) => ({ length, channels: 'second' as const })),
    ...[5, 300].map((length) => ({ length, channels: 'last' as const }))
  ])('are those of the definitions: $length values, channels $channels', ({ length, channels }) => {
    const one = { encoding, length, channels, op }
    const x = noise(SAMPLES * ROWS * length, 3).map((value) => (op === 'Relu' ? Math.max(0, value) : value))
    const isCodes = encoding.stored !== 'float32'
    const [low, high] = encoding.stored === 'int8' ? [-128, 127] : [0, 255]
    const stored = isCodes
      ? Array.from(x, (value) => Math.min(high, Math.max(low, Math.round(value / encoding.scale) + encoding.zeroPoint)))
      : Array.from(x, (value, i) => (i % 5 === 0 ? 0 : Math.fround(value * (1 + 0.3 * Math.sin(i)))))
    const y = Float32Array.from(stored, (value) => (isCodes ? (value - encoding.zeroPoint) * encoding.scale : value))
    const measured = measure(one, x, stored)
    const [network, alone] = [measured.inNetwork().byChannel(), measured.isolated().byChannel()]
    expect(network.length).toBe(ROWS)
    expected(one, x, y, [-1, 1.5]).forEach((row, channel) => {
      const found: ChannelTotals = { ...network[channel], zeroed: alone[channel].zeroed }
      const saturated = alone[channel].saturated
      expect(found.elements).toBe(SAMPLES * length)
      for (const statistic of COUNTS) {
        if (statistic !== 'saturated') expect([statistic, found[statistic]]).toEqual([statistic, row[statistic]])
        else expect(saturated).toBe(isCodes ? row.saturated : undefined)
      }
      for (const statistic of SUMS) {
        const scale =
          statistic === 'referenceByError' ? Math.sqrt(row.squaredError * row.squaredReference) : row[statistic]
        expect(Math.abs(found[statistic] - row[statistic])).toBeLessThanOrEqual(1e-6 * scale)
      }
      expect(Math.abs(alone[channel].squaredError - row.squaredError)).toBeLessThanOrEqual(1e-6 * row.squaredError)
    })
    expect(measured.nonFinite()).toBeUndefined()
  })
})

describe.each([5, 19])('a value of %i in a channel that is no number', (length) => {
  const one: Case = { encoding: encodings[0], length, channels: 'second' }
  const [channel, places] = [1, Array.from({ length }, (_, i) => i)]
  const broken = (values: Float32Array, place: number) => values.with(channel * length + place, NaN)
  const x = noise(SAMPLES * ROWS * length, 3)
  const y = x.map((value, i) => (i % 3 === 0 ? 1.5 * value : value))
  const healthy = expected(one, x, y, [])

  it.each(places)('deviates from nothing and spoils errors of its channel alone: %i of the variant', (place) => {
    const [values, measured] = [broken(y, place), measure(one, x, broken(y, place))]
    const found = measured.inNetwork().byChannel()
    expected(one, x, values, []).forEach(({ deviating, min, max }, i) => {
      const maxError = i === channel ? NaN : healthy[i].maxError
      expect(found[i]).toMatchObject({ deviating, min, max, maxError })
    })
    expect(measured.nonFinite()?.whole().nan).toBe(1)
  })

  it.each(places)('spoils the range of its channel alone: %i of FP32', (place) => {
    const found = measure(one, broken(x, place), y).inNetwork().byChannel()
    healthy.forEach(({ min, max, maxError }, i) => {
      const figures = { min: found[i].min, max: found[i].max, maxError: found[i].maxError }
      expect(figures).toEqual(i === channel ? { min: NaN, max: NaN, maxError: NaN } : { min, max, maxError })
    })
  })
})

describe('memory of the kernel', () => {
  it('is zero again after a reset, whatever lay there', () => {
    const kernel = new Kernel()
    const first = kernel.reserve(100)
    kernel.allocate()
    new Uint8Array(kernel.buffer).fill(7)
    kernel.reset()
    expect(kernel.reserve(200_000)).toBe(first)
    kernel.allocate()
    expect(kernel.buffer.byteLength).toBeGreaterThanOrEqual(200_000)
    expect(new Uint8Array(kernel.buffer).every((byte) => byte === 0)).toBe(true)
  })
})
