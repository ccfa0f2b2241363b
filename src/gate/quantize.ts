import type { GateConfig } from '../config/index.js'
import { ConfigurationError } from '../errors.js'
import { makeVariants, type FailedVariant, type Variant } from '../variants/index.js'
import { withGate, type GateOptions } from './open.js'

export interface QuantizeOptions extends GateOptions {
  /** Only this variant of the config. */
  readonly variant?: string
}

/** Writes the artefacts of a config (models and calibration tables) and judges nothing. */
export async function quantizeModel(
  config: GateConfig,
  options: QuantizeOptions
): Promise<{ variants: readonly Variant[]; failed: readonly FailedVariant[] }> {
  const { variant } = options
  if (variant !== undefined && !config.variants.has(variant)) {
    const names = [...config.variants.keys()].join(', ')
    throw new ConfigurationError([
      { message: `the config has no variant "${variant}"; it has: ${names}`, file: config.file }
    ])
  }
  const variants = new Map([...config.variants].filter(([name]) => variant === undefined || name === variant))
  return withGate({ ...config, variants }, options, async ({ context, calibration, cache }) => {
    const { variants: made, failed } = await makeVariants(context, calibration, cache)
    return { variants: made.slice(1), failed }
  })
}
