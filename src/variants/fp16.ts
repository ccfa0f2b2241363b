import path from 'node:path'
import type { VariantConfig } from '../config/index.js'
import { dropInitializerInputs, loadModel, nameNodes, saveModel } from '../model/index.js'
import { convertToFp16, emulateFp16, Fp16Plan, matchKept, type Fp16WeightLoss } from '../quantization/index.js'
import type { Provider, ValueInfo } from '../runtime/index.js'
import { writeEngineCommands } from './engine.js'
import { requiredOf } from './required.js'
import type { GateContext, Variant } from './types.js'

/**
 * Writes model.<name>.onnx in float16. On the CPU provider, which would compute it in float32 and hide every overflow,
 * the run is an emulation that rounds each result to float16.
 */
export async function makeFp16Variant(
  name: string,
  variant: Extract<VariantConfig, { kind: 'fp16' }>,
  values: ReadonlyMap<string, ValueInfo>,
  context: GateContext
): Promise<Variant> {
  const { config, outputDirectory, workDirectory, session, others = [] } = context
  const load = async () => {
    const model = await loadModel(config.model, { workspace: config.workspace })
    dropInitializerInputs(model)
    nameNodes(model.graph)
    return model
  }
  const plan = async () => {
    const model = await load()
    return new Fp16Plan(model, values, matchKept(model.graph.node, variant.keep, config.file))
  }
  const artefact = await plan()
  const { node } = artefact.model.graph
  const required = requiredOf(variant, node, matchKept(node, variant.keep, config.file))
  const losses = convertToFp16(artefact)
  const file = path.join(outputDirectory, `model.${name}.onnx`)
  await saveModel(artefact.model, file)
  await writeEngineCommands(name, 'fp16', context)

  let emulation: string | undefined
  if ([session, ...others].some(({ provider }) => provider === 'cpu')) {
    const emulated = await plan()
    emulateFp16(emulated)
    emulation = path.join(workDirectory, `${name}.emulated.onnx`)
    await saveModel(emulated.model, emulation)
  }
  const warnings = describeLosses(losses)
  const made = {
    name,
    precision: 'fp16',
    model: file,
    runFile: file,
    ...(emulation !== undefined && { emulation }),
    warnings,
    required,
    fp16: { plan: await plan(), values, losses }
  } as const
  return variantOn(made, session.provider)
}

/** The variant as it runs on a provider: FP16 is emulated on the CPU, and real elsewhere. */
export function variantOn(variant: Variant, provider: Provider): Variant {
  const { precision, model, emulation } = variant
  if (precision !== 'fp16') return variant
  return { ...variant, runFile: provider === 'cpu' && emulation !== undefined ? emulation : model }
}

function describeLosses(losses: readonly Fp16WeightLoss[]): string[] {
  const total = (count: (loss: Fp16WeightLoss) => number) => losses.reduce((sum, loss) => sum + count(loss), 0)
  const worst = (count: (loss: Fp16WeightLoss) => number) =>
    losses.reduce((a, b) => (count(b) > count(a) ? b : a), losses[0])
  const elements = total((loss) => loss.elements)
  const describe = (count: (loss: Fp16WeightLoss) => number, what: string): string[] =>
    total(count) === 0
      ? []
      : [`${total(count)} of ${elements} weights ${what} in FP16, most of them in ${worst(count).tensor}`]
  return [
    ...describe((loss) => loss.overflowed, 'overflow to infinity'),
    ...describe((loss) => loss.flushed, 'become zero')
  ]
}
