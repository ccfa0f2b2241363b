import type { Statistic } from './statistics.js'
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

/** What a statistic is before the first value. */
export function startOf(statistic: Statistic): number {
  return statistic === 'min' ? Infinity : COMBINED_BY_MAX.has(statistic) ? -Infinity : 0
}

/** The statistics of a layer, channel by channel, over all samples. */
export class LayerTotals {
  private all: ChannelTotals | undefined

  /**
   * @param values of each channel; statistics that were not taken are NaN.
   */
  constructor(
    readonly layer: ObservedLayer,
    private readonly values: ReadonlyMap<Statistic, Float64Array>,
    /** Of one channel, over all samples. */
    readonly elements: number,
    private readonly channels: number
  ) {}

  /** A statistic of each channel; undefined: it was not taken. */
  column(statistic: Statistic): Float64Array | undefined {
    return this.values.get(statistic)
  }

  /** Empty without a sample. */
  byChannel(): ChannelTotals[] {
    return Array.from({ length: this.channels }, (_, channel) => this.channel(channel))
  }

  channel(channel: number): ChannelTotals {
    return this.of(this.elements, (values) => values[channel])
  }

  whole(): ChannelTotals {
    return (this.all ??= this.ofAll())
  }

  private ofAll(): ChannelTotals {
    return this.of(this.elements * this.channels, (values, statistic) => {
      let all = startOf(statistic)
      if (statistic === 'min') for (const value of values) all = Math.min(all, value)
      else if (COMBINED_BY_MAX.has(statistic)) for (const value of values) all = Math.max(all, value)
      else for (const value of values) all += value
      return all
    })
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
