import type { Dataset } from './types.js'

/** `count` samples spread evenly over the list (every class of a sorted folder set is met), the same ones each time. */
export function selectEvenly(dataset: Dataset, count: number): Dataset {
  const total = dataset.samples.length
  if (count >= total) return dataset
  return dataset.select(Array.from({ length: count }, (_, index) => Math.floor((index * total) / count)))
}
