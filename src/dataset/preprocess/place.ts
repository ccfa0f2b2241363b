import { FileError } from '../../errors.js'
import type { Pixels } from '../types.js'
import type { Borders } from './geometry.js'
import type { Scratch } from './scratch.js'

/** Adds borders of one colour (positive) or cuts them off (negative), each side on its own. */
export function place(source: Pixels, borders: Borders, color: readonly number[], scratch: Scratch): Pixels {
  const { left, top, right, bottom } = borders
  if (left === 0 && top === 0 && right === 0 && bottom === 0) return source
  const { channels } = source
  const width = source.width + left + right
  const height = source.height + top + bottom
  const out = scratch.take(width * height * channels)
  if (left > 0 || top > 0 || right > 0 || bottom > 0) fill(out, color, channels)
  const columns = Math.min(source.width, source.width + left, source.width + right, width)
  const rowBytes = columns * channels
  const fromX = Math.max(0, -left) * channels
  const toX = Math.max(0, left) * channels
  for (let y = Math.max(0, -top); y < source.height && y + top < height; y++) {
    const from = y * source.width * channels + fromX
    out.set(source.data.subarray(from, from + rowBytes), (y + top) * width * channels + toX)
  }
  return { data: out, width, height, channels }
}

function fill(out: Uint8Array, color: readonly number[], channels: 1 | 3): void {
  const first = color[0]
  if (color.every((value) => value === first)) {
    out.fill(first)
    return
  }
  if (color.length !== channels)
    throw new FileError(
      `the image is grey where a border of colour [${color.join(', ')}] is added`,
      'add `color: gray-to-rgb` before that step, or give the border one value'
    )
  for (let i = 0; i < out.length; i++) out[i] = color[i % channels]
}
