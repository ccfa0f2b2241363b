import { countOutcomes, decodeOutcomes } from '../metrics/index.js'
import type { Samples } from '../result.js'

/** The outcomes of the same samples in two runs. */
export interface Pairing {
  readonly then: Samples
  readonly now: Samples
  /** Place in `then` of each sample of `now`. */
  readonly order: readonly number[]
}

/** @returns the place in `then` of each sample of `now`, or why they are not the same samples. */
export function matchSamples(then: Samples, now: Samples): number[] | string {
  if (then.ids.length !== now.ids.length) {
    return `samples.json has ${then.ids.length} samples in the baseline and ${now.ids.length} here`
  }
  const places = new Map(then.ids.map((id, index) => [id, index]))
  if (places.size !== then.ids.length) return 'samples.json of the baseline names a sample twice'
  if (new Set(now.ids).size !== now.ids.length) return 'samples.json names a sample twice'
  const order: number[] = []
  for (const [index, id] of now.ids.entries()) {
    const place = places.get(id)
    if (place === undefined) return `sample ${id} is not in samples.json of the baseline`
    if (then.labels[place] !== now.labels[index]) return `sample ${id} had another label in the baseline`
    order.push(place)
  }
  return order
}

/**
 * @param right samples that result.json counts: outcomes that add up to another number belong to another run.
 * @returns the outcomes, or why they cannot be used.
 */
export function outcomesOf(
  samples: Samples,
  variant: string,
  flag: number,
  right: number
): { readonly outcomes: Uint8Array } | { readonly why: string } {
  if (!Object.hasOwn(samples.outcomes, variant)) return { why: `samples.json has no outcomes of ${variant}` }
  const outcomes = decodeOutcomes(samples.outcomes[variant])
  if (countOutcomes(outcomes, flag) === right) return { outcomes }
  return { why: `samples.json and result.json disagree about ${variant}` }
}
