import { toBinary } from '@bufbuild/protobuf'
import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FileError, messageOf, RuntimeError } from '../errors.js'
import { type ModelProto, ModelProtoSchema, type OperatorSetIdProto } from '../model/proto/onnx_pb.js'
import type { OnnxRuntime } from './binding.js'
import { allNodes, externalFiles, parseModel, type ParsedModel } from './onnx.js'
import { assertReadable, createNative } from './session.js'
import { type MachineSettings, nativeSettings, type SessionConfig } from './settings.js'

// A protobuf message ends at 2 GiB; ONNX Runtime needs some room beside the weights.
const EMBED_LIMIT_BYTES = 1.5 * 2 ** 30

// At the basic level these move or remove quantization, or quantize weights by themselves.
const KEEP_QUANTIZATION: SessionConfig = {
  'session.disable_double_qdq_remover': '1',
  'optimization.disable_specified_optimizers':
    'WeightBiasQuantization;QDQPropagationTransformer;DoubleQDQPairsRemover;EnsureUniqueDQForNodeUnit'
}

/**
 * Writes the model with constants and batch normalization folded (ONNX Runtime's basic level): the same standard
 * operators and the same symbolic dimensions, runnable everywhere. Weights go to `<output>.data` beside it where the
 * model would grow past 1.5 GiB.
 * @throws RuntimeError where the result has operators of domains that the model does not use, other Q/DQ steps than
 * before, or casts around float16 operators that this machine lacks.
 */
export async function optimizeBasic(
  ort: OnnxRuntime,
  machine: MachineSettings,
  modelFile: string,
  outputFile: string
): Promise<void> {
  await assertReadable(modelFile)
  const before = await parseModel(modelFile)
  const dataFile = `${basename(outputFile)}.data`
  const external = (await totalBytes(modelFile, before)) > EMBED_LIMIT_BYTES
  const partial = `${outputFile}.partial`
  try {
    const native = await createNative(ort, modelFile, {
      ...nativeSettings({ provider: 'cpu', threads: 1, optimization: 'basic' }, machine, {
        ...KEEP_QUANTIZATION,
        ...(external ? externalInitializers(dataFile) : {})
      }),
      optimizedModelFilePath: partial
    })
    await native.release()
    const { proto } = await parseModel(partial)
    assertSameKind(before.proto, proto, basename(modelFile))
    proto.opsetImport = usedImports(before.proto, proto)
    await writeFile(partial, toBinary(ModelProtoSchema, proto))
    await rename(partial, outputFile)
  } catch (error) {
    await rm(partial, { force: true })
    if (external) await rm(join(dirname(outputFile), dataFile), { force: true })
    if (error instanceof RuntimeError || error instanceof FileError) throw error
    throw new FileError(`${outputFile} cannot be written: ${messageOf(error)}`, undefined, { cause: error })
  }
}

/** Lets ONNX Runtime write weights beside an optimized model instead of into it. */
export function externalInitializers(dataFile: string): SessionConfig {
  return {
    'session.optimized_model_external_initializers_file_name': dataFile,
    'session.optimized_model_external_initializers_min_size_in_bytes': '1024'
  }
}

async function totalBytes(modelFile: string, { bytes, graph }: ParsedModel): Promise<number> {
  const sizes = await Promise.all(
    externalFiles(graph, modelFile).map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0
      )
    )
  )
  return sizes.reduce((total, size) => total + size, bytes.length)
}

/** ONNX Runtime imports every domain that it knows; other tools refuse domains that they do not. */
function usedImports(before: ModelProto, after: ModelProto): OperatorSetIdProto[] {
  const wanted = new Set([...domains(after), ...before.opsetImport.map(({ domain }) => normalized(domain))])
  return after.opsetImport.filter(({ domain }) => wanted.has(normalized(domain)))
}

function assertSameKind(before: ModelProto, after: ModelProto, name: string): void {
  const known = domains(before).add('')
  const foreign = [...domains(after)].find((domain) => !known.has(domain))
  if (foreign !== undefined) {
    throw new RuntimeError(`${name}: basic optimization put operators of the domain "${foreign}" into the model`)
  }
  for (const op of ['QuantizeLinear', 'Cast']) {
    const [had, has] = [count(before, op), count(after, op)]
    if (has > had) {
      throw new RuntimeError(
        `${name}: basic optimization added ${has - had} ${op} nodes`,
        op === 'Cast' ? 'the reference must be an FP32 model: export it without float16 operators' : undefined
      )
    }
  }
}

function count({ graph }: ModelProto, op: string): number {
  return graph === undefined ? 0 : [...allNodes(graph)].filter(({ opType }) => opType === op).length
}

function domains({ graph }: ModelProto): Set<string> {
  return new Set(graph === undefined ? [] : Array.from(allNodes(graph), ({ domain }) => normalized(domain)))
}

function normalized(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain
}
