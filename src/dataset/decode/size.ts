import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { fileError } from '../source/paths.js'
import type { Size } from '../preprocess/geometry.js'
import { decodeImage } from './decode.js'
import { readHeader } from './header.js'

/** Enough for the headers of JPEG (unless a preview is in front), PNG and BMP. */
const HEADER_BYTES = 64 << 10

/**
 * Width and height of an image file as they are stored. Of JPEG, PNG and BMP only the header is read.
 * @throws FileError where it cannot be read, or is not an image.
 */
export async function imageSize(file: string, name: string): Promise<Size> {
  const head = readHead(file, name)
  const header = readHeader(head)
  if (header.format === 'jpeg' || header.format === 'png' || header.format === 'bmp')
    return { width: header.width, height: header.height }
  const { width, height } = await decodeImage(readFileSync(file), name)
  return { width, height }
}

function readHead(file: string, name: string): Buffer {
  try {
    const handle = openSync(file, 'r')
    try {
      const head = Buffer.alloc(HEADER_BYTES)
      return head.subarray(0, readSync(handle, head))
    } finally {
      closeSync(handle)
    }
  } catch (error) {
    throw fileError(`image ${name}:`, file, error)
  }
}
