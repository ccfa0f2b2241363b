import type { Interpolation, Pixels } from '../types.js'
import { areaAverage, areaBlocks } from './opencv-area.js'
import type { Size } from './geometry.js'
import { pick } from './nearest.js'
import { roundHalfEven } from '../elements.js'
import { Scratch } from './scratch.js'

/** Weights are 11-bit fixed point in OpenCV's 8-bit path (INTER_RESIZE_COEF_BITS). */
const BITS = 11
const ONE = 1 << BITS

/** For each output position, the input positions (clamped to the image) and their weights. */
interface Taps {
  readonly from: number
  readonly to: number
  readonly count: 2 | 4
  readonly positions: Int32Array
  readonly weights: Int32Array
}

/**
 * Pixels of OpenCV's `cv::resize` for 8-bit images (modules/imgproc/src/resize.cpp): INTER_NEAREST, INTER_LINEAR,
 * INTER_CUBIC (a = -0.75) and INTER_AREA. No antialiasing but in `area`. Nearest is identical; the rest is within one
 * level of its builds, which differ among themselves by vector instructions and IPP.
 */
export class OpenCvResizer {
  private readonly out = new Scratch()
  private rows = new Int32Array(0)
  private horizontal: Taps | undefined
  private vertical: Taps | undefined

  constructor(private readonly interpolation: Interpolation) {}

  /** @returns pixels that are valid until the next call; the source itself where the size is the same. */
  resize(source: Pixels, size: Size): Pixels {
    if (source.width === size.width && source.height === size.height) return source
    if (this.interpolation === 'nearest')
      return pick(
        source,
        positionsOf(source.width, size.width),
        positionsOf(source.height, size.height),
        { left: 0, top: 0, ...size },
        this.out
      )
    const data = this.out.take(size.width * size.height * source.channels)
    this.fill(source, size, data)
    return { data, width: size.width, height: size.height, channels: source.channels }
  }

  private fill(source: Pixels, { width, height }: Size, data: Uint8Array): void {
    // OpenCV divides twice; the rounding decides positions at exact pixel borders.
    const scaleX = 1 / (width / source.width)
    const scaleY = 1 / (height / source.height)
    const blockX = Math.abs(scaleX - Math.round(scaleX)) < Number.EPSILON
    const blockY = Math.abs(scaleY - Math.round(scaleY)) < Number.EPSILON
    const shrinks = scaleX >= 1 && scaleY >= 1
    const { interpolation } = this
    // Halving by INTER_LINEAR is INTER_AREA in OpenCV.
    if (shrinks && (interpolation === 'area' || (interpolation === 'bilinear' && scaleX === 2 && scaleY === 2))) {
      if (blockX && blockY) areaBlocks(source, width, height, data)
      else areaAverage(source, width, height, data)
    } else {
      this.horizontal = tapsFor(this.horizontal, source.width, width, interpolation)
      this.vertical = tapsFor(this.vertical, source.height, height, interpolation)
      this.separable(source, this.horizontal, this.vertical, data)
    }
  }

  /** Horizontal sums of the rows that an output row needs, kept from one output row to the next. */
  private separable(source: Pixels, horizontal: Taps, vertical: Taps, data: Uint8Array): void {
    const { count } = vertical
    const length = horizontal.to * source.channels
    if (this.rows.length < length * count) this.rows = new Int32Array(length * count)
    // A row's slot is its number modulo the taps: the rows of one output row are neighbours, so they never collide.
    const held = new Int32Array(count).fill(-1)
    const slots = Array.from({ length: count }, (_, slot) => this.rows.subarray(slot * length, (slot + 1) * length))
    const out = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length)
    for (let y = 0; y < vertical.to; y++) {
      for (let k = 0; k < count; k++) {
        const row = vertical.positions[y * count + k]
        const slot = row % count
        if (held[slot] !== row) {
          horizontalSums(source, row, horizontal, slots[slot])
          held[slot] = row
        }
      }
      if (count === 2) blend2(slots, vertical, y, out, y * length, length)
      else blend4(slots, vertical, y, out, y * length, length)
    }
  }
}

function horizontalSums(source: Pixels, row: number, taps: Taps, sums: Int32Array): void {
  const { channels, data } = source
  const start = row * source.width * channels
  for (let c = 0; c < channels; c++) {
    if (taps.count === 2) linearSums(data, start + c, channels, taps, sums, c)
    else cubicSums(data, start + c, channels, taps, sums, c)
  }
}

function linearSums(
  data: Uint8Array,
  start: number,
  channels: number,
  { positions, weights, to }: Taps,
  sums: Int32Array,
  at: number
): void {
  for (let x = 0; x < to; x++, at += channels) {
    const k = x * 2
    sums[at] =
      data[start + positions[k] * channels] * weights[k] + data[start + positions[k + 1] * channels] * weights[k + 1]
  }
}

function cubicSums(
  data: Uint8Array,
  start: number,
  channels: number,
  { positions, weights, to }: Taps,
  sums: Int32Array,
  at: number
): void {
  for (let x = 0; x < to; x++, at += channels) {
    const k = x * 4
    sums[at] =
      data[start + positions[k] * channels] * weights[k] +
      data[start + positions[k + 1] * channels] * weights[k + 1] +
      data[start + positions[k + 2] * channels] * weights[k + 2] +
      data[start + positions[k + 3] * channels] * weights[k + 3]
  }
}

/** OpenCV's vertical linear pass drops low bits before it multiplies. */
function blend2(slots: Int32Array[], taps: Taps, y: number, out: Uint8ClampedArray, at: number, length: number): void {
  const above = slots[taps.positions[y * 2] % 2]
  const below = slots[taps.positions[y * 2 + 1] % 2]
  const a = taps.weights[y * 2]
  const b = taps.weights[y * 2 + 1]
  for (let x = 0; x < length; x++)
    out[at + x] = ((Math.imul(a, above[x] >> 4) >> 16) + (Math.imul(b, below[x] >> 4) >> 16) + 2) >> 2
}

function blend4(slots: Int32Array[], taps: Taps, y: number, out: Uint8ClampedArray, at: number, length: number): void {
  const [r0, r1, r2, r3] = [0, 1, 2, 3].map((k) => slots[taps.positions[y * 4 + k] % 4])
  const [w0, w1, w2, w3] = taps.weights.subarray(y * 4, y * 4 + 4)
  const unit = 1 / (ONE * ONE)
  for (let x = 0; x < length; x++) out[at + x] = (r0[x] * w0 + r1[x] * w1 + r2[x] * w2 + r3[x] * w3) * unit
}

function tapsFor(last: Taps | undefined, from: number, to: number, interpolation: Interpolation): Taps {
  if (last?.from === from && last.to === to) return last
  const count = interpolation === 'bicubic' ? 4 : 2
  const inverse = to / from
  const scale = 1 / inverse
  const positions = new Int32Array(to * count)
  const weights = new Int32Array(to * count)
  for (let i = 0; i < to; i++) {
    let base: number
    let rest: number
    if (interpolation === 'area') {
      // INTER_AREA while enlarging: linear, but a pixel keeps its value over the area that it covers alone.
      base = Math.floor(i * scale)
      rest = Math.fround(i + 1 - (base + 1) * inverse)
      rest = rest <= 0 ? 0 : rest - Math.floor(rest)
    } else {
      const position = Math.fround((i + 0.5) * scale - 0.5)
      base = Math.floor(position)
      rest = Math.fround(position - base)
    }
    const kernel = count === 4 ? cubicWeights(rest) : [Math.fround(1 - rest), rest]
    const first = count === 4 ? base - 1 : base
    for (let k = 0; k < count; k++) {
      positions[i * count + k] = Math.min(from - 1, Math.max(0, first + k))
      weights[i * count + k] = roundHalfEven(kernel[k] * ONE)
    }
  }
  return { from, to, count, positions, weights }
}

/** Keys' kernel with a = -0.75; the last weight makes the sum one. */
function cubicWeights(x: number): readonly number[] {
  const a = -0.75
  const w0 = Math.fround(((a * (x + 1) - 5 * a) * (x + 1) + 8 * a) * (x + 1) - 4 * a)
  const w1 = Math.fround(((a + 2) * x - (a + 3)) * x * x + 1)
  const w2 = Math.fround(((a + 2) * (1 - x) - (a + 3)) * (1 - x) * (1 - x) + 1)
  return [w0, w1, w2, Math.fround(1 - w0 - w1 - w2)]
}

/** Truncated, not centred: OpenCV's INTER_NEAREST takes the pixel at the left border of the output pixel. */
function positionsOf(from: number, to: number): Int32Array {
  const step = 1 / (to / from)
  return Int32Array.from({ length: to }, (_, i) => Math.min(from - 1, Math.floor(i * step)))
}
