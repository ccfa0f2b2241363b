import { randomBytes } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FileError } from '../errors.js'
import type { FileRegion } from './external.js'
import { fileErrorFrom } from './files.js'

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
 * Writes files that belong together: first all under temporary names in their folders, then each renamed into place,
 * in order. On failure no temporary file is left.
 */
export async function writeFiles(files: readonly FileContent[]): Promise<void> {
  const pending = new Set<string>()
  let current = ''
  try {
    const written: { readonly temporary: string; readonly file: string }[] = []
    for (const { file, chunks } of files) {
      current = file
      const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`)
      pending.add(temporary)
      await writeChunks(temporary, chunks)
      written.push({ temporary, file })
    }
    for (const { temporary, file } of written) {
      current = file
      await rename(temporary, file)
      pending.delete(temporary)
    }
  } catch (error) {
    throw fileErrorFrom(error, 'cannot write the model', current)
  } finally {
    await Promise.all([...pending].map((temporary) => rm(temporary, { force: true })))
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
