import type { Pixels } from '../types.js'
import type { Region } from './geometry.js'
import type { Scratch } from './scratch.js'

/** Copies single pixels: `columns` and `rows` say where each output position of the whole image comes from. */
export function pick(
  source: Pixels,
  columns: Int32Array,
  rows: Int32Array,
  { left, top, width, height }: Region,
  scratch: Scratch
): Pixels {
  const { channels, data } = source
  const out = scratch.take(width * height * channels)
  let at = 0
  for (let y = top; y < top + height; y++) {
    const row = rows[y] * source.width
    for (let x = left; x < left + width; x++) {
      const from = (row + columns[x]) * channels
      for (let c = 0; c < channels; c++) out[at++] = data[from + c]
    }
  }
  return { data: out, width, height, channels }
}
