import { InvalidArgumentError, Option } from 'commander'
import type { GateConfig } from '../config/index.js'
import { ConfigurationError } from '../errors.js'
import { REFERENCE_VARIANT } from '../result.js'
import { didYouMean } from '../util/suggest.js'

/** `precision` of a variant in the config and in result.json; `model` is a finished model. */
export const PRECISIONS = ['fp16', 'int8', 'model'] as const
export type Precision = (typeof PRECISIONS)[number]

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

export interface Selection {
  readonly config: GateConfig
  /** What of the config is left out, a line each. */
  readonly notes: readonly string[]
}

/**
 * The config with the variants of these precisions alone, and the limits that still have something to limit.
 * @throws ConfigurationError where no variant or no limit remains: nothing judged is no pass
 */
export function selectPrecisions(config: GateConfig, precisions: readonly Precision[] | undefined): Selection {
  if (precisions === undefined) return { config, notes: [] }
  const named = `--precision ${precisions.join(',')}`
  const variants = new Map([...config.variants].filter(([, { kind }]) => precisions.includes(kind)))
  if (variants.size === 0) {
    const there = [...config.variants].map(([name, { kind }]) => `${name} (${kind})`).join(', ')
    throw new ConfigurationError([{ message: `${named} leaves nothing to judge: the config has ${there}` }])
  }
  const remains = (name: string | undefined) => name === undefined || name === REFERENCE_VARIANT || variants.has(name)
  const thresholds = config.thresholds.filter(({ variant }) => remains(variant))
  if (thresholds.length === 0 && config.thresholds.length > 0) {
    throw new ConfigurationError([{ message: `${named} leaves no limit: all of the config's are for other variants` }])
  }
  const left = [...config.variants.keys()].filter((name) => !variants.has(name))
  const limits = config.thresholds.filter(({ variant }) => !remains(variant))
  return {
    config: { ...config, variants, thresholds },
    notes: [
      ...(left.length === 0 ? [] : [`${named}: not judged: ${left.join(', ')}`]),
      ...limits.map(
        ({ metric, variant, position }) =>
          `${named}: the limit on ${metric} of ${variant} (line ${position.line}) is left out`
      )
    ]
  }
}
