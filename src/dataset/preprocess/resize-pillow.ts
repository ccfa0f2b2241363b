import type { Interpolation, Pixels } from '../types.js'
import type { Size } from './geometry.js'
import { Scratch } from './scratch.js'

/** Fraction bits of Pillow's 8-bit weights (libImaging/Resample.c: 32 - 8 - 2). */
const PRECISION = 22
const HALF = 1 << (PRECISION - 1)

interface Filter {
  readonly support: number
  readonly weight: (x: number) => number
}

const FILTERS: Readonly<Record<Exclude<Interpolation, 'nearest'>, Filter>> = {
  area: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: (x) => keys(Math.abs(x), -0.5) }
}

/** Keys' cubic convolution kernel; Pillow takes a = -0.5. */
function keys(x: number, a: number): number {
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
}

/** For each output position: the first input position, how many there are, and their fixed-point weights. */
interface Kernel {
  readonly from: number
  readonly to: number
  readonly taps: number
  readonly starts: Int32Array
  readonly counts: Int32Array
  readonly weights: Int32Array
}

/**
 * Byte for byte the pixels of Pillow 13's `Image.resize` for 8-bit images: a horizontal and a vertical pass, each
 * rounded to 8 bits, with antialiasing when it shrinks. `area` is Pillow's BOX. Operations are in the order of Pillow's,
 * in double precision, so that weights are equal to the last bit.
 *
 * Pillow 13 goes down first where the height shrinks by more than twice as many pixels as the width. Earlier versions
 * always go across first, and differ from this in those images: by one level for bilinear and area, by more at hard
 * edges for bicubic.
 */
export class PillowResizer {
  private readonly between = new Scratch()
  private readonly out = new Scratch()
  private horizontal: Kernel | undefined
  private vertical: Kernel | undefined

  constructor(private readonly interpolation: Interpolation) {}

  /** @returns pixels that are valid until the next call; the source itself where the size is the same. */
  resize(source: Pixels, { width, height }: Size): Pixels {
    if (source.width === width && source.height === height) return source
    const { channels } = source
    if (this.interpolation === 'nearest') {
      const out = this.out.take(width * height * channels)
      nearest(source, width, height, out)
      return { data: out, width, height, channels }
    }
    const filter = FILTERS[this.interpolation]
    const across = (pixels: Pixels, scratch: Scratch): Pixels => {
      if (pixels.width === width) return pixels
      this.horizontal = kernelFor(this.horizontal, pixels.width, width, filter)
      const data = scratch.take(width * pixels.height * channels)
      if (channels === 3) horizontal3(pixels, this.horizontal, data)
      else horizontal1(pixels, this.horizontal, data)
      return { ...pixels, data, width }
    }
    const down = (pixels: Pixels, scratch: Scratch): Pixels => {
      if (pixels.height === height) return pixels
      this.vertical = kernelFor(this.vertical, pixels.height, height, filter)
      const data = scratch.take(pixels.width * height * channels)
      verticalPass(pixels, this.vertical, data)
      return { ...pixels, data, height }
    }
    const cut = source.height - height
    const downFirst = cut > 0 && cut > (source.width - width) * 2
    return downFirst ? across(down(source, this.between), this.out) : down(across(source, this.between), this.out)
  }
}

function kernelFor(last: Kernel | undefined, from: number, to: number, filter: Filter): Kernel {
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

function horizontal3(source: Pixels, kernel: Kernel, data: Uint8Array): void {
  const { starts, counts, weights, taps, to: width } = kernel
  const input = source.data
  const out = clamped(data)
  let at = 0
  for (let y = 0; y < source.height; y++) {
    const row = y * source.width
    for (let x = 0; x < width; x++) {
      const count = counts[x]
      let from = (row + starts[x]) * 3
      let k = x * taps
      let a = HALF
      let b = HALF
      let c = HALF
      for (const end = k + count; k < end; k++, from += 3) {
        const weight = weights[k]
        a = (a + Math.imul(input[from], weight)) | 0
        b = (b + Math.imul(input[from + 1], weight)) | 0
        c = (c + Math.imul(input[from + 2], weight)) | 0
      }
      out[at] = a >> PRECISION
      out[at + 1] = b >> PRECISION
      out[at + 2] = c >> PRECISION
      at += 3
    }
  }
}

function horizontal1(source: Pixels, kernel: Kernel, data: Uint8Array): void {
  const { starts, counts, weights, taps, to: width } = kernel
  const input = source.data
  const out = clamped(data)
  let at = 0
  for (let y = 0; y < source.height; y++) {
    const row = y * source.width
    for (let x = 0; x < width; x++) {
      let from = row + starts[x]
      let k = x * taps
      let sum = HALF
      for (const end = k + counts[x]; k < end; k++) sum = (sum + Math.imul(input[from++], weights[k])) | 0
      out[at++] = sum >> PRECISION
    }
  }
}

function verticalPass(source: Pixels, kernel: Kernel, data: Uint8Array): void {
  const { starts, counts, weights, taps, to: height } = kernel
  const input = source.data
  const stride = source.width * source.channels
  const out = clamped(data)
  let at = 0
  for (let y = 0; y < height; y++) {
    const first = starts[y] * stride
    const begin = y * taps
    const end = begin + counts[y]
    for (let x = 0; x < stride; x++) {
      let sum = HALF
      for (let k = begin, from = first + x; k < end; k++, from += stride)
        sum = (sum + Math.imul(input[from], weights[k])) | 0
      out[at++] = sum >> PRECISION
    }
  }
}

/** Stores into it saturate, as Pillow's clip8 does. */
function clamped(data: Uint8Array): Uint8ClampedArray {
  return new Uint8ClampedArray(data.buffer, data.byteOffset, data.length)
}

/** Pillow's affine nearest: positions are summed up, not multiplied, and its rounding errors are part of the result. */
function nearest(source: Pixels, width: number, height: number, out: Uint8Array): void {
  const { channels } = source
  const columns = positions(source.width, width)
  const rows = positions(source.height, height)
  let at = 0
  for (let y = 0; y < height; y++) {
    const row = rows[y] * source.width
    for (let x = 0; x < width; x++) {
      const from = (row + columns[x]) * channels
      for (let c = 0; c < channels; c++) out[at++] = source.data[from + c]
    }
  }
}

function positions(from: number, to: number): Int32Array {
  const step = from / to
  const out = new Int32Array(to)
  for (let i = 0, position = step * 0.5; i < to; i++, position += step)
    out[i] = Math.min(from - 1, Math.trunc(position))
  return out
}
