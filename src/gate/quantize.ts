import type { GateConfig } from '../config/index.js'
import { auditOrigin } from '../diagnosis/index.js'
import { ConfigurationError } from '../errors.js'
import type { Diagnosis } from '../result.js'
import { makeVariants, type FailedVariant, type Variant } from '../variants/index.js'
import { withGate, type GateOptions } from './open.js'

export interface QuantizeOptions extends GateOptions {
  /** Only this variant of the config. */
  readonly variant?: string
}

export interface Quantized {
  readonly variants: readonly Variant[]
  readonly failed: readonly FailedVariant[]
  /** Where the calibration tables come from. */
  readonly origins: readonly Diagnosis[]
}

/** Writes the artefacts of a config (models and calibration tables) and judges nothing. */
export async function quantizeModel(config: GateConfig, options: QuantizeOptions): Promise<Quantized> {
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
    const [, ...quantized] = made
    const origins = quantized.flatMap(({ name, int8 }) =>
      int8?.calibrated === undefined
        ? []
        : [auditOrigin(name, int8.calibrated.table, int8.calibrated.lookup, new Date())]
    )
    return { variants: quantized, failed, origins }
  })
}
