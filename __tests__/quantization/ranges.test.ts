import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { BINS, StreamingHistogram, type HistogramSnapshot } from '../../src/quantization/histogram.js'
import { chooseRange } from '../../src/quantization/ranges/index.js'
import { entropyThreshold } from '../../src/quantization/ranges/entropy.js'
import { mseThreshold } from '../../src/quantization/ranges/mse.js'
import { percentileThreshold } from '../../src/quantization/ranges/percentile.js'

interface Golden {
  readonly min: number
  readonly max: number
  readonly binWidth: number
  readonly entropy128: { readonly bins: number; readonly threshold: number }
  readonly mseInt8: { readonly bins: number }
  readonly quantile: Readonly<Record<string, number>>
  readonly positive: readonly number[]
  readonly negative: readonly number[]
}

// Made by script/references/quantizer_golden.py with numpy and ONNX Runtime's own calibrator.
const golden = JSON.parse(readFileSync('__fixtures__/quantization/calibration-golden.json', 'utf8')) as {
  readonly distributions: Readonly<Record<string, Golden>>
}
const cases = Object.entries(golden.distributions)

function snapshotOf({ min, max, binWidth, positive, negative }: Golden): HistogramSnapshot {
  const counts = (list: readonly number[]) => Float64Array.from({ length: BINS }, (_, bin) => list[bin] ?? 0)
  return { min, max, count: 0, binWidth, positive: counts(positive), negative: counts(negative) }
}

function magnitudes(golden: Golden): Float64Array {
  const { positive, negative } = snapshotOf(golden)
  return positive.map((count, bin) => count + negative[bin])
}

describe('calibration methods on reference histograms', () => {
  it.each(cases)('entropy of %s is the published search, to the bin', (_, distribution) => {
    expect(entropyThreshold(magnitudes(distribution))).toBe(distribution.entropy128.bins)
  })

  it.each([
    ['normal-with-outliers', 5.807],
    ['relu', 4.9424],
    ['laplace', 9.9474]
  ])('entropy of %s is %d', (name, threshold) => {
    const distribution = golden.distributions[name]
    const bins = entropyThreshold(magnitudes(distribution)) ?? NaN
    expect(bins * distribution.binWidth).toBeCloseTo(threshold, 4)
  })

  it.each(cases)('mse of %s is the exhaustive search, to the bin', (_, distribution) => {
    expect(mseThreshold(snapshotOf(distribution), 'int8')).toBe(distribution.mseInt8.bins)
  })

  it.each(cases)('percentiles of %s are the exact quantiles, to two bins', (_, distribution) => {
    for (const [percentile, value] of Object.entries(distribution.quantile)) {
      const bins = percentileThreshold(magnitudes(distribution), Number(percentile)) ?? NaN
      expect(Math.abs(bins * distribution.binWidth - value)).toBeLessThanOrEqual(2 * distribution.binWidth)
    }
  })
})

describe('chooseRange', () => {
  const histogram = new StreamingHistogram()
  const values = Float32Array.from({ length: 20000 }, (_, i) => Math.sin(i) * Math.exp(3 * Math.sin(i * i)))
  histogram.add(values)
  const snapshot = histogram.snapshot()

  it('takes minmax as observed', () => {
    const { min, max } = snapshot
    expect(chooseRange(snapshot, { method: 'minmax' }, 'uint8')).toEqual({ min, max })
  })

  it.each(['entropy', 'mse'] as const)('%s never exceeds what was observed', (method) => {
    const { min, max } = chooseRange(snapshot, { method }, 'uint8')
    expect(min).toBeGreaterThanOrEqual(snapshot.min)
    expect(max).toBeLessThanOrEqual(snapshot.max)
    expect(max).toBeGreaterThan(min)
  })

  it('leaves a tensor of zeros alone', () => {
    const zeros = new StreamingHistogram()
    zeros.add(new Float32Array(8))
    for (const method of ['entropy', 'mse'] as const) {
      expect(chooseRange(zeros.snapshot(), { method }, 'uint8')).toEqual({ min: 0, max: 0 })
    }
  })
})
