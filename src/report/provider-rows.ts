import type { Result } from '../result.js'
import { intervalOf, own } from './rows.js'
import { count, NONE, percent } from './text.js'

/** A variant on another provider beside the same variant on the first one. All texts are unescaped. */
export interface ProviderRow {
  readonly variant: string
  readonly metric: string
  readonly provider: string
  /** On the first provider, and on the other one. */
  readonly here: string
  readonly there: string
  /** Points lost on the other provider, with the 95 % interval. */
  readonly lost: string
  /** Answers that only one of the two gets right. */
  readonly flips: string
  /** Largest difference of an output value. */
  readonly difference: string
}

/** One row for each variant and provider, in the task's first metric. */
export function providerRows({ variants, providers = {} }: Result): ProviderRow[] {
  return Object.entries(providers).flatMap(([provider, run]) =>
    Object.entries(run.differences).map(([variant, { metrics, flips, outputs }]) => {
      const [metric = NONE] = Object.keys(metrics)
      return {
        variant,
        metric,
        provider,
        here: percent(own(own(variants, variant)?.metrics, metric)),
        there: percent(own(own(run.variants, variant)?.metrics, metric)),
        lost: intervalOf(own(metrics, metric)),
        flips: flips === undefined ? NONE : `${count(flips.broken)} / ${count(flips.repaired)}`,
        difference:
          outputs === undefined
            ? NONE
            : outputs.maxAbs === null
              ? 'not finite'
              : `${outputs.maxAbs.toPrecision(2)} of ${outputs.largest.toPrecision(3)}`
      }
    })
  )
}

export const PROVIDER_LEGEND =
  'changed: answers that only the first provider gets right / only the other one; outputs: largest difference of a value, and the largest value'
