import { closeSync, openSync, readSync, realpathSync } from 'node:fs'
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
export function readButWeights(file: string, size: number): Uint8Array {
  const descriptor = openSync(file, 'r')
  try {
    const reader = new Reader(descriptor, new Uint8Array(size))
    walk(reader, size, (field, end) => {
      if (field !== GRAPH) return
      walk(reader, end, (inner, innerEnd) => {
        if (inner !== INITIALIZER || innerEnd - reader.at < UNREAD_BYTES) return
        walk(reader, innerEnd, (value, valueEnd) => {
          if (value === RAW_DATA && valueEnd - reader.at >= UNREAD_BYTES) reader.leaveOut(valueEnd)
        })
      })
    })
    reader.upTo(size)
    files.set(reader.bytes.buffer, realpathSync(file))
    return reader.bytes
  } finally {
    closeSync(descriptor)
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
    private readonly descriptor: number,
    readonly bytes: Uint8Array
  ) {}

  /** Everything up to here is in memory, or was left out. */
  upTo(end: number): void {
    while (this.done < end) {
      const length = Math.min(Math.max(end - this.done, READ_AHEAD), this.bytes.length - this.done, 2 ** 30)
      const bytesRead = readSync(this.descriptor, this.bytes, this.done, length, this.done)
      if (bytesRead === 0) throw new Error('the file became shorter while it was read')
      this.done += bytesRead
    }
  }

  leaveOut(end: number): void {
    this.at = end
    this.done = Math.max(this.done, end)
  }

  /** undefined: none ends before `end`. */
  varint(end: number): number | undefined {
    let value = 0
    for (let scale = 1; scale < 2 ** 50 && this.at < end; scale *= 128) {
      this.upTo(this.at + 1)
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
function walk(reader: Reader, end: number, visit: (field: number, end: number) => void): void {
  while (reader.at < end) {
    const tag = reader.varint(end)
    if (tag === undefined) return
    const next = endOfField(reader, tag & 7, end)
    if (next === undefined || next > end) return
    if ((tag & 7) === LENGTH_DELIMITED) visit(Math.floor(tag / 8), next)
    reader.upTo(next)
    reader.at = next
  }
}

function endOfField(reader: Reader, wireType: number, end: number): number | undefined {
  switch (wireType) {
    case 0:
      return reader.varint(end) === undefined ? undefined : reader.at
    case 1:
      return reader.at + 8
    case LENGTH_DELIMITED: {
      const length = reader.varint(end)
      return length === undefined ? undefined : reader.at + length
    }
    case 5:
      return reader.at + 4
    default:
      return undefined
  }
}
