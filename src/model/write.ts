import { open, type FileHandle } from 'node:fs/promises'
import { FileError } from '../errors.js'
import { withTemporaryFile } from '../util/files.js'
import type { FileRegion } from './external.js'
import { fileErrorFrom } from '../util/file-errors.js'

/** A stretch of a file to be written: bytes in memory, bytes of another file, or zeros. */
export type Chunk = Uint8Array | FileRegion | { readonly zeros: number }

export interface FileContent {
  readonly file: string
  readonly chunks: readonly Chunk[]
}

const STAGE = 2 ** 20
const COPY = 4 * 2 ** 20

export function chunkLength(chunk: Chunk): number {
  return 'zeros' in chunk ? chunk.zeros : chunk.length
}

/**
 * Writes files that belong together. All are complete under temporary names before the first is renamed into place;
 * they are put there in the order given. On failure or interruption no temporary file is left.
 */
export async function writeFiles(files: readonly FileContent[]): Promise<void> {
  const last = files.at(-1)
  if (last === undefined) return
  try {
    await withTemporaryFile(last.file, async (temporary) => {
      await writeChunks(temporary, last.chunks)
      await writeFiles(files.slice(0, -1))
    })
  } catch (error) {
    throw fileErrorFrom(error, 'cannot write the model', last.file)
  }
}

/** Small chunks (thousands of biases and names) are gathered, large ones go straight from where they lie. */
async function writeChunks(file: string, chunks: readonly Chunk[]): Promise<void> {
  const handle = await open(file, 'wx')
  const stage = Buffer.allocUnsafe(STAGE)
  let staged = 0
  const flush = async (): Promise<void> => {
    await writeAll(handle, stage.subarray(0, staged))
    staged = 0
  }
  try {
    for (const chunk of chunks) {
      const length = chunkLength(chunk)
      if (staged + length > STAGE) await flush()
      if ('file' in chunk) {
        await flush()
        await copyRegion(chunk, handle)
      } else if (length > STAGE) {
        await writeAll(handle, 'zeros' in chunk ? Buffer.alloc(length) : chunk)
      } else {
        if ('zeros' in chunk) stage.fill(0, staged, staged + length)
        else stage.set(chunk, staged)
        staged += length
      }
    }
    await flush()
  } finally {
    await handle.close()
  }
}

async function copyRegion({ file, offset, length }: FileRegion, to: FileHandle): Promise<void> {
  const from = await open(file, 'r').catch((error: unknown) => {
    throw fileErrorFrom(error, 'cannot read the external data', file)
  })
  try {
    const buffer = Buffer.allocUnsafe(Math.min(COPY, length))
    for (let done = 0; done < length;) {
      const { bytesRead } = await from.read(buffer, 0, Math.min(buffer.length, length - done), offset + done)
      if (bytesRead === 0) throw new FileError(`${file} ends before byte ${offset + length}: it was changed meanwhile`)
      await writeAll(to, buffer.subarray(0, bytesRead))
      done += bytesRead
    }
  } finally {
    await from.close()
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await handle.write(bytes, done, Math.min(bytes.length - done, 2 ** 30))).bytesWritten
  }
}
