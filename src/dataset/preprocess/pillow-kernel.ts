import type { Interpolation } from '../types.js'

/** Fraction bits of Pillow's 8-bit weights (libImaging/Resample.c: 32 - 8 - 2). */
export const PRECISION = 22

interface Filter {
  readonly support: number
  readonly weight: (x: number) => number
}

const FILTERS: Readonly<Record<Exclude<Interpolation, 'nearest'>, Filter>> = {
  area: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: (x) => keys(Math.abs(x), -0.5) }
}

export function filterOf(interpolation: Exclude<Interpolation, 'nearest'>): Filter {
  return FILTERS[interpolation]
}

/** Keys' cubic convolution kernel; Pillow takes a = -0.5. */
function keys(x: number, a: number): number {
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
}

/** For each output position: the first input position, how many there are, and their fixed-point weights. */
export interface Kernel {
  readonly from: number
  readonly to: number
  /** Distance between the weights of neighbouring output positions. */
  readonly taps: number
  readonly starts: Int32Array
  readonly counts: Int32Array
  readonly weights: Int32Array
}

/**
 * Weights of one pass, `last` again where it fits. Operations are in the order of Pillow's, in double precision, so that
 * weights are equal to the last bit.
 */
export function kernelFor(last: Kernel | undefined, from: number, to: number, filter: Filter): Kernel {
  if (last?.from === from && last.to === to) return last
  const scale = from / to
  const filterScale = Math.max(scale, 1)
  const support = filter.support * filterScale
  const taps = Math.ceil(support) * 2 + 1
  const starts = new Int32Array(to)
  const counts = new Int32Array(to)
  const weights = new Int32Array(to * taps)
  const exact = new Float64Array(taps)
  const step = 1 / filterScale
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale
    const start = Math.max(0, Math.trunc(center - support + 0.5))
    const count = Math.min(from, Math.trunc(center + support + 0.5)) - start
    let sum = 0
    for (let k = 0; k < count; k++) sum += exact[k] = filter.weight((k + start - center + 0.5) * step)
    for (let k = 0; k < count; k++) {
      const weight = (sum === 0 ? exact[k] : exact[k] / sum) * (1 << PRECISION)
      weights[i * taps + k] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5)
    }
    starts[i] = start
    counts[i] = count
  }
  return { from, to, taps, starts, counts, weights }
}
