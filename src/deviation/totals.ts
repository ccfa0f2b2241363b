import type { Tensor } from '../tensor.js'
import type { Statistic, StatisticsOutput } from './statistics.js'
import type { ObservedLayer } from './types.js'

/** The statistics of one channel over all samples, summed in float64. */
export interface ChannelTotals {
  readonly elements: number
  readonly squaredError: number
  readonly squaredReference: number
  readonly referenceByError: number
  readonly absoluteError: number
  readonly deviating: number
  readonly zeroed: number
  /** undefined: the layer's numbers cannot saturate. */
  readonly saturated: number | undefined
  readonly maxError: number
  readonly min: number
  readonly max: number
  readonly nan: number
  readonly infinite: number
}

const COMBINED_BY_MAX: ReadonlySet<Statistic> = new Set<Statistic>(['maxError', 'max'])

/** Adds up what the graph says of a layer, sample by sample; the sums do not depend on batching. */
export class LayerTotals {
  readonly layer: ObservedLayer
  private channels = 0
  private samples = 0
  private spatial: number | undefined
  private readonly values = new Map<Statistic, Float64Array>()

  constructor(private readonly source: StatisticsOutput) {
    this.layer = source.layer
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

  /** Channel by channel; empty before the first sample. */
  byChannel(): ChannelTotals[] {
    const elements = this.samples * (this.spatial ?? 1)
    return Array.from({ length: this.channels }, (_, channel) => this.of(elements, (values) => values[channel]))
  }

  whole(): ChannelTotals {
    const elements = this.samples * (this.spatial ?? 1) * this.channels
    return this.of(elements, (values, statistic) => {
      if (statistic === 'min') return values.reduce((a, b) => Math.min(a, b), Infinity)
      if (COMBINED_BY_MAX.has(statistic)) return values.reduce((a, b) => Math.max(a, b), -Infinity)
      return values.reduce((a, b) => a + b, 0)
    })
  }

  private start(channels: number): void {
    this.channels = channels
    for (const statistic of this.source.statistics) {
      const start = statistic === 'min' ? Infinity : COMBINED_BY_MAX.has(statistic) ? -Infinity : 0
      this.values.set(statistic, new Float64Array(channels).fill(start))
    }
  }

  private of(elements: number, pick: (values: Float64Array, statistic: Statistic) => number): ChannelTotals {
    const value = (statistic: Statistic): number => {
      const values = this.values.get(statistic)
      return values === undefined ? NaN : pick(values, statistic)
    }
    return {
      elements,
      squaredError: value('squaredError'),
      squaredReference: value('squaredReference'),
      referenceByError: value('referenceByError'),
      absoluteError: value('absoluteError'),
      deviating: value('deviating'),
      zeroed: value('zeroed'),
      saturated: this.values.has('saturated') ? value('saturated') : undefined,
      maxError: value('maxError'),
      min: value('min'),
      max: value('max'),
      nan: value('nan'),
      infinite: value('infinite')
    }
  }
}

function combine(statistic: Statistic, into: Float64Array, data: Float32Array, start: number): void {
  if (statistic === 'min') {
    for (let i = 0; i < into.length; i++) into[i] = Math.min(into[i], data[start + i])
  } else if (COMBINED_BY_MAX.has(statistic)) {
    for (let i = 0; i < into.length; i++) into[i] = Math.max(into[i], data[start + i])
  } else {
    for (let i = 0; i < into.length; i++) into[i] += data[start + i]
  }
}
