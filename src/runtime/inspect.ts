import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type GraphProto, loadModel, type OnnxModel, withoutWeights } from '../model/index.js'
import type { OnnxRuntime } from './binding.js'
import { assertReadable, createNative, toValueInfo } from './session.js'
import { type MachineSettings, nativeSettings } from './settings.js'
import type { ValueInfo } from './types.js'

/**
 * Element type and shape of every graph input and every output of a node, as ONNX Runtime infers them without
 * optimizing. Nodes inside If, Loop and Scan bodies are not listed.
 *
 * Types and shapes follow from those of the weights, not from their values, so ONNX Runtime gets the graph without them
 * (ResNet-50: 6 ms in place of 130). Where it wants a value (a kernel may insist on a constant), it gets the whole model.
 *
 * @param known what `loadModel` made of the file, where the caller has done that; its nodes and weights stay as they are.
 */
export async function inspectModel(
  ort: OnnxRuntime,
  machine: MachineSettings,
  modelFile: string,
  known?: OnnxModel
): Promise<ReadonlyMap<string, ValueInfo>> {
  await assertReadable(modelFile)
  const folder = dirname(modelFile)
  const model = known ?? (await loadModel(modelFile, { workspace: folder }))
  const settings = nativeSettings({ provider: 'cpu', threads: 1, optimization: 'disabled' }, machine, {
    // Bytes have no folder of their own. External data stays where it is, and nothing is written anywhere.
    'session.model_external_initializers_file_folder_path': folder
  })
  const marks = outputMarks(innerTensors(model.graph))
  const { bytes, weights } = withoutWeights(model)
  const native = await createNative(ort, modelFile, settings, Buffer.concat([bytes, marks])).catch(async () =>
    createNative(ort, modelFile, settings, await readWithTail(modelFile, marks))
  )
  try {
    const values = [...native.inputMetadata, ...native.outputMetadata].map(toValueInfo)
    return new Map(values.filter(({ name }) => !weights.has(name)).map((value) => [value.name, value]))
  } finally {
    await native.release()
  }
}

function innerTensors(graph: GraphProto): Set<string> {
  const outputs = new Set(graph.output.map(({ name }) => name))
  return new Set(graph.node.flatMap(({ output }) => output).filter((name) => name !== '' && !outputs.has(name)))
}

/**
 * `ModelProto { graph { output { name } … } }` (fields 7, 12 and 1) and nothing else. Behind a model's bytes it adds
 * outputs to the graph: a parser merges a message that comes twice (protobuf.dev, "Encoding: Last One Wins"), so that
 * no weight is decoded or encoded again. A name is enough; ONNX Runtime infers type and shape.
 */
function outputMarks(names: Iterable<string>): Uint8Array {
  const writer = new BinaryWriter()
  writer.tag(7, WireType.LengthDelimited).fork()
  for (const name of names) {
    writer.tag(12, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(name).join()
  }
  return writer.join().finish()
}

/** The file's bytes and then the tail, without a second copy of the weights. */
async function readWithTail(file: string, tail: Uint8Array): Promise<Uint8Array> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const bytes = Buffer.allocUnsafe(size + tail.length)
    for (let done = 0; done < size;) {
      const { bytesRead } = await handle.read(bytes, done, Math.min(size - done, 2 ** 30), done)
      if (bytesRead === 0) throw new Error(`${file} became shorter while it was read`)
      done += bytesRead
    }
    bytes.set(tail, size)
    return bytes
  } finally {
    await handle.close()
  }
}
