import { readBmpHeader, type BmpHeader } from './bmp.js'

/** What the first bytes of an encoded image say, read here because a second call into the decoder costs as much again. */
export type ImageHeader =
  | {
      readonly format: 'jpeg' | 'png'
      readonly width: number
      readonly height: number
      /** Bits a channel. */
      readonly depth: number
      readonly channels: number
      readonly frames: number
    }
  | { readonly format: 'webp'; readonly animated: boolean }
  | { readonly format: 'tiff' }
  | ({ readonly format: 'bmp' } & BmpHeader)
  /** The text that Git LFS leaves in place of a file. */
  | { readonly format: 'lfs' }
  /** Recognised, and not read. */
  | { readonly format: 'other'; readonly name: string }
  /** A known format whose header ends too early or contradicts itself. */
  | { readonly format: 'damaged'; readonly name: string }
  | { readonly format: 'unknown' }

const PNG_CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 }

export function readHeader(bytes: Buffer): ImageHeader {
  const magic = bytes.toString('latin1', 0, 12)
  if (magic.startsWith('\xff\xd8\xff')) return readJpeg(bytes)
  if (magic.startsWith('\x89PNG\r\n\x1a\n')) return readPng(bytes)
  if (magic.startsWith('RIFF') && magic.endsWith('WEBP'))
    return { format: 'webp', animated: bytes.toString('latin1', 12, 16) === 'VP8X' && ((bytes[20] ?? 0) & 2) !== 0 }
  if (magic.startsWith('II*\0') || magic.startsWith('MM\0*')) return { format: 'tiff' }
  if (magic.startsWith('GIF8')) return { format: 'other', name: 'GIF' }
  if (magic.startsWith('BM')) return readBmp(bytes)
  if (magic.slice(4, 8) === 'ftyp') return { format: 'other', name: 'AVIF, HEIC or video' }
  if (/^\s*(<\?xml|<svg)/.test(magic)) return { format: 'other', name: 'SVG or XML' }
  if (magic.startsWith('version http')) return { format: 'lfs' }
  return { format: 'unknown' }
}

function readBmp(bytes: Buffer): ImageHeader {
  try {
    const bmp = readBmpHeader(bytes)
    if (typeof bmp === 'string') return { format: 'other', name: `BMP with ${bmp}` }
    return { format: 'bmp', ...bmp }
  } catch {
    return { format: 'damaged', name: 'BMP' }
  }
}

/** ITU-T T.81 B.1.1: marker segments up to the frame header (SOF), which holds precision, size and components. */
function readJpeg(bytes: Buffer): ImageHeader {
  let position = 2
  while (position + 9 < bytes.length) {
    if (bytes[position] !== 0xff) {
      position++
      continue
    }
    const marker = bytes[position + 1] ?? 0
    const standalone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)
    if (marker === 0xff) position++
    else if (marker === 0x00 || standalone) position += 2
    else if (marker === 0xd9) break
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return {
        format: 'jpeg',
        depth: bytes.readUInt8(position + 4),
        height: bytes.readUInt16BE(position + 5),
        width: bytes.readUInt16BE(position + 7),
        channels: bytes.readUInt8(position + 9),
        frames: 1
      }
    else position += 2 + Math.max(2, bytes.readUInt16BE(position + 2))
  }
  return { format: 'damaged', name: 'JPEG' }
}

/** PNG: IHDR comes first; an animation control chunk (acTL) comes before the first IDAT. */
function readPng(bytes: Buffer): ImageHeader {
  const channels = bytes.length < 33 ? undefined : PNG_CHANNELS[bytes.readUInt8(25)]
  if (channels === undefined || bytes.toString('latin1', 12, 16) !== 'IHDR') return { format: 'damaged', name: 'PNG' }
  let frames = 1
  for (let position = 33; position + 12 <= bytes.length; position += 12 + bytes.readUInt32BE(position)) {
    const chunk = bytes.toString('latin1', position + 4, position + 8)
    if (chunk === 'IDAT') break
    if (chunk === 'acTL') frames = bytes.readUInt32BE(position + 8)
  }
  return {
    format: 'png',
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    depth: bytes.readUInt8(24),
    channels,
    frames
  }
}
