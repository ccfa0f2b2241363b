import { fromBinary } from '@bufbuild/protobuf'
import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { FileError } from '../errors.js'
import { validateExternal, type FileRegion } from './external.js'
import { fileErrorFrom } from '../util/file-errors.js'
import type { OnnxModel } from './onnx.js'
import { defaultOpset } from './opset.js'
import { ModelProtoSchema, type ModelProto, type TensorProto } from './proto/onnx_pb.js'
import { expectedBytes, isExternal, moveToRaw } from './raw.js'
import { recognize } from './recognize.js'
import { readButWeights } from './unread.js'
import { attributeTensors, nestedTensors } from './visit.js'

export interface LoadOptions {
  /** Folder that external data may not lead out of, symbolic links resolved. */
  readonly workspace: string
  /** The file's bytes, where they have been read. */
  readonly bytes?: Uint8Array
}

/** A protobuf message, and one Node.js read, end here. */
const MAX_BYTES = 2 ** 31 - 1

/**
 * Loads an ONNX model. Weights stay views on the file's bytes; values stored as `float_data` and the like become raw
 * bytes once. External data are checked (inside the workspace, long enough) and not read.
 * @throws FileError naming the file, what it is instead, and what to do.
 */
export async function loadModel(file: string, { workspace, bytes }: LoadOptions): Promise<OnnxModel> {
  const path = resolve(file)
  const proto = decodeModel(bytes ?? (await readModelBytes(path)), path)
  const { graph } = proto
  if (graph === undefined) throw new FileError(`${path}: the ONNX model has no graph`)
  if (defaultOpset(proto) === undefined) {
    throw new FileError(`${path}: the ONNX model imports no operator set`, 'export it again with opset 13 or later')
  }
  const model: OnnxModel = { proto, graph, file: path, directory: dirname(path) }
  for (const node of graph.node) {
    for (const attribute of node.attribute) for (const tensor of attributeTensors(attribute)) moveToRaw(tensor)
  }
  for (const tensor of graph.initializer) {
    moveToRaw(tensor)
    checkSize(tensor, path)
  }
  await externalRegions(model, workspace)
  return model
}

/** The checked regions of every external tensor: initializers in order, then those inside nodes. */
export async function externalRegions(model: OnnxModel, workspace: string): Promise<FileRegion[]> {
  const sizes = new Map<string, number>()
  const regions: FileRegion[] = []
  for (const tensor of [...model.graph.initializer, ...nestedTensors(model.proto)]) {
    if (!isExternal(tensor)) continue
    try {
      regions.push(await validateExternal(tensor, model.directory, workspace, sizes))
    } catch (error) {
      throw error instanceof FileError
        ? new FileError(`${model.file}: ${error.message}`, error.hint, { cause: error })
        : error
    }
  }
  return regions
}

export async function readModelBytes(file: string): Promise<Uint8Array> {
  return readModel(file, async () => {
    const { buffer, byteOffset, byteLength } = await readFile(file)
    return new Uint8Array(buffer, byteOffset, byteLength)
  })
}

/** The file's bytes for loadModel, but for the values of large initializers: rawBytes reads these where it is asked to. */
export async function readModelButWeights(file: string): Promise<Uint8Array> {
  return readModel(file, (size) => Promise.resolve(readButWeights(file, size)))
}

async function readModel(file: string, read: (size: number) => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    const facts = await stat(file)
    if (facts.isDirectory()) throw new FileError(`${file} is a folder, not an ONNX model`)
    if (!facts.isFile()) throw new FileError(`${file} is not a regular file`)
    if (facts.size === 0) throw new FileError(`${file} is empty`)
    if (facts.size > MAX_BYTES) {
      throw new FileError(`${file} is larger than 2 GiB, which no ONNX file can be`, 'save it with external data')
    }
    return await read(facts.size)
  } catch (error) {
    throw fileErrorFrom(error, 'cannot read the model', file)
  }
}

export function decodeModel(bytes: Uint8Array, file: string): ModelProto {
  let proto: ModelProto
  try {
    proto = fromBinary(ModelProtoSchema, bytes)
  } catch (error) {
    throw notOnnx(bytes, file, error)
  }
  // Other protobuf files decode as a model of nothing but unknown fields.
  if (proto.graph === undefined && proto.irVersion === 0n) throw notOnnx(bytes, file)
  return proto
}

function notOnnx(bytes: Uint8Array, file: string, cause?: unknown): FileError {
  const { what, hint } = recognize(bytes)
  return new FileError(`${file} is not an ONNX model: it is ${what}`, hint, { cause })
}

function checkSize(tensor: TensorProto, file: string): void {
  const expected = expectedBytes(tensor)
  if (expected === undefined || isExternal(tensor) || tensor.int32Data.length > 0) return
  if (expected === tensor.rawData.length) return
  throw new FileError(
    `${file}: initializer ${tensor.name} of shape [${tensor.dims.join(', ')}] needs ${expected} bytes and holds ${tensor.rawData.length}`,
    'export or download the model again'
  )
}
