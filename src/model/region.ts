import { closeSync, openSync, readSync } from 'node:fs'
import { FileError } from '../errors.js'
import { fileErrorFrom } from '../util/file-errors.js'
import type { FileRegion } from './external.js'

/** Bytes of a stretch of a file, read now. */
export function regionBytes({ file, offset, length }: FileRegion): Uint8Array {
  const bytes = new Uint8Array(length)
  try {
    const descriptor = openSync(file, 'r')
    try {
      for (let done = 0; done < length;) {
        const read = readSync(descriptor, bytes, done, Math.min(length - done, 2 ** 30), offset + done)
        if (read === 0) throw new FileError(`${file} ends before byte ${offset + length}: it was changed meanwhile`)
        done += read
      }
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw fileErrorFrom(error, 'cannot read the external data', file)
  }
  return bytes
}
