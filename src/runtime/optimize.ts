import { mkdir } from 'node:fs/promises'
import { basename, dirname, join, parse, resolve } from 'node:path'
import { RuntimeError } from '../errors.js'
import {
  isDefaultDomain,
  loadModel,
  modelSize,
  type NodeProto,
  type OnnxModel,
  saveModel,
  subgraphsOf
} from '../model/index.js'
import { asFileError, withTemporaryFolder } from '../util/files.js'
import type { OnnxRuntime } from './binding.js'
import { assertReadable, createNative } from './session.js'
import { type MachineSettings, nativeSettings, type SessionConfig } from './settings.js'

// A protobuf message ends at 2 GiB; ONNX Runtime refuses to write a longer one.
const EMBED_LIMIT_BYTES = 1.5 * 2 ** 30

// At the basic level these move or remove quantization, or quantize weights by themselves.
const KEEP_QUANTIZATION: SessionConfig = {
  'session.disable_double_qdq_remover': '1',
  'optimization.disable_specified_optimizers':
    'WeightBiasQuantization;QDQPropagationTransformer;DoubleQDQPairsRemover;EnsureUniqueDQForNodeUnit'
}

/**
 * Writes the model with constants and batch normalization folded (ONNX Runtime's basic level): standard operators and
 * symbolic dimensions stay what they were. Where weights go to `<output>.data` is `saveModel`'s decision.
 * @throws RuntimeError where the result has operators of domains that the model does not use, more quantization than
 * before, or casts around float16 operators that this machine lacks; FileError where the output cannot be written.
 */
export async function optimizeBasic(
  ort: OnnxRuntime,
  machine: MachineSettings,
  modelFile: string,
  outputFile: string
): Promise<void> {
  await assertReadable(modelFile)
  const workspace = parse(resolve(modelFile)).root
  const before = await loadModel(modelFile, { workspace })
  const large = (await modelSize(modelFile, { workspace })) > EMBED_LIMIT_BYTES
  const folder = dirname(resolve(outputFile))
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw asFileError(error, outputFile)
  })
  // Beside the output, because it is as large as the output.
  await withTemporaryFolder(
    async (temporary) => {
      const optimized = join(temporary, 'optimized.onnx')
      const native = await createNative(ort, modelFile, {
        ...nativeSettings({ provider: 'cpu', threads: 1, optimization: 'basic' }, machine, {
          ...KEEP_QUANTIZATION,
          ...(large ? externalInitializers('optimized.data') : {})
        }),
        optimizedModelFilePath: optimized
      })
      await native.release()
      const after = await loadModel(optimized, { workspace: temporary })
      assertSameKind(before, after)
      await saveModel(after, outputFile)
    },
    dirname(resolve(outputFile))
  )
}

/** Lets ONNX Runtime write weights beside an optimized model instead of into it. */
export function externalInitializers(dataFile: string): SessionConfig {
  return {
    'session.optimized_model_external_initializers_file_name': dataFile,
    'session.optimized_model_external_initializers_min_size_in_bytes': '1024'
  }
}

function assertSameKind(before: OnnxModel, after: OnnxModel): void {
  const [had, has] = [[...nodesOf(before)], [...nodesOf(after)]]
  const name = basename(before.file)
  const domains = new Set(had.map(({ domain }) => domain))
  const foreign = has.find(({ domain }) => !isDefaultDomain(domain) && !domains.has(domain))
  if (foreign !== undefined) {
    throw new RuntimeError(`${name}: basic optimization put ${foreign.domain}:${foreign.opType} into the model`)
  }
  for (const [op, hint] of [
    ['QuantizeLinear', undefined],
    ['Cast', 'the reference must be an FP32 model: export it without float16 operators']
  ] as const) {
    const added = count(has, op) - count(had, op)
    if (added > 0) throw new RuntimeError(`${name}: basic optimization added ${added} ${op} nodes`, hint)
  }
}

function count(nodes: readonly NodeProto[], op: string): number {
  return nodes.filter(({ opType }) => opType === op).length
}

/** Nodes of the graph, of bodies inside it, and of local functions (which the optimizer inlines). */
function* nodesOf({ proto, graph }: OnnxModel): Generator<NodeProto> {
  const pending = [...graph.node, ...proto.functions.flatMap(({ node }) => node)]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    yield node
    for (const body of subgraphsOf(node)) pending.push(...body.node)
  }
}
