import { crc32 } from 'node:zlib'
import { FileError } from '../../errors.js'
import type { Size } from '../preprocess/geometry.js'
import { decodeImage } from './decode.js'
import { readHeader } from './header.js'

const SIGNATURE_BYTES = 8
const GREY = 0
const INDEXED = 3
const HINT = 'save masks as indexed or 8-bit grey PNG: one value a pixel'

/** One stored value a pixel: the index of an indexed PNG, the level of a grey one. */
export interface RawMask extends Size {
  readonly data: Uint8Array
}

/**
 * Decodes a mask to its stored values.
 *
 * An image decoder turns the indices of a PNG into the colours of its palette, from which they cannot be told again where
 * two entries are alike. So the PNG is handed to it as a grey one: the pixels of both are stored in the same way, and
 * what says that they are indices is one byte of the header (PNG specification, 11.2.2) and the palette.
 *
 * @throws FileError naming the mask that is not a PNG of 1 to 8 bits a pixel, or is damaged.
 */
export async function decodeMask(bytes: Buffer, name: string): Promise<RawMask> {
  const header = readHeader(bytes)
  if (header.format !== 'png') {
    const { width, height } = await decodeImage(bytes, name)
    throw new FileError(
      `mask ${name} (${width}x${height}) is not a PNG: other formats change values or lose them`,
      HINT
    )
  }
  const colorType = bytes.readUInt8(25)
  if (colorType !== GREY && colorType !== INDEXED)
    throw new FileError(`mask ${name} is ${colorType === 4 ? 'grey with transparency' : 'in colour'}`, HINT)
  if (header.depth > 8) throw new FileError(`mask ${name} has ${header.depth} bits a pixel; up to 8 are read`, HINT)
  const { data, width, height } = await decodeImage(asGrey(bytes), name)
  if (header.depth === 8) return { data, width, height }
  // The decoder spreads the levels of fewer bits over 0..255.
  const step = 255 / (2 ** header.depth - 1)
  return { data: data.map((level) => level / step), width, height }
}

/** The same pixels under a header that says grey, with nothing but what is needed to read them. */
function asGrey(bytes: Buffer): Buffer {
  const header = Buffer.from(bytes.subarray(SIGNATURE_BYTES, SIGNATURE_BYTES + 25))
  header.writeUInt8(GREY, 17)
  header.writeUInt32BE(crc32(header.subarray(4, 21)), 21)
  const parts = [bytes.subarray(0, SIGNATURE_BYTES), header]
  let position = SIGNATURE_BYTES + header.length
  while (position + 12 <= bytes.length) {
    const end = position + 12 + bytes.readUInt32BE(position)
    const chunk = bytes.toString('latin1', position + 4, position + 8)
    if (chunk === 'IDAT' || chunk === 'IEND') parts.push(bytes.subarray(position, end))
    position = end
  }
  // What is cut short stays so, and the decoder says it.
  return Buffer.concat(parts)
}
