import { deflateSync, inflateSync } from 'node:zlib'
import { FileError } from '../errors.js'

export type ColumnArray = Uint8Array | Uint16Array | Uint32Array | Float64Array

type Source = number | ArrayBuffer

/** Makes a column of an element type: of so many zeros, or of the bytes that were stored. */
export const columnOf = {
  uint8: (from: Source): Uint8Array => new Uint8Array(from as number),
  uint16: (from: Source): Uint16Array => new Uint16Array(from as number),
  uint32: (from: Source): Uint32Array => new Uint32Array(from as number),
  float64: (from: Source): Float64Array => new Float64Array(from as number)
} as const

/** A typed array that grows: per-sample results are many, and an object for each would cost ten times the memory. */
export class Column<T extends ColumnArray> {
  #values: T
  #length = 0

  constructor(private readonly make: (length: number) => T) {
    this.#values = make(256)
  }

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    this.#reserve(1)
    this.#values[this.#length++] = value
  }

  append(values: ArrayLike<number>): void {
    this.#reserve(values.length)
    this.#values.set(values, this.#length)
    this.#length += values.length
  }

  /** The values so far, without a copy: adding afterwards may or may not show. */
  view(): T {
    return this.#values.subarray(0, this.#length) as T
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#values.length) return
    const grown = this.make(Math.max(Math.ceil(1.5 * this.#values.length), this.#length + count))
    grown.set(this.view())
    this.#values = grown
  }
}

/** No column of a data set is larger; what claims to be was not written by this program. */
const MOST_BYTES = 2 ** 28

/**
 * A typed array as text for a JSON file: base64 of its deflated bytes (little-endian, as on every platform that ONNX
 * Runtime supports). The first byte of every value comes first, then the second ones, and so on: columns of small numbers
 * and scores that were float32 shrink to a few percent and to less than half.
 */
export function encodeColumn({ buffer, byteOffset, byteLength, BYTES_PER_ELEMENT }: ColumnArray): string {
  return deflateSync(shuffle(new Uint8Array(buffer, byteOffset, byteLength), BYTES_PER_ELEMENT)).toString('base64')
}

/** @throws FileError where the text does not hold whole numbers of this type. */
export function decodeColumn<T extends ColumnArray>(text: string, make: (buffer: ArrayBuffer) => T, name: string): T {
  const damaged = (cause: unknown) =>
    new FileError(`the stored column ${name} is cut off or damaged`, 'take the file from the run again', { cause })
  let bytes: Uint8Array
  try {
    bytes = inflateSync(Buffer.from(text, 'base64'), { maxOutputLength: MOST_BYTES })
  } catch (error) {
    throw damaged(error)
  }
  const size = make(new ArrayBuffer(0)).BYTES_PER_ELEMENT
  if (bytes.length % size !== 0) throw damaged(`${bytes.length} bytes are no whole numbers of ${size}`)
  return make(unshuffle(bytes, size).buffer)
}

function shuffle(bytes: Uint8Array, size: number): Uint8Array {
  if (size === 1) return bytes
  const planes = new Uint8Array(bytes.length)
  let at = 0
  for (let plane = 0; plane < size; plane++) for (let i = plane; i < bytes.length; i += size) planes[at++] = bytes[i]
  return planes
}

function unshuffle(planes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(planes.length)
  let at = 0
  for (let plane = 0; plane < size; plane++) for (let i = plane; i < bytes.length; i += size) bytes[i] = planes[at++]
  return bytes
}
