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
  const remains = ({ variant }: { readonly variant?: string }) => variant === undefined || variants.has(variant)
  const { thresholds, layerLimits = [], speedLimits = [] } = config
  const limits = [
    ...thresholds.map((limit) => ({ limit, text: `${limit.metric} of ${limit.variant}` })),
    ...layerLimits.map((limit) => ({ limit, text: `layers ${limit.layer} of ${limit.variant}` })),
    ...speedLimits.map((limit) => ({ limit, text: `the speed of ${limit.variant}` }))
  ]
  if (limits.length > 0 && !limits.some(({ limit }) => remains(limit))) {
    throw new ConfigurationError([{ message: `${named} leaves no limit: all of the config's are for other variants` }])
  }
  const left = [...config.variants.keys()].filter((name) => !variants.has(name))
  return {
    config: {
      ...config,
      variants,
      thresholds: thresholds.filter(remains),
      ...(config.layerLimits !== undefined && { layerLimits: layerLimits.filter(remains) }),
      ...(config.speedLimits !== undefined && { speedLimits: speedLimits.filter(remains) })
    },
    notes: [
      ...(left.length === 0 ? [] : [`${named}: not judged: ${left.join(', ')}`]),
      ...limits
        .filter(({ limit }) => !remains(limit))
        .map(({ limit, text }) => `${named}: the limit on ${text} (line ${limit.position.line}) is left out`)
    ]
  }
}
