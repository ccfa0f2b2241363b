import type { Sharp, SharpOptions } from 'sharp'
import { FileError, messageOf } from '../../errors.js'
import type { Pixels } from '../types.js'
import { decodeBmp, type BmpHeader } from './bmp.js'
import { cmykToRgb, withoutAlpha } from './channels.js'
import { readHeader, type ImageHeader } from './header.js'
import { loadSharp } from './sharp.js'

/** Pixels above which Pillow refuses an image as a decompression bomb (twice its MAX_IMAGE_PIXELS). */
export const MAX_PIXELS = 178_956_970

const RECODE = 'convert it to an 8-bit PNG or JPEG, or leave it out of the data set'
const REPLACE = 'replace it with an intact copy, or leave it out of the data set'

/**
 * Decodes an image to 8-bit pixels: the ones that Pillow's `Image.open(file).convert('RGB')` yields, except that a
 * grey image keeps one channel (its RGB form has three equal ones).
 *
 * As Pillow and torchvision's ImageFolder do: the EXIF orientation is not applied, colour profiles are ignored, alpha
 * is dropped without compositing, CMYK is converted by the simple formula. JPEG, PNG, WebP, 8-bit TIFF and uncompressed BMP
 * are read, by content, whatever the file's name.
 *
 * A JPEG has no checksums: damage that still decodes to something is not seen, by this or any other reader.
 *
 * @param name names the image in errors.
 * @throws FileError for what would be read wrongly or in part: empty, truncated and corrupt files, more than 8 bits a
 *   channel, several frames or pages, more than {@link MAX_PIXELS} pixels, other formats.
 */
export async function decodeImage(bytes: Buffer, name: string): Promise<Pixels> {
  if (bytes.length === 0) throw new FileError(`image ${name} is empty (0 bytes)`, REPLACE)
  const header = readHeader(bytes)
  switch (header.format) {
    case 'jpeg':
    case 'png':
      return decodeKnown(bytes, header, name)
    case 'webp':
      if (header.animated) throw new FileError(`image ${name} is an animation; one sample is one picture`, RECODE)
      return decodeOther(bytes, name)
    case 'tiff':
      return decodeOther(bytes, name)
    case 'bmp':
      return decodeBitmap(bytes, header, name)
    case 'lfs':
      throw new FileError(
        `image ${name} is a Git LFS pointer, not the image itself`,
        'run `git lfs pull`, or check out with `lfs: true`'
      )
    case 'other':
      throw new FileError(`image ${name} is not read: its format is ${header.name}`, RECODE)
    case 'damaged':
      throw new FileError(`image ${name} is corrupt: its ${header.name} header is damaged or cut short`, REPLACE)
    case 'unknown':
      throw new FileError(`image ${name} is not an image: the content is no JPEG, PNG, WebP, TIFF or BMP`, REPLACE)
  }
}

/** libvips reads no BMP in the builds that sharp comes with. */
function decodeBitmap(bytes: Buffer, header: BmpHeader, name: string): Pixels {
  checkSize(header.width, header.height, name)
  const pixels = decodeBmp(bytes, header)
  if (typeof pixels === 'string') throw new FileError(`image ${name} is truncated or corrupt: ${pixels}`, REPLACE)
  return pixels
}

type KnownHeader = Extract<ImageHeader, { format: 'jpeg' | 'png' }>

async function decodeKnown(bytes: Buffer, header: KnownHeader, name: string): Promise<Pixels> {
  const { width, height, depth, channels, frames, format } = header
  checkSize(width, height, name)
  if (depth > 8) throw new FileError(`image ${name} has ${depth} bits a channel; 8 are read`, RECODE)
  if (frames !== 1)
    throw new FileError(`image ${name} is an animation of ${frames} frames; one sample is one picture`, RECODE)
  const stored = format === 'jpeg' && channels === 4 ? 'cmyk' : channels < 3 ? 'b-w' : 'srgb'
  // A JPEG has no checksums: libjpeg only warns of impossible codes and fills with grey. PNG has them, and its warnings
  // (odd colour profiles) are harmless.
  const image = open(bytes, format === 'jpeg' ? 'warning' : 'error')
  // Not toUint8Array, whose memory could be given back at once: sharp 0.35.5 leaks every image with it (measured).
  const data = await decoded(name, () => as(image, stored).raw().toBuffer())
  return toPixels(data, width, height, data.length / (width * height), stored === 'cmyk', name)
}

async function decodeOther(bytes: Buffer, name: string): Promise<Pixels> {
  const image = open(bytes, 'error')
  const facts = await decoded(name, () => image.metadata())
  checkSize(facts.width, facts.height, name)
  if (facts.depth !== 'uchar')
    throw new FileError(`image ${name} has channels of type ${facts.depth}; 8-bit ones are read`, RECODE)
  if ((facts.pages ?? 1) > 1)
    throw new FileError(`image ${name} has ${facts.pages ?? 0} pages; one sample is one picture`, RECODE)
  const { space } = facts
  if (space !== 'srgb' && space !== 'b-w' && space !== 'cmyk')
    throw new FileError(`image ${name} has colour space ${space}; RGB, grey and CMYK are read`, RECODE)
  const { data, info } = await decoded(name, () => as(image, space).raw().toBuffer({ resolveWithObject: true }))
  return toPixels(data, info.width, info.height, info.channels, space === 'cmyk', name)
}

/** Keeps the channels as they are stored; unasked, the decoder makes RGB of them, from CMYK by a colour profile. */
function as(image: Sharp, space: 'srgb' | 'b-w' | 'cmyk'): Sharp {
  return space === 'srgb' ? image : image.pipelineColourspace(space).toColourspace(space)
}

function open(bytes: Buffer, failOn: NonNullable<SharpOptions['failOn']>): Sharp {
  return loadSharp()(bytes, { failOn, ignoreIcc: true, limitInputPixels: MAX_PIXELS })
}

async function decoded<T>(name: string, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode()
  } catch (error) {
    const reason = messageOf(error).split('\n')[0] ?? ''
    // libvips keeps one text for all its threads: another image's failure may have taken it.
    const detail = reason === '' || reason === 'Unknown error' ? '' : `: ${reason}`
    throw new FileError(`image ${name} is truncated or corrupt${detail}`, REPLACE, { cause: error })
  }
}

function checkSize(width: number, height: number, name: string): void {
  if (width === 0 || height === 0)
    throw new FileError(`image ${name} is corrupt: its size is ${width}x${height}`, REPLACE)
  if (width * height > MAX_PIXELS)
    throw new FileError(
      `image ${name} says it is ${width}x${height}: more than ${MAX_PIXELS} pixels are refused as a decompression bomb`,
      'scale it down before it enters the data set'
    )
}

function toPixels(
  data: Uint8Array,
  width: number,
  height: number,
  channels: number,
  cmyk: boolean,
  name: string
): Pixels {
  const count = width * height
  switch (channels) {
    case 1:
    case 3:
      // A plain Uint8Array, as every later step makes: loops over two classes of arrays run slower.
      return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), width, height, channels }
    case 2:
      return { data: withoutAlpha(data, count, 1), width, height, channels: 1 }
    case 4:
      return { data: cmyk ? cmykToRgb(data, count) : withoutAlpha(data, count, 3), width, height, channels: 3 }
    default:
      throw new FileError(`image ${name} is corrupt: ${data.length} bytes for ${width}x${height} pixels`, REPLACE)
  }
}
