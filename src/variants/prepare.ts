import path from 'node:path'
import { dropInitializerInputs, loadModel, nameNodes, opsetVersion, saveModel, upgradeOpset } from '../model/index.js'
import type { GateContext, PreparedModel } from './types.js'

/** First opset with per-channel DequantizeLinear. */
export const QUANTIZATION_OPSET = 13

/** Raises the opset to 13 where it is lower, then folds constants and batch normalization. */
export async function prepareModel({ config, runtime, workDirectory, log }: GateContext): Promise<PreparedModel> {
  const model = await loadModel(config.model, { workspace: config.workspace })
  const opset = opsetVersion(model)
  if (opset < QUANTIZATION_OPSET) {
    log.info(`opset ${opset} is raised to ${QUANTIZATION_OPSET}, which quantization needs`)
    upgradeOpset(model, QUANTIZATION_OPSET, await runtime.inspect(config.model))
  }
  // Constants that are listed as inputs may be overridden, so the runtime would not fold them.
  dropInitializerInputs(model)
  nameNodes(model.graph)
  const upgraded = path.join(workDirectory, 'upgraded.onnx')
  await saveModel(model, upgraded)
  const file = path.join(workDirectory, 'folded.onnx')
  await runtime.optimizeBasic(upgraded, file)
  return { file, values: await runtime.inspect(file) }
}
