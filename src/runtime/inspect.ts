import { create, toBinary } from '@bufbuild/protobuf'
import { dirname } from 'node:path'
import { ModelProtoSchema } from '../model/proto/onnx_pb.js'
import type { OnnxRuntime } from './binding.js'
import { parseModel } from './onnx.js'
import { assertReadable, createNative, toValueInfo } from './session.js'
import { type MachineSettings, nativeSettings } from './settings.js'
import type { ValueInfo } from './types.js'

/**
 * Element type and shape of every graph input and every output of a node, as ONNX Runtime infers them without
 * optimizing. Nodes inside If, Loop and Scan bodies are not listed.
 */
export async function inspectModel(
  ort: OnnxRuntime,
  machine: MachineSettings,
  modelFile: string
): Promise<ReadonlyMap<string, ValueInfo>> {
  await assertReadable(modelFile)
  const { bytes, graph } = await parseModel(modelFile)
  const known = new Set(graph.output.map(({ name }) => name))
  const names = new Set(graph.node.flatMap(({ output }) => output).filter((name) => name !== '' && !known.has(name)))
  const settings = nativeSettings({ provider: 'cpu', threads: 1, optimization: 'disabled' }, machine, {
    // The bytes have no folder of their own; external data stays where it is and nothing is written anywhere.
    'session.model_external_initializers_file_folder_path': dirname(modelFile)
  })
  const native = await createNative(ort, modelFile, settings, Buffer.concat([bytes, outputMarks(names)]))
  try {
    const values = [...native.inputMetadata, ...native.outputMetadata].map(toValueInfo)
    return new Map(values.map((value) => [value.name, value]))
  } finally {
    await native.release()
  }
}

/**
 * A model message that holds nothing but graph outputs. Appended to a model's bytes it adds those outputs to the graph:
 * parsers merge a message that appears twice (protobuf.dev, "Last One Wins"), so that no weight is decoded or encoded.
 * A name is enough; ONNX Runtime infers type and shape.
 */
function outputMarks(names: Iterable<string>): Uint8Array {
  const output = Array.from(names, (name) => ({ name }))
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: { output } }))
}
