import { observeTensors, type ObservationInput } from './observe.js'
import type { Range } from './scale.js'

/** How much of a tensor lies outside the range that it is quantized to. */
export interface OutsideShare {
  readonly values: number
  readonly outside: number
  readonly observed: Range
}

/**
 * Counts, on images that calibration has not seen, the values that each range cuts off. Several sets of ranges are counted
 * in one pass.
 *
 * @param sets ranges by tensor
 * @returns by set, by tensor
 */
export async function measureOutside(
  sets: readonly ReadonlyMap<string, Range>[],
  input: Omit<ObservationInput, 'tensors'>
): Promise<ReadonlyMap<string, OutsideShare>[]> {
  const tensors = [...new Set(sets.flatMap((ranges) => [...ranges.keys()]))]
  const counters = sets.map((ranges) => new Map([...ranges].map(([tensor, range]) => [tensor, new Counter(range)])))
  await observeTensors({ ...input, tensors }, (tensor, data) => {
    for (const set of counters) set.get(tensor)?.add(data)
  })
  return counters
}

class Counter implements OutsideShare {
  values = 0
  outside = 0
  readonly observed = { min: Infinity, max: -Infinity }

  constructor(private readonly range: Range) {}

  add(data: Float32Array): void {
    const { min, max } = this.range
    let { min: low, max: high } = this.observed
    let outside = 0
    for (let i = 0; i < data.length; i++) {
      const value = data[i]
      if (value < low) low = value
      if (value > high) high = value
      if (value < min || value > max) outside++
    }
    this.values += data.length
    this.outside += outside
    this.observed.min = low
    this.observed.max = high
  }
}
