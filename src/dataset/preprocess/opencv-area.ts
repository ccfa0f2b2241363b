import type { Pixels } from '../types.js'
import { roundHalfEven } from '../elements.js'

/** INTER_AREA by whole factors: the mean of each block. */
export function areaBlocks(source: Pixels, width: number, height: number, out: Uint8Array): void {
  const { channels, data } = source
  const blockX = Math.round(source.width / width)
  const blockY = Math.round(source.height / height)
  const stride = source.width * channels
  const halves = blockX === 2 && blockY === 2
  const share = Math.fround(1 / (blockX * blockY))
  let at = 0
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let dy = 0; dy < blockY; dy++) {
          let from = (y * blockY + dy) * stride + x * blockX * channels + c
          for (let dx = 0; dx < blockX; dx++, from += channels) sum += data[from]
        }
        // Two by two is rounded half up by OpenCV, other blocks half to even.
        out[at++] = halves ? (sum + 2) >> 2 : roundHalfEven(Math.fround(sum * share))
      }
}

/** Shares of input positions in output positions. */
interface Shares {
  readonly starts: Int32Array
  readonly positions: Int32Array
  readonly weights: Float32Array
}

/** INTER_AREA by other factors: the mean over the area that an output pixel covers, border pixels by their share. */
export function areaAverage(source: Pixels, width: number, height: number, out: Uint8Array): void {
  const { channels, data } = source
  const columns = sharesOf(source.width, width)
  const rows = sharesOf(source.height, height)
  const length = width * channels
  const row = new Float32Array(length)
  const sums = new Float32Array(length)
  for (let y = 0; y < height; y++) {
    sums.fill(0)
    for (let j = rows.starts[y]; j < rows.starts[y + 1]; j++) {
      horizontalShares(data, rows.positions[j] * source.width * channels, channels, columns, row)
      addRow(sums, row, rows.weights[j])
    }
    storeRow(sums, out, y * length)
  }
}

function addRow(sums: Float32Array, row: Float32Array, weight: number): void {
  for (let x = 0; x < sums.length; x++) sums[x] += Math.fround(weight * row[x])
}

/** Stores into clamped arrays round half to even, as OpenCV does. */
function storeRow(sums: Float32Array, out: Uint8Array, at: number): void {
  new Uint8ClampedArray(out.buffer, out.byteOffset + at, sums.length).set(sums)
}

/** Single precision throughout, as in OpenCV: sums near a half decide the last level. */
function horizontalShares(data: Uint8Array, start: number, channels: number, columns: Shares, row: Float32Array): void {
  const { starts, positions, weights } = columns
  const width = starts.length - 1
  for (let c = 0; c < channels; c++) {
    const first = start + c
    for (let x = 0, i = 0, at = c; x < width; x++, at += channels) {
      let sum = 0
      for (const end = starts[x + 1]; i < end; i++)
        sum = Math.fround(sum + Math.fround(data[first + positions[i] * channels] * weights[i]))
      row[at] = sum
    }
  }
}

function sharesOf(from: number, to: number): Shares {
  const scale = 1 / (to / from)
  const starts = new Int32Array(to + 1)
  const positions: number[] = []
  const weights: number[] = []
  for (let i = 0; i < to; i++) {
    const begin = i * scale
    const end = begin + scale
    const cell = Math.min(scale, from - begin)
    const last = Math.min(Math.floor(end), from - 1)
    const first = Math.min(Math.ceil(begin), last)
    // Slivers below a thousandth of a pixel are left out, as in OpenCV.
    if (first - begin > 1e-3) {
      positions.push(first - 1)
      weights.push((first - begin) / cell)
    }
    for (let position = first; position < last; position++) {
      positions.push(position)
      weights.push(1 / cell)
    }
    if (end - last > 1e-3) {
      positions.push(last)
      weights.push(Math.min(end - last, 1, cell) / cell)
    }
    starts[i + 1] = positions.length
  }
  return { starts, positions: Int32Array.from(positions), weights: Float32Array.from(weights) }
}
