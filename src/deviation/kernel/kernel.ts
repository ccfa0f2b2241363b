import { kernelBytes, NON_NEGATIVE, type Stored } from './code.js'
import { CELL_BYTES, TOTAL } from './loop.js'

/** Node has it; TypeScript declares it for browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

type Rows = readonly [x: number, y: number, rows: number, length: number, table: number]
type Exports = {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  readonly energy: (...rows: Rows) => void
} & Readonly<
  Record<
    `${'errors' | 'losses'}_${Stored}` | `errors_${typeof NON_NEGATIVE}`,
    (...args: [...Rows, scale: number, zeroPoint: number, first: number, second: number]) => void
  >
>

const PAGE = 65_536
let compiled: object | undefined

/** How the variant's values lie in memory, and what codes stand for. */
export interface Encoding {
  readonly stored: Stored
  readonly scale: number
  readonly zeroPoint: number
  /** No FP32 value beside them is negative, which saves time. */
  readonly besideNonNegative?: boolean
}

/** Rows one after the other: addresses of FP32's values and the variant's, how many rows, and values in each. */
export interface RowPlace {
  readonly x: number
  readonly y: number
  readonly rows: number
  readonly length: number
}

/** The statistics kernel with memory of its own, all of which is reserved before any of it is used. */
export class Kernel {
  private readonly exports: Exports
  private reserved = CELL_BYTES
  private written = false

  constructor() {
    compiled ??= new WebAssembly.Module(kernelBytes())
    this.exports = new WebAssembly.Instance(compiled).exports as Exports
  }

  /** @returns the address that so many bytes will have. */
  reserve(bytes: number): number {
    const address = this.reserved
    this.reserved = Math.ceil((address + bytes) / CELL_BYTES) * CELL_BYTES
    return address
  }

  /** Makes what is reserved memory, all zeros. */
  allocate(): void {
    const pages = Math.ceil(this.reserved / PAGE) - this.buffer.byteLength / PAGE
    if (this.written) new Uint8Array(this.buffer).fill(0)
    if (pages > 0) this.exports.memory.grow(pages)
    this.written = true
  }

  /** Gives up all that is reserved. */
  reset(): void {
    this.reserved = CELL_BYTES
  }

  get buffer(): ArrayBuffer {
    return this.exports.memory.buffer
  }

  /** @returns Σx² of all rows. */
  energy({ x, rows, length }: RowPlace, table: number): number {
    return this.totalOf(() => {
      this.exports.energy(x, 0, rows, length, table)
    })
  }

  /** @returns Σ(x - y)² of all rows: not finite where a value is not. */
  errors(place: RowPlace, encoding: Encoding, table: number, threshold: number, least: number): number {
    const { x, y, rows, length } = place
    const { stored, scale, zeroPoint, besideNonNegative = false } = encoding
    const reads = besideNonNegative && stored === 'uint8' && zeroPoint === 0 ? NON_NEGATIVE : stored
    return this.totalOf(() => {
      this.exports[`errors_${reads}`](x, y, rows, length, table, scale, zeroPoint, threshold, least)
    })
  }

  /** @param ends the numbers that codes at either end stand for; NaN: none. */
  losses(place: RowPlace, encoding: Encoding, table: number, ends: readonly [number, number]): void {
    const { x, y, rows, length } = place
    const { stored, scale, zeroPoint } = encoding
    this.exports[`losses_${stored}`](x, y, rows, length, table, scale, zeroPoint, ...ends)
  }

  private totalOf(work: () => void): number {
    const total = new Float64Array(this.buffer, TOTAL, 2)
    total.fill(0)
    work()
    return total[0] + total[1]
  }
}
