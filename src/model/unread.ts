import { constants } from 'node:fs'
import { open, realpath, type FileHandle } from 'node:fs/promises'
import type { FileRegion } from './external.js'

/** Values of an initializer that take at least this many bytes are left in the file. */
export const UNREAD_BYTES = 65_536

/** Buffers as large as a model file that hold it but for the values of large initializers, and the file's real path. */
const files = new WeakMap<ArrayBufferLike, string>()
const READ_AHEAD = 65_536
/** Field numbers of onnx.proto. */
const [GRAPH, INITIALIZER, RAW_DATA] = [7, 5, 9]
const LENGTH_DELIMITED = 2

/**
 * The bytes of a model file, but for the values of large initializers: there the memory is never touched, so that it
 * costs nothing. They decode as the file's would, and their views tell where in the file the values lie (unreadRegion).
 * A file that is no model is read as far as it looks like one.
 */
export async function readButWeights(file: string, size: number): Promise<Uint8Array> {
  const handle = await open(file, constants.O_RDONLY)
  try {
    const reader = new Reader(handle, new Uint8Array(size))
    await walk(reader, size, async (field, end) => {
      if (field !== GRAPH) return
      await walk(reader, end, async (inner, innerEnd) => {
        if (inner !== INITIALIZER || innerEnd - reader.at < UNREAD_BYTES) return
        await walk(reader, innerEnd, (value, valueEnd) => {
          if (value === RAW_DATA && valueEnd - reader.at >= UNREAD_BYTES) reader.leaveOut(valueEnd)
          return Promise.resolve()
        })
      })
    })
    await reader.upTo(size)
    files.set(reader.bytes.buffer, await realpath(file))
    return reader.bytes
  } finally {
    await handle.close()
  }
}

/** Where the values of an initializer lie that were left in the file; undefined: they are read. */
export function unreadRegion(values: Uint8Array): FileRegion | undefined {
  if (values.length < UNREAD_BYTES) return undefined
  const file = files.get(values.buffer)
  return file === undefined ? undefined : { file, offset: values.byteOffset, length: values.length }
}

/** Reads a file from its beginning on, and leaves out what it is told to. */
class Reader {
  at = 0
  private done = 0

  constructor(
    private readonly handle: FileHandle,
    readonly bytes: Uint8Array
  ) {}

  /** Everything up to here is in memory, or was left out. */
  async upTo(end: number): Promise<void> {
    while (this.done < end) {
      const length = Math.min(Math.max(end - this.done, READ_AHEAD), this.bytes.length - this.done, 2 ** 30)
      const { bytesRead } = await this.handle.read(this.bytes, this.done, length, this.done)
      if (bytesRead === 0) throw new Error('the file became shorter while it was read')
      this.done += bytesRead
    }
  }

  leaveOut(end: number): void {
    this.at = end
    this.done = Math.max(this.done, end)
  }

  /** undefined: none ends before `end`. */
  async varint(end: number): Promise<number | undefined> {
    let value = 0
    for (let scale = 1; scale < 2 ** 50 && this.at < end; scale *= 128) {
      await this.upTo(this.at + 1)
      const byte = this.bytes[this.at++]
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
    return undefined
  }
}

/**
 * Visits the length-delimited fields of a message, with the reader at their first byte, and reads what the visit left
 * (protobuf.dev, "Encoding"). Stops at what is no protobuf: the decoder names it.
 */
async function walk(reader: Reader, end: number, visit: (field: number, end: number) => Promise<void>): Promise<void> {
  while (reader.at < end) {
    const tag = await reader.varint(end)
    if (tag === undefined) return
    const next = await endOfField(reader, tag & 7, end)
    if (next === undefined || next > end) return
    if ((tag & 7) === LENGTH_DELIMITED) await visit(Math.floor(tag / 8), next)
    await reader.upTo(next)
    reader.at = next
  }
}

async function endOfField(reader: Reader, wireType: number, end: number): Promise<number | undefined> {
  switch (wireType) {
    case 0:
      return (await reader.varint(end)) === undefined ? undefined : reader.at
    case 1:
      return reader.at + 8
    case LENGTH_DELIMITED: {
      const length = await reader.varint(end)
      return length === undefined ? undefined : reader.at + length
    }
    case 5:
      return reader.at + 4
    default:
      return undefined
  }
}
