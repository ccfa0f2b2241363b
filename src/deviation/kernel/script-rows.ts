import type { Statistic } from '../statistics.js'
import { startOf } from '../totals.js'
import { COLUMNS } from './code.js'
import type { Encoding, Kernel } from './kernel.js'
import type { Rows } from './rows.js'

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
