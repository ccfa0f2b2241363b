import { FileError } from '../errors.js'

export type ColumnArray = Uint8Array | Uint16Array | Uint32Array | Float64Array

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

/** The bytes of a typed array (little-endian, as on every platform that ONNX Runtime supports), for a JSON file. */
export function encodeColumn({ buffer, byteOffset, byteLength }: ColumnArray): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}

/** @throws FileError where the text does not hold whole numbers of this type. */
export function decodeColumn<T extends ColumnArray>(text: string, make: (buffer: ArrayBuffer) => T, name: string): T {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  try {
    return make(bytes.buffer)
  } catch (cause) {
    throw new FileError(
      `the stored column ${name} has ${bytes.length} bytes: the file is cut off or damaged`,
      undefined,
      {
        cause
      }
    )
  }
}
