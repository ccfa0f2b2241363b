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
    const all = new Map<Statistic, Float64Array>()
    for (const [table, address] of this.tables) {
      const columns = COLUMNS[table].map((statistic) => {
        const values = new Float64Array(this.rows)
        all.set(statistic, values)
        return { start: startOf(statistic), values }
      })
      const width = columns.length
      const halves = new Float64Array(this.kernel.buffer, address, 2 * width * this.rows)
      const lanes = new Float32Array(this.kernel.buffer, address, 4 * width * this.rows)
      for (let row = 0; row < this.rows; row++) {
        for (let column = 0; column < width; column++) {
          const { start, values } = columns[column]
          const at = row * width + column
          values[row] = start === 0 ? halves[2 * at] + halves[2 * at + 1] : extremeOf(lanes, 4 * at, start < 0 ? 1 : -1)
        }
      }
    }
    return all
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

/** The largest of four lanes (sign 1), or the smallest (-1). */
function extremeOf(lanes: Float32Array, at: number, sign: 1 | -1): number {
  const lower = Math.max(sign * lanes[at], sign * lanes[at + 1])
  return sign * Math.max(lower, sign * lanes[at + 2], sign * lanes[at + 3])
}
