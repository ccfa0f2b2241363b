import { InvalidArgumentError, Option } from 'commander'
import { PRECISIONS, type Precision } from '../gate/precisions.js'
import { REFERENCE_VARIANT } from '../result.js'
import { didYouMean } from '../util/suggest.js'

export interface PrecisionOptions {
  readonly precision?: readonly Precision[]
}

export function precisionOption(): Option {
  return new Option(
    '--precision <names>',
    'judge only variants of these precisions: fp16, int8, model; repeatable, or a list with commas'
  ).argParser(parsePrecisions)
}

/** `fp16` or `fp16, int8`; repeated options add up. */
export function parsePrecisions(value: string, previous: readonly Precision[] = []): Precision[] {
  const names = value.split(',').map((name) => name.trim().toLowerCase())
  const chosen = names.map((name) => {
    const precision = PRECISIONS.find((known) => known === name)
    if (precision !== undefined) return precision
    throw new InvalidArgumentError(
      name === REFERENCE_VARIANT
        ? 'fp32 is measured in any case: name what is compared with it.'
        : `There is no precision ${JSON.stringify(name)}${didYouMean(name, [...PRECISIONS])}; there are ${PRECISIONS.join(', ')}.`
    )
  })
  return [...new Set([...previous, ...chosen])]
}
