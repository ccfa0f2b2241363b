import type { TensorData } from '../../tensor.js'
import { allocate } from '../elements.js'
import type { Pixels } from '../types.js'
import { CASTS } from './cast.js'
import type { Plan } from './plan.js'

/** Normalization, layout and cast in one pass: each channel has a table of its 256 values in the input's type. */
export function packer(plan: Plan): (pixels: Pixels, out: TensorData, offset: number) => void {
  const table = tableOf(plan)
  const area = plan.size.width * plan.size.height
  const { channels, layout } = plan
  // One type of the union is enough for the compiler: all hold numbers, and a cast type is never a BigInt array.
  return (pixels, out, offset) => {
    const target = out as Float32Array
    if (layout === 'nchw') planes(pixels.data, channels, area, table, target, offset)
    else interleaved(pixels.data, channels, area, table, target, offset)
  }
}

function tableOf({ normalize, channels, type }: Plan): Float32Array {
  const table = allocate(type, 256 * channels) as Float32Array
  for (let c = 0; c < channels; c++) {
    const { scale, mean, std } = normalize ?? { scale: 1, mean: [0], std: [1] }
    const [m, s] = [mean[mean.length === 1 ? 0 : c], std[std.length === 1 ? 0 : c]]
    for (let value = 0; value < 256; value++) table[c * 256 + value] = CASTS[type]((value * scale - m) / s)
  }
  return table
}

function planes(
  data: Uint8Array,
  channels: number,
  area: number,
  table: Float32Array,
  out: Float32Array,
  offset: number
): void {
  for (let c = 0, to = offset; c < channels; c++)
    for (let i = 0, from = c; i < area; i++, from += channels) out[to++] = table[c * 256 + data[from]]
}

function interleaved(
  data: Uint8Array,
  channels: number,
  area: number,
  table: Float32Array,
  out: Float32Array,
  offset: number
): void {
  for (let i = 0, at = 0; i < area; i++)
    for (let c = 0; c < channels; c++, at++) out[offset + at] = table[c * 256 + data[at]]
}
