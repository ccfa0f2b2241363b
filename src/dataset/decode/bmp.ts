import type { Pixels } from '../types.js'

/** What the headers of a bitmap say. */
export interface BmpHeader {
  readonly width: number
  readonly height: number
  readonly bits: 1 | 4 | 8 | 24 | 32
  /** Rows from the top down; the usual ones go from the bottom up. */
  readonly topDown: boolean
  /** Where red, green and blue lie in the bytes of a pixel; of 24 and 32 bits. */
  readonly order: readonly [number, number, number]
  readonly palette: { readonly start: number; readonly colors: number; readonly entry: 3 | 4 }
  readonly pixels: number
}

const [RGB, BITFIELDS, ALPHA_BITFIELDS] = [0, 3, 6]
const FILE_HEADER = 14
/** OS/2's header, whose sizes have 16 bits and whose palette has three bytes a colour. */
const CORE_HEADER = 12
const INFO_HEADER = 40
const BGR: BmpHeader['order'] = [2, 1, 0]
const MASK_ORDER: Readonly<Record<number, number | undefined>> = { 0xff: 0, 0xff00: 1, 0xff0000: 2, 0xff000000: 3 }

/**
 * @returns a text: what is not read of it.
 * @throws RangeError where the headers are cut short.
 * Source: Microsoft, "Bitmap Storage" and BITMAPINFOHEADER (Win32 documentation).
 */
export function readBmpHeader(bytes: Buffer): BmpHeader | string {
  const pixels = bytes.readUInt32LE(10)
  const size = bytes.readUInt32LE(FILE_HEADER)
  if (size !== CORE_HEADER && size < INFO_HEADER) return `a header of ${size} bytes`
  const core = size === CORE_HEADER
  const width = core ? bytes.readUInt16LE(18) : bytes.readInt32LE(18)
  const signed = core ? bytes.readUInt16LE(20) : bytes.readInt32LE(22)
  const bits = bytes.readUInt16LE(core ? 24 : 28)
  const compression = core ? RGB : bytes.readUInt32LE(30)
  if (bits !== 1 && bits !== 4 && bits !== 8 && bits !== 24 && bits !== 32) return `${bits} bits a pixel`
  const fields = (compression === BITFIELDS || compression === ALPHA_BITFIELDS) && bits === 32
  if (compression !== RGB && !fields) return `compression ${compression}`
  const order = fields ? [54, 58, 62].map((at) => MASK_ORDER[bytes.readUInt32LE(at)]) : BGR
  const [red, green, blue] = order
  if (red === undefined || green === undefined || blue === undefined) return 'colours that are no bytes of their own'
  const colors = core ? 0 : bytes.readUInt32LE(46)
  return {
    width: Math.max(0, width),
    height: Math.abs(signed),
    bits,
    topDown: signed < 0,
    order: [red, green, blue],
    palette: {
      start: FILE_HEADER + size,
      colors: bits > 8 ? 0 : colors === 0 ? 2 ** bits : Math.min(colors, 2 ** bits),
      entry: core ? 3 : 4
    },
    pixels
  }
}

/**
 * The pixels of an uncompressed bitmap: one channel where all colours of its palette are grey.
 * @returns a text: why the file cannot be right.
 */
export function decodeBmp(bytes: Buffer, header: BmpHeader): Pixels | string {
  const { width, height, bits, pixels, topDown, palette } = header
  if (pixels < palette.start + palette.entry * palette.colors) return 'its pixels begin inside its headers'
  const stride = 4 * Math.ceil((width * bits) / 32)
  if (pixels + stride * height > bytes.length) return 'it ends before its last row'
  const rowOf = (y: number): number => pixels + stride * (topDown ? y : height - 1 - y)
  return bits > 8 ? colored(bytes, header, rowOf) : indexed(bytes, header, rowOf)
}

function colored(bytes: Buffer, { width, height, bits, order }: BmpHeader, rowOf: (y: number) => number): Pixels {
  const data = new Uint8Array(3 * width * height)
  const [red, green, blue] = order
  const step = bits / 8
  for (let y = 0, to = 0; y < height; y++) {
    const end = rowOf(y) + step * width
    for (let from = rowOf(y); from < end; from += step, to += 3) {
      data[to] = bytes[from + red]
      data[to + 1] = bytes[from + green]
      data[to + 2] = bytes[from + blue]
    }
  }
  return { data, width, height, channels: 3 }
}

function indexed(
  bytes: Buffer,
  { width, height, bits, palette: { start, colors, entry } }: BmpHeader,
  rowOf: (y: number) => number
): Pixels | string {
  const palette = Array.from({ length: colors }, (_, color) =>
    bytes.subarray(start + entry * color, start + entry * color + 3)
  )
  const isGrey = palette.every(([blue, green, red]) => blue === green && green === red)
  const channels = isGrey ? 1 : 3
  const data = new Uint8Array(channels * width * height)
  const perByte = 8 / bits
  const mask = 2 ** bits - 1
  for (let y = 0, to = 0; y < height; y++) {
    const row = rowOf(y)
    for (let x = 0; x < width; x++) {
      const shift = 8 - bits * ((x % perByte) + 1)
      const index = (bytes[row + Math.floor(x / perByte)] >> shift) & mask
      if (index >= colors) return `a pixel has the colour ${index} of a palette of ${colors}`
      for (let channel = 0; channel < channels; channel++) data[to++] = palette[index][2 - channel]
    }
  }
  return { data, width, height, channels }
}
