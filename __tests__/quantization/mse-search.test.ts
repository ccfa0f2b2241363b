import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { StreamingHistogram, usedBins, type HistogramSnapshot } from '../../src/quantization/histogram.js'
import { clip, mseThreshold } from '../../src/quantization/ranges/mse.js'
import { activationParameters, clamp, roundHalfToEven, type QuantizedType } from '../../src/quantization/scale.js'

/** The definition: every candidate, every bin. */
function exhaustive(histogram: HistogramSnapshot, type: QuantizedType): number {
  const { binWidth, positive, negative } = histogram
  const used = Math.max(usedBins(positive), usedBins(negative))
  const [low, high] = type === 'uint8' ? [0, 255] : [-127, 127]
  let best = used
  let bestError = Infinity
  for (let width = Math.min(128, used); width <= used; width++) {
    const { scale, zeroPoint } = activationParameters(clip(histogram, width * binWidth), type)
    let error = 0
    for (let bin = 0; bin < used; bin++) {
      for (const [count, sign] of [[positive[bin], 1] as const, [negative[bin], -1] as const]) {
        const x = sign * (bin + 0.5) * binWidth
        if (count > 0) {
          const code = clamp(roundHalfToEven(x / scale) + zeroPoint, low, high)
          error += count * (x - scale * (code - zeroPoint)) * (x - scale * (code - zeroPoint))
        }
      }
    }
    if (error <= bestError) [best, bestError] = [width, error]
  }
  return best
}

const shapes: Readonly<Record<string, (x: number) => number>> = {
  'both signs': (x) => x,
  'after a ReLU': (x) => Math.max(0, x),
  'heavy tails': (x) => x ** 3,
  'a few values only': (x) => Math.round(2 * x) / 2,
  'far from zero': (x) => 5 + x / 10,
  'negative only': (x) => -Math.abs(x),
  'one outlier': (x) => (x > 3 ? 100 : x)
}

describe('mseThreshold', () => {
  it.each(Object.entries(shapes))('is the exhaustive search for %s', (_, shape) => {
    const normal = fc.tuple(fc.double({ min: 1e-9, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
    const values = fc.array(normal, { minLength: 20, maxLength: 2000 })
    fc.assert(
      fc.property(values, fc.constantFrom<QuantizedType>('uint8', 'int8'), (pairs, type) => {
        const histogram = new StreamingHistogram()
        histogram.add(
          Float32Array.from(pairs, ([u, v]) => shape(Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v)))
        )
        const snapshot = histogram.snapshot()
        if (snapshot.binWidth > 0) expect(mseThreshold(snapshot, type)).toBe(exhaustive(snapshot, type))
      }),
      // Shrinking a thousand values by an exhaustive search takes minutes.
      { numRuns: 5, endOnFailure: true }
    )
  })
})
