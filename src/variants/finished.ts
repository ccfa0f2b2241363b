import { loadModel, type OnnxModel } from '../model/index.js'
import type { GateContext, Variant } from './types.js'

/** TensorProto.DataType */
const FLOAT16 = 10

/** A model of the user's own, judged as it is. */
export async function finishedVariant(name: string, file: string, context: GateContext): Promise<Variant> {
  const model = await loadModel(file, { workspace: context.config.workspace })
  const hidden = context.session.provider === 'cpu' && hasFloat16Weights(model)
  const warnings = hidden
    ? [
        'its float16 layers are computed in float32 by the CPU provider, which hides overflow and rounding: ' +
          'judge it on a GPU, or let `precision: fp16` make and emulate the model'
      ]
    : []
  return { name, precision: 'model', model: file, runFile: file, warnings }
}

function hasFloat16Weights({ graph }: OnnxModel): boolean {
  return graph.initializer.some(({ dataType }) => dataType === FLOAT16)
}
