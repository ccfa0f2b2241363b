import type { Pixels } from '../types.js'
import type { Scratch } from './scratch.js'

/** Three equal channels; an RGB image stays as it is. */
export function grayToRgb(source: Pixels, scratch: Scratch): Pixels {
  if (source.channels === 3) return source
  const out = scratch.take(source.data.length * 3)
  for (let i = 0, to = 0; i < source.data.length; i++, to += 3) {
    const value = source.data[i]
    out[to] = value
    out[to + 1] = value
    out[to + 2] = value
  }
  return { ...source, data: out, channels: 3 }
}

/** Pillow's `convert('L')`: ITU-R 601 luma in 16-bit fixed point, rounded. */
export function toGray(source: Pixels, order: 'rgb' | 'bgr', scratch: Scratch): Pixels {
  if (source.channels === 1) return source
  const count = source.width * source.height
  const out = scratch.take(count)
  const red = order === 'rgb' ? 0 : 2
  const blue = 2 - red
  for (let i = 0, from = 0; i < count; i++, from += 3)
    out[i] =
      (source.data[from + red] * 19595 + source.data[from + 1] * 38470 + source.data[from + blue] * 7471 + 0x8000) >> 16
  return { ...source, data: out, channels: 1 }
}

export function swapRedBlue(source: Pixels, scratch: Scratch): Pixels {
  const out = scratch.take(source.data.length)
  for (let i = 0; i < out.length; i += 3) {
    out[i] = source.data[i + 2]
    out[i + 1] = source.data[i + 1]
    out[i + 2] = source.data[i]
  }
  return { ...source, data: out }
}
