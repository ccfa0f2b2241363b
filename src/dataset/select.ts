import type { Dataset } from './types.js'

/** `count` samples spread evenly over the list (every class of a sorted folder set is met), the same ones each time. */
export function selectEvenly(dataset: Dataset, count: number): Dataset {
  const total = dataset.samples.length
  return count >= total ? dataset : dataset.select(evenIndices(total, count))
}

/** At most `count` of `total` indices. */
export function evenIndices(total: number, count: number): number[] {
  const length = Math.min(total, count)
  return Array.from({ length }, (_, index) => Math.floor((index * total) / length))
}
