import type { VariantConfig } from '../config/index.js'
import { loadModel, type OnnxModel } from '../model/index.js'
import { requiredOfFinished } from './required.js'
import type { GateContext, Variant } from './types.js'

/** TensorProto.DataType */
const FLOAT16 = 10

/** A model of the user's own, judged as it is. */
export async function finishedVariant(
  name: string,
  variant: Extract<VariantConfig, { kind: 'model' }>,
  context: GateContext
): Promise<Variant> {
  const { model: file } = variant
  const model = await loadModel(file, { workspace: context.config.workspace })
  const hidden = context.session.provider === 'cpu' && hasFloat16Weights(model)
  const warnings = hidden
    ? [
        'its float16 layers are computed in float32 by the CPU provider, which hides overflow and rounding: ' +
          'judge it on a GPU, or let `precision: fp16` make and emulate the model'
      ]
    : []
  const required = requiredOfFinished(variant, model.graph)
  return { name, precision: 'model', model: file, runFile: file, warnings, required }
}

function hasFloat16Weights({ graph }: OnnxModel): boolean {
  return graph.initializer.some(({ dataType }) => dataType === FLOAT16)
}
