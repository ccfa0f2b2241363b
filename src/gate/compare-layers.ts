import type { GateConfig } from '../config/index.js'
import { ConfigurationError } from '../errors.js'
import { feedFor, imageInput, planBatches } from '../evaluation/index.js'
import type { ExecutedLayer } from '../runtime/index.js'
import { makeVariants, type FailedVariant, type GateContext, type Variant } from '../variants/index.js'
import type { SampleStream } from '../dataset/index.js'
import { dumpLayers, type DeviationRule } from '../deviation/index.js'
import { matcherOf } from '../verdict/index.js'
import { comparedModels, findDeviations, type LayerFindings } from './layers.js'
import { withGate, type GateOptions } from './open.js'

export interface LayersOptions extends GateOptions {
  /** Only this variant of the config. */
  readonly variant?: string
  /** Write tensors in place of the comparison. */
  readonly dump?: { readonly folder: string; readonly layer: string }
}

export interface LayersReport extends LayerFindings {
  readonly failed: readonly FailedVariant[]
  /** Files that were dumped, relative to their folder. */
  readonly dumped: readonly string[]
}

/** Makes the variants of a config and compares their layers with FP32; judges nothing. */
export async function compareModelLayers(config: GateConfig, options: LayersOptions): Promise<LayersReport> {
  const { variant: only } = options
  if (only !== undefined && !config.variants.has(only)) {
    const names = [...config.variants.keys()].join(', ')
    throw new ConfigurationError([
      { message: `the config has no variant "${only}"; it has: ${names}`, file: config.file }
    ])
  }
  if (config.layers === undefined) {
    throw new ConfigurationError([{ message: 'the config says layers: false', file: config.file }], 'remove that line')
  }
  const variants = new Map([...config.variants].filter(([name]) => only === undefined || name === only))
  return withGate({ ...config, variants }, options, async ({ context, testSet, calibration, cache }) => {
    const { variants: made, failed } = await makeVariants(context, calibration, cache)
    if (options.dump !== undefined) {
      const dumped = await dump(made.slice(1), options.dump, config.layers ?? NO_RULE, testSet, context)
      return { layers: {}, comparisons: {}, failed, dumped }
    }
    const profiled = []
    for (const variant of made.slice(1)) {
      profiled.push({ variant, kernels: await profile(variant, testSet, context) })
    }
    return { ...(await findDeviations(profiled, testSet, context)), failed, dumped: [] }
  })
}

async function profile(
  variant: Variant,
  images: SampleStream,
  { runtime, session }: GateContext
): Promise<readonly ExecutedLayer[]> {
  if (session.provider === 'tensorrt') return []
  const opened = await runtime.createSession(variant.runFile, session)
  await opened.release()
  const plan = planBatches([{ name: variant.name, input: imageInput(opened, variant.model) }], 1)
  for await (const { input } of images.atMost(1).batches({ batch: plan.size })) {
    return runtime.executedLayers(variant.runFile, feedFor(opened, input, plan, variant.model), session)
  }
  return []
}

async function dump(
  variants: readonly Variant[],
  { folder, layer }: NonNullable<LayersOptions['dump']>,
  rule: DeviationRule,
  images: SampleStream,
  context: GateContext
): Promise<string[]> {
  const files: string[] = []
  for (const variant of variants) {
    const models = comparedModels(variant, rule, context)
    files.push(...(await dumpLayers({ ...models, images, folder, wanted: matcherOf(layer) })))
  }
  return files
}

/** Nothing is counted. */
const NO_RULE: DeviationRule = { threshold: 1, floor: 0 }
