import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { VariantConfig } from '../config/index.js'
import { FileError, messageOf, RuntimeError } from '../errors.js'
import { encodeModel, loadModel, wrapEngine, type OnnxModel } from '../model/index.js'
import { writeFileAtomic } from '../util/files.js'
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
  if (variant.engine !== undefined) {
    return {
      name,
      precision: 'model',
      model: file,
      runFile: await engineModel(name, variant.engine, model, context),
      warnings,
      required
    }
  }
  return { name, precision: 'model', model: file, runFile: file, warnings, required }
}

/** Writes the engine as a model of one node. */
async function engineModel(
  name: string,
  engine: string,
  model: OnnxModel,
  { session: { provider }, others = [], config, workDirectory }: GateContext
): Promise<string> {
  const elsewhere = [provider, ...others.map((other) => other.provider)].find((one) => one !== 'tensorrt')
  if (elsewhere !== undefined) {
    throw new RuntimeError(
      `variant ${name} is a TensorRT engine, which runs on the tensorrt provider only, and this run uses ${elsewhere}`,
      'run it with --provider tensorrt, or leave `engine` out to judge the ONNX model'
    )
  }
  const bytes = await readFile(engine).catch((error: unknown) => {
    throw new FileError(`the engine ${engine} cannot be read: ${messageOf(error)}`, undefined, { cause: error })
  })
  if (bytes.length === 0) throw new FileError(`the engine ${engine} is empty`, 'build it again')
  const file = path.join(workDirectory, `${name}.engine.onnx`)
  const named = path.relative(config.workspace, model.file).replaceAll(path.sep, '/')
  await writeFileAtomic(file, encodeModel(wrapEngine(model, bytes, named)))
  return file
}

function hasFloat16Weights({ graph }: OnnxModel): boolean {
  return graph.initializer.some(({ dataType }) => dataType === FLOAT16)
}
