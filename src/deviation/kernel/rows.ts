import type { Statistic } from '../statistics.js'
import { startOf } from '../totals.js'
import { CELL_BYTES, COLUMNS } from './code.js'
import type { Encoding, Kernel, RowPlace } from './kernel.js'

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
        if (first === 0 || statistic === 'maxError') return
        for (let cell = 4 * column; cell < cells.length; cell += stride) {
          for (let lane = 0; lane < 4; lane++) cells[cell + lane] = first
        }
      })
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
    if (startOf(statistic) === 0) {
      const halves = new Float64Array(this.kernel.buffer, address, 2 * stride * this.rows)
      for (let row = 0, at = 2 * column; row < this.rows; row++, at += 2 * stride)
        values[row] = halves[at] + halves[at + 1]
    } else {
      const lanes = new Float32Array(this.kernel.buffer, address, 4 * stride * this.rows)
      const pick = statistic === 'min' ? Math.min : Math.max
      for (let row = 0, at = 4 * column; row < this.rows; row++, at += 4 * stride) {
        values[row] = pick(lanes[at], lanes[at + 1], lanes[at + 2], lanes[at + 3])
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

/** Channels of a few values each, or whose values lie apart: in JavaScript. */
export class ScriptRows implements Rows {
  private readonly sums = new Map<Statistic, Float64Array>()

  constructor(
    private readonly kernel: Kernel,
    private readonly rows: number,
    private readonly length: number,
    private readonly encoding: Encoding,
    /** Channels are the faster axis. */
    private readonly interleaved: boolean
  ) {}

  energy(x: number): number {
    const values = this.floats(x)
    const [squares, min, max] = COLUMNS.energy.map((statistic) => this.of(statistic))
    return this.each((row, i) => {
      const value = values[i]
      squares[row] += value * value
      if (value < min[row]) min[row] = value
      if (value > max[row]) max[row] = value
      return value * value
    })
  }

  errors(x: number, y: number, threshold: number, least: number): number {
    const [a, b] = [this.floats(x), this.variant(y)]
    const [squares, products, sum, deviating, largest] = COLUMNS.errors.map((statistic) => this.of(statistic))
    const [share, floor] = [Math.fround(threshold), Math.fround(least)]
    return this.each((row, i) => {
      const error = Math.fround(a[i] - b(i))
      const magnitude = Math.abs(error)
      squares[row] += error * error
      products[row] += a[i] * error
      sum[row] += magnitude
      if (magnitude > largest[row]) largest[row] = magnitude
      if (magnitude > Math.max(floor, Math.fround(Math.abs(a[i]) * share))) deviating[row]++
      return error * error
    })
  }

  losses(x: number, y: number, ends: readonly [number, number]): void {
    const [a, b] = [this.floats(x), this.variant(y)]
    const [squares, zeroed, saturated] = COLUMNS.losses.map((statistic) => this.of(statistic))
    this.each((row, i) => {
      const value = b(i)
      const error = Math.fround(a[i] - value)
      squares[row] += error * error
      if (value === 0 && a[i] !== 0) zeroed[row]++
      if (value === ends[0] || value === ends[1]) saturated[row]++
      return 0
    })
  }

  values(): Map<Statistic, Float64Array> {
    return this.sums
  }

  /** @returns the sum of what `visit` returns. */
  private each(visit: (row: number, index: number) => number): number {
    const { rows, length, interleaved } = this
    let total = 0
    if (interleaved) {
      for (let i = 0; i < length; i++) for (let row = 0; row < rows; row++) total += visit(row, i * rows + row)
    } else {
      for (let row = 0; row < rows; row++) for (let i = 0; i < length; i++) total += visit(row, row * length + i)
    }
    return total
  }

  private floats(address: number): Float32Array {
    return new Float32Array(this.kernel.buffer, address, this.rows * this.length)
  }

  private variant(address: number): (index: number) => number {
    const { stored, scale, zeroPoint } = this.encoding
    if (stored === 'float32') {
      const values = this.floats(address)
      return (index) => values[index]
    }
    const codes = new (stored === 'uint8' ? Uint8Array : Int8Array)(
      this.kernel.buffer,
      address,
      this.rows * this.length
    )
    return (index) => Math.fround((codes[index] - zeroPoint) * scale)
  }

  private of(statistic: Statistic): Float64Array {
    let values = this.sums.get(statistic)
    if (values === undefined) {
      values = new Float64Array(this.rows).fill(startOf(statistic))
      this.sums.set(statistic, values)
    }
    return values
  }
}
