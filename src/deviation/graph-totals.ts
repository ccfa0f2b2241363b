import type { Tensor } from '../tensor.js'
import type { Statistic, StatisticsOutput } from './statistics.js'
import { LayerTotals, startOf } from './totals.js'

/** Adds up what the graph says of a layer, sample by sample; the sums do not depend on batching. */
export class GraphTotals {
  private channels = 0
  private samples = 0
  private spatial: number | undefined
  private readonly values = new Map<Statistic, Float64Array>()

  constructor(private readonly source: StatisticsOutput) {
    this.spatial = source.layer.spatial
  }

  /** @param samples rows that count: a fixed batch is filled up with copies. */
  add(outputs: Readonly<Record<string, Tensor>>, samples: number): void {
    const { data, dims } = outputs[this.source.output]
    const { statistics } = this.source
    const rows = dims[0]
    const width = data.length / rows
    if (this.channels === 0) this.start(width / statistics.length)
    if (this.source.size !== undefined) {
      this.spatial ??= Number(outputs[this.source.size].data[0]) / (rows * this.channels)
    }
    const { channels } = this
    for (let row = 0; row < Math.min(rows, samples); row++) {
      statistics.forEach((statistic, place) => {
        const into = this.values.get(statistic)
        const start = row * width + place * channels
        if (into !== undefined) combine(statistic, into, data as Float32Array, start)
      })
      this.samples++
    }
  }

  totals(): LayerTotals {
    return new LayerTotals(this.source.layer, this.values, this.samples * (this.spatial ?? 1), this.channels)
  }

  private start(channels: number): void {
    this.channels = channels
    for (const statistic of this.source.statistics) {
      this.values.set(statistic, new Float64Array(channels).fill(startOf(statistic)))
    }
  }
}

function combine(statistic: Statistic, into: Float64Array, data: Float32Array, start: number): void {
  if (statistic === 'min') {
    for (let i = 0; i < into.length; i++) into[i] = Math.min(into[i], data[start + i])
  } else if (startOf(statistic) === -Infinity) {
    for (let i = 0; i < into.length; i++) into[i] = Math.max(into[i], data[start + i])
  } else {
    for (let i = 0; i < into.length; i++) into[i] += data[start + i]
  }
}
