import { toBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { FileRegion } from './external.js'
import {
  GraphProtoSchema,
  ModelProtoSchema,
  TensorProto_DataLocation as Location,
  TensorProtoSchema,
  type GraphProto,
  type ModelProto,
  type StringStringEntryProto,
  type TensorProto
} from './proto/onnx_pb.js'
import { chunkLength, type Chunk } from './write.js'

// Messages are written field by field where they hold weights, so that these never pass through an encoder: a message
// is the concatenation of its fields, in any order. Numbers as in onnx.proto.
const MODEL_GRAPH = 7
const GRAPH_INITIALIZER = 5
const TENSOR_RAW_DATA = 9

/** The bytes of a model whose initializers are written apart. */
export function modelChunks(
  proto: ModelProto,
  graph: GraphProto,
  initializers: readonly (readonly Chunk[])[]
): Chunk[] {
  const chunks: Chunk[] = [toBinary(GraphProtoSchema, copyWith(graph, { initializer: [] }))]
  for (const tensor of initializers) chunks.push(fieldHeader(GRAPH_INITIALIZER, totalLength(tensor)), ...tensor)
  const rest = toBinary(ModelProtoSchema, copyWith(proto, {}, ['graph']))
  return [rest, fieldHeader(MODEL_GRAPH, totalLength(chunks)), ...chunks]
}

/** A tensor with its values inside; those in `bytes` replace every other form that it holds them in. */
export function inlineTensor(tensor: TensorProto, bytes: Uint8Array | FileRegion): Chunk[] {
  if (bytes.length === 0) {
    return [toBinary(TensorProtoSchema, copyWith(tensor, { externalData: [] }, ['dataLocation']))]
  }
  const head = copyWith(tensor, { ...NO_VALUES, externalData: [] }, ['rawData', 'dataLocation'])
  return [toBinary(TensorProtoSchema, head), fieldHeader(TENSOR_RAW_DATA, bytes.length), bytes]
}

/** A tensor whose values lie in another file. */
export function externalTensor(tensor: TensorProto, externalData: StringStringEntryProto[]): Chunk[] {
  const head = copyWith(tensor, { ...NO_VALUES, externalData, dataLocation: Location.EXTERNAL }, ['rawData'])
  return [toBinary(TensorProtoSchema, head)]
}

export function totalLength(chunks: readonly Chunk[]): number {
  return chunks.reduce((sum, chunk) => sum + chunkLength(chunk), 0)
}

/** A shallow copy with fields changed or unset. In proto2, a field is set where it is the message's own property. */
export function copyWith<T extends object>(message: T, changes: Partial<T>, unset: readonly (keyof T)[] = []): T {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(message) as object) as T, message, changes)
  for (const field of unset) delete copy[field]
  return copy
}

const NO_VALUES: Partial<TensorProto> = {
  floatData: [],
  int32Data: [],
  int64Data: [],
  doubleData: [],
  uint64Data: []
}

function fieldHeader(field: number, length: number): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(length).finish()
}
