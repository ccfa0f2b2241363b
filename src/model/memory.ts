import { create, toBinary } from '@bufbuild/protobuf'
import { externalRegion } from './external.js'
import type { OnnxModel } from './onnx.js'
import {
  ModelProtoSchema,
  TensorProto_DataLocation as Location,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type TensorProto,
  type ValueInfoProto
} from './proto/onnx_pb.js'
import { expectedBytes, isExternal, rawBytes } from './raw.js'
import { liveValueInfo, MIN_EXTERNAL_BYTES, takeIn, usedImports } from './save.js'
import { regionBytes } from './tensor.js'
import { bitsOf } from './types.js'
import { nestedTensors } from './visit.js'
import { copyWith } from './wire.js'

/** A model that is no file: a graph, and the buffers that its weights lie in, as files that the graph names. */
export interface ModelInMemory {
  readonly bytes: Uint8Array
  readonly files: readonly { readonly path: string; readonly data: Uint8Array }[]
}

/**
 * The model as ONNX Runtime takes it from memory. Weights stay where they are, views on the files that they came from, so
 * that nothing is encoded or written; external ones are read.
 */
export function inMemory(model: OnnxModel): ModelInMemory {
  const files = new Map<ArrayBufferLike, { path: string; data: Uint8Array }>()
  const fileOf = (buffer: ArrayBufferLike): string => {
    const file = files.get(buffer) ?? { path: `weights/${files.size}`, data: new Uint8Array(buffer) }
    files.set(buffer, file)
    return file.path
  }
  for (const tensor of nestedTensors(model.proto)) takeIn(tensor, model)
  const initializers = model.graph.initializer.map((tensor) => {
    const bytes = isExternal(tensor) ? regionBytes(externalRegion(tensor, model.directory)) : rawBytes(tensor)
    if (bytes.length < MIN_EXTERNAL_BYTES || bitsOf(tensor.dataType) === undefined) return inline(tensor, model)
    const { name, dataType, dims } = tensor
    const entries = { location: fileOf(bytes.buffer), offset: `${bytes.byteOffset}`, length: `${bytes.length}` }
    const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }))
    return create(TensorProtoSchema, { name, dataType, dims, externalData, dataLocation: Location.EXTERNAL })
  })
  return { bytes: encode(model, initializers), files: [...files.values()] }
}

/**
 * The model with its weights as inputs of the graph: their types and shapes without their values. Small constants stay;
 * shapes and axes are among them.
 */
export function withoutWeights(model: OnnxModel): {
  readonly bytes: Uint8Array
  readonly weights: ReadonlySet<string>
} {
  const { graph } = model
  const isWeight = (tensor: TensorProto): boolean => (expectedBytes(tensor) ?? 0) >= MIN_EXTERNAL_BYTES
  const weights = graph.initializer.filter(isWeight)
  const listed = new Set(graph.input.map(({ name }) => name))
  graph.input.push(...weights.filter(({ name }) => !listed.has(name)).map(asInput))
  const constants = graph.initializer.filter((tensor) => !isWeight(tensor)).map((tensor) => inline(tensor, model))
  return { bytes: encode(model, constants), weights: new Set(weights.map(({ name }) => name)) }
}

function inline(tensor: TensorProto, model: OnnxModel): TensorProto {
  takeIn(tensor, model)
  return tensor
}

function asInput({ name, dataType: elemType, dims }: TensorProto): ValueInfoProto {
  const shape = { dim: dims.map((value) => ({ value: { case: 'dimValue' as const, value } })) }
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: { elemType, shape } } } })
}

function encode({ proto, graph }: OnnxModel, initializer: TensorProto[]): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    copyWith(usedImports(proto), { graph: copyWith(liveValueInfo(graph), { initializer }) })
  )
}
