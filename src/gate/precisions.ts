import type { GateConfig } from '../config/index.js'
import { ConfigurationError } from '../errors.js'

/** `precision` of a variant in the config and in result.json; `model` is a finished model. */
export const PRECISIONS = ['fp16', 'int8', 'model'] as const
export type Precision = (typeof PRECISIONS)[number]

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
  const remains = (name: string | undefined) => name === undefined || variants.has(name)
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
