import path from 'node:path'
import type { LayersConfig } from '../config/index.js'
import type { SampleStream } from '../dataset/index.js'
import {
  compareLayers,
  describeComparison,
  describeLayers,
  type ComparedModels,
  type DeviationRule
} from '../deviation/index.js'
import { explain, GateError } from '../errors.js'
import { REFERENCE_VARIANT, type LayerComparison, type LayerResult } from '../result.js'
import type { ExecutedLayer } from '../runtime/index.js'
import type { GateContext, Variant } from '../variants/index.js'

/** What the layers of the variants show; both by variant. */
export interface LayerFindings {
  readonly layers: Readonly<Record<string, readonly LayerResult[]>>
  readonly comparisons: Readonly<Record<string, LayerComparison>>
}

/**
 * Compares the layers of every variant with FP32. A variant whose layers cannot be compared says why: its limits on
 * layers fail, the others are judged.
 */
export async function findDeviations(
  variants: readonly { readonly variant: Variant; readonly kernels?: readonly ExecutedLayer[] | undefined }[],
  images: SampleStream,
  context: GateContext
): Promise<LayerFindings> {
  const { config, log, signal } = context
  const layers: Record<string, readonly LayerResult[]> = {}
  const comparisons: Record<string, LayerComparison> = {}
  if (config.layers === undefined || images.dataset.samples.length === 0) return { layers, comparisons }
  for (const { variant, kernels } of variants) {
    if (variant.name === REFERENCE_VARIANT) continue
    signal.throwIfAborted()
    try {
      const found = await compareOne(variant, kernels ?? [], config.layers, images, context)
      layers[variant.name] = found.layers
      comparisons[variant.name] = found.comparison
    } catch (error) {
      if (!(error instanceof GateError)) throw error
      const reason = explain(error)
      log.warn(`${variant.name}: layers are not compared: ${reason}`)
      const { threshold, floor } = config.layers
      comparisons[variant.name] = { samples: 0, isolatedSamples: 0, threshold, floor, unmatched: [], error: reason }
    }
  }
  return { layers, comparisons }
}

async function compareOne(
  variant: Variant,
  kernels: readonly ExecutedLayer[],
  { samples, isolatedSamples, memoryBytes, threshold, floor }: LayersConfig,
  images: SampleStream,
  context: GateContext
): Promise<{ layers: readonly LayerResult[]; comparison: LayerComparison }> {
  const { signal, progress } = context
  const rule = { threshold, floor }
  const models = comparedModels(variant, rule, context)
  const deviations = await compareLayers({
    ...models,
    images: images.atMost(samples),
    isolatedSamples,
    memoryBytes,
    signal,
    progress
  })
  return { layers: describeLayers(deviations, kernels), comparison: describeComparison(deviations, rule) }
}

/** For limits on layers: what was measured of a variant, or why nothing was. */
export function layersOrReason(
  name: string,
  { layers, comparisons }: LayerFindings,
  variants: ReadonlyMap<string, object>
): readonly LayerResult[] | string {
  if (Object.hasOwn(layers, name)) return layers[name]
  const error = Object.hasOwn(comparisons, name) ? comparisons[name].error : undefined
  if (error !== undefined) return error
  const failed = variants.get(name)
  return failed === undefined || 'error' in failed ? 'the variant did not run' : 'its layers were not compared'
}

/** A variant beside FP32. */
export function comparedModels(
  { name, precision, runFile }: Variant,
  rule: DeviationRule,
  { config, runtime, session }: GateContext
): ComparedModels {
  const own = precision === 'model' ? config.workspace : path.dirname(runFile)
  const reference = { file: config.model, workspace: config.workspace }
  return { reference, variant: { file: runFile, workspace: own }, name, rule, runtime, session }
}
