import type { VariantConfig } from '../config/index.js'
import { ExitCode, explain, GateError } from '../errors.js'
import type { TableCache } from '../quantization/index.js'
import { REFERENCE_VARIANT } from '../result.js'
import { finishedVariant } from './finished.js'
import { makeFp16Variant } from './fp16.js'
import { makeInt8Variant } from './int8.js'
import { prepareModel } from './prepare.js'
import type { CalibrationSource, FailedVariant, GateContext, PreparedModel, Variant } from './types.js'

export { calibrationMethod, hashOfImages } from './calibrated.js'
export { variantOn } from './fp16.js'
export { readImported } from './imported.js'
export {
  inContentOrder,
  type CalibrationSource,
  type FailedVariant,
  type GateContext,
  type ImportedRanges,
  type Int8Ranges,
  type PreparedModel,
  type RequiredLayers,
  type Variant
} from './types.js'

/**
 * Makes every model to be judged; the FP32 reference comes first. A variant that cannot be made is listed as failed:
 * what can be measured of the others is kept.
 */
export async function makeVariants(
  context: GateContext,
  calibration: CalibrationSource | undefined,
  cache: TableCache | undefined
): Promise<{ variants: Variant[]; failed: FailedVariant[] }> {
  const { config, runtime } = context
  const reference = { name: REFERENCE_VARIANT, precision: 'fp32', model: config.model, runFile: config.model } as const
  const variants: Variant[] = [{ ...reference, warnings: [] }]
  const failed: FailedVariant[] = []
  let prepared: PreparedModel | undefined
  const make = async (name: string, variant: VariantConfig): Promise<Variant> => {
    switch (variant.kind) {
      case 'model':
        return finishedVariant(name, variant, context)
      case 'fp16':
        return makeFp16Variant(name, variant, await runtime.inspect(config.model), context)
      case 'int8':
        prepared ??= await prepareModel(context)
        return makeInt8Variant(name, variant, prepared, calibration, cache, context)
    }
  }
  for (const [name, variant] of config.variants) {
    context.signal.throwIfAborted()
    try {
      variants.push(await make(name, variant))
    } catch (error) {
      if (!(error instanceof GateError) || error.exitCode !== ExitCode.runtime) throw error
      const reason = explain(error)
      context.log.warn(`${name}: ${reason}`)
      failed.push({ name, precision: variant.kind, error: reason })
    }
  }
  return { variants, failed }
}

/** Whether a variant of the config is calibrated by this run, or may be: a table of the user's can lack some tensors. */
export function needsCalibration(variant: VariantConfig): boolean {
  return variant.kind === 'int8'
}
