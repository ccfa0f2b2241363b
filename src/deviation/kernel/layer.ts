import { isNonNegative } from '../operators.js'
import type { Statistic } from '../statistics.js'
import { LayerTotals } from '../totals.js'
import type { DeviationRule, ObservedLayer } from '../types.js'
import type { Encoding, Kernel } from './kernel.js'
import { EIGHT } from './loop.js'
import { KernelRows, type Rows } from './rows.js'
import { ScriptRows } from './script-rows.js'

/** A layer's tensors in the kernel's memory. */
export interface LayerPlace {
  readonly x: number
  readonly y: number
  readonly encoding: Encoding
  /** Of the whole tensor. */
  readonly dims: readonly number[]
}

/** Collects the statistics of a layer: in the network, and by itself. */
export class MeasuredLayer {
  private readonly network: Rows
  private readonly alone: Rows
  private readonly counts = { nan: 0, infinite: 0 }
  private isFinite = true
  private samples = 0
  private samplesAlone = 0
  private readonly channels: number
  private readonly length: number

  constructor(
    kernel: Kernel,
    readonly layer: ObservedLayer,
    private readonly place: LayerPlace,
    private readonly rule: DeviationRule
  ) {
    const { channels, rank } = layer
    const sample = rank < 2 ? place.dims : place.dims.slice(1)
    const size = sample.reduce((a, b) => a * b, 1)
    this.channels = channels === 'none' ? 1 : channels === 'second' ? sample[0] : sample[1]
    this.length = size / this.channels
    const { length } = this
    const encoding = { ...place.encoding, besideNonNegative: isNonNegative(layer.fused.at(-1)?.op ?? layer.op) }
    const make = (tables: ConstructorParameters<typeof KernelRows>[4]): Rows =>
      channels === 'last' || length < EIGHT
        ? new ScriptRows(kernel, this.channels, length, encoding, channels === 'last')
        : new KernelRows(kernel, this.channels, length, encoding, tables)
    this.network = make(['energy', 'errors'])
    this.alone = make(['energy', 'losses'])
  }

  start(): void {
    for (const rows of [this.network, this.alone]) if (rows instanceof KernelRows) rows.start()
  }

  /** @param samples how many of the tensor's first rows count. */
  addInNetwork(samples: number, kernel: Kernel): void {
    const { threshold, floor } = this.rule
    this.eachSample(samples, (x, y) => {
      const energy = this.network.energy(x)
      const least = threshold * floor * Math.sqrt(energy / (this.channels * this.length))
      const noise = this.network.errors(x, y, threshold, least)
      if (!Number.isFinite(noise)) {
        this.isFinite = false
        this.count(y, kernel)
      }
      this.samples++
    })
  }

  addAlone(samples: number): void {
    const { source } = this.layer
    const range = source.kind === 'codes' ? source.quantization.range : undefined
    // An end that is 0 is where ReLU puts values.
    const end = (value: number | undefined): number => (value === undefined || value === 0 ? NaN : value)
    this.eachSample(samples, (x, y) => {
      this.alone.energy(x)
      this.alone.losses(x, y, [end(range?.min), end(range?.max)])
      this.samplesAlone++
    })
  }

  inNetwork(): LayerTotals {
    return this.totals(this.network.values(), this.samples)
  }

  isolated(): LayerTotals {
    const values = this.alone.values()
    const { source } = this.layer
    if (source.kind === 'float' || source.quantization.range === undefined) values.delete('saturated')
    return this.totals(values, this.samplesAlone)
  }

  /** undefined: every sum is finite. */
  nonFinite(): LayerTotals | undefined {
    if (this.isFinite) return undefined
    const values = Object.entries(this.counts).map(
      ([statistic, count]) => [statistic as Statistic, Float64Array.of(count)] as const
    )
    return new LayerTotals(this.layer, new Map(values), this.samples * this.length * this.channels, 1)
  }

  /** Largest and smallest values are found without regard to NaN, which the sums show. */
  private totals(values: Map<Statistic, Float64Array>, samples: number): LayerTotals {
    const spoil = (sum: Statistic, extremes: readonly Statistic[]): void => {
      const sums = values.get(sum) ?? []
      for (let row = 0; row < sums.length; row++) {
        if (Number.isNaN(sums[row])) for (const extreme of extremes) values.get(extreme)?.fill(NaN, row, row + 1)
      }
    }
    spoil('squaredReference', ['min', 'max'])
    spoil('absoluteError', ['maxError'])
    return new LayerTotals(this.layer, values, samples * this.length, samples === 0 ? 0 : this.channels)
  }

  private eachSample(samples: number, visit: (x: number, y: number) => void): void {
    const { x, y, encoding } = this.place
    const size = this.channels * this.length
    const bytes = encoding.stored === 'float32' ? 4 : 1
    for (let sample = 0; sample < samples; sample++) visit(x + 4 * size * sample, y + bytes * size * sample)
  }

  private count(y: number, { buffer }: Kernel): void {
    if (this.place.encoding.stored !== 'float32') return
    for (const value of new Float32Array(buffer, y, this.channels * this.length)) {
      if (Number.isNaN(value)) this.counts.nan++
      else if (!Number.isFinite(value)) this.counts.infinite++
    }
  }
}
