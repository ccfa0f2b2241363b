import type { Statistic } from '../statistics.js'
import { startOf } from '../totals.js'
import { COLUMNS } from './code.js'
import type { Encoding, Kernel, RowPlace } from './kernel.js'
import { CELL_BYTES } from './loop.js'

/** The statistics of a layer's channels, to which samples are added. */
export interface Rows {
  /** Σx² of a sample, and adds it, its minimum and maximum. */
  energy(x: number): number
  /** Adds a sample's errors. @returns Σ(x - y)². */
  errors(x: number, y: number, threshold: number, least: number): number
  /** Adds what a sample lost. @param ends the numbers that saturated codes stand for; NaN: none. */
  losses(x: number, y: number, ends: readonly [number, number]): void
  values(): Map<Statistic, Float64Array>
}

type Table = keyof typeof COLUMNS

/** Channels whose values lie together. */
export class KernelRows implements Rows {
  private readonly tables: ReadonlyMap<Table, number>

  /** @param tables those that will be filled. */
  constructor(
    private readonly kernel: Kernel,
    private readonly rows: number,
    private readonly length: number,
    private readonly encoding: Encoding,
    tables: readonly Table[]
  ) {
    this.tables = new Map(
      tables.map((table) => [table, kernel.reserve(CELL_BYTES * COLUMNS[table].length * rows)] as const)
    )
  }

  /** Smallest values start at infinity; once the memory is there. */
  start(): void {
    for (const [table, address] of this.tables) {
      const stride = 4 * COLUMNS[table].length
      const cells = new Float32Array(this.kernel.buffer, address, stride * this.rows)
      COLUMNS[table].forEach((statistic, column) => {
        const first = startOf(statistic)
        if (first !== 0 && statistic !== 'maxError') cells.fill(first, 4 * column, 4 * column + 4)
      })
      for (let done = stride; done < cells.length; done *= 2) cells.copyWithin(done, 0, done)
    }
  }

  energy(x: number): number {
    return this.kernel.energy(this.at(x, 0), this.table('energy'))
  }

  errors(x: number, y: number, threshold: number, least: number): number {
    return this.kernel.errors(this.at(x, y), this.encoding, this.table('errors'), threshold, least)
  }

  losses(x: number, y: number, ends: readonly [number, number]): void {
    this.kernel.losses(this.at(x, y), this.encoding, this.table('losses'), ends)
  }

  values(): Map<Statistic, Float64Array> {
    return new Map(
      [...this.tables].flatMap(([table, address]) =>
        COLUMNS[table].map((statistic, column) => [statistic, this.column(statistic, address, column, table)] as const)
      )
    )
  }

  private column(statistic: Statistic, address: number, column: number, table: Table): Float64Array {
    const stride = COLUMNS[table].length
    const values = new Float64Array(this.rows)
    const start = startOf(statistic)
    if (start === 0) {
      const halves = new Float64Array(this.kernel.buffer, address, 2 * stride * this.rows)
      for (let row = 0, at = 2 * column; row < this.rows; row++, at += 2 * stride)
        values[row] = halves[at] + halves[at + 1]
    } else {
      const lanes = new Float32Array(this.kernel.buffer, address, 4 * stride * this.rows)
      const sign = start < 0 ? 1 : -1
      for (let row = 0, at = 4 * column; row < this.rows; row++, at += 4 * stride) {
        const lower = Math.max(sign * lanes[at], sign * lanes[at + 1])
        values[row] = sign * Math.max(lower, Math.max(sign * lanes[at + 2], sign * lanes[at + 3]))
      }
    }
    return values
  }

  private at(x: number, y: number): RowPlace {
    return { x, y, rows: this.rows, length: this.length }
  }

  private table(name: Table): number {
    const table = this.tables.get(name)
    if (table === undefined) throw new Error(`the table ${name} was not asked for`)
    return table
  }
}
