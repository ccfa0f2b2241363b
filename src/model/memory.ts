import { create, toBinary } from '@bufbuild/protobuf'
import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, relative, sep } from 'node:path'
import { externalRegion, type FileRegion } from './external.js'
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
import { regionBytes } from './region.js'
import { bitsOf } from './types.js'
import { unreadRegion, UNREAD_BYTES } from './unread.js'
import { nestedTensors } from './visit.js'
import { copyWith } from './wire.js'

/** A model that is no file: a graph, and where its weights lie, as files that the graph names. */
export interface ModelInMemory {
  readonly bytes: Uint8Array
  /** The folder of files on disk; undefined: all are buffers. */
  readonly folder?: string
  readonly files: readonly { readonly path: string; readonly data: Uint8Array }[]
}

/**
 * The model as ONNX Runtime takes it from memory. Weights stay where they are, in the files that they came from or in
 * buffers, so that nothing is encoded or written. ONNX Runtime takes them from one or the other: where some are in
 * buffers, those in files are read. The files have to stay as they are while a session uses them.
 */
export function inMemory(model: OnnxModel): ModelInMemory {
  for (const tensor of nestedTensors(model.proto)) takeIn(tensor, model)
  return fromFiles(model) ?? fromBuffers(model)
}

/** undefined: weights in buffers, or files without a folder in common (drives of Windows). */
function fromFiles(model: OnnxModel): ModelInMemory | undefined {
  const { initializer } = model.graph
  const regions = new Map<TensorProto, FileRegion>()
  for (const tensor of initializer) {
    const region = isExternal(tensor) ? externalRegion(tensor, model.directory) : unreadRegion(tensor.rawData)
    const named = region !== undefined && region.length >= MIN_EXTERNAL_BYTES && bitsOf(tensor.dataType) !== undefined
    if (named) regions.set(tensor, { ...region, file: realpathSync(region.file) })
    else if ((expectedBytes(tensor) ?? 0) >= UNREAD_BYTES) return undefined
  }
  const folder = commonFolder([...regions.values()].map(({ file }) => file))
  if (folder === undefined) return undefined
  const initializers = initializer.map((tensor) => {
    const region = regions.get(tensor)
    if (region === undefined) return inline(tensor, model)
    return reference(tensor, { ...region, file: relative(folder, region.file).split(sep).join('/') })
  })
  return { bytes: encode(model, initializers), folder, files: [] }
}

/** The folder that all files lie below; undefined: there is none. */
function commonFolder(files: readonly string[]): string | undefined {
  const [first, ...others] = new Set(files.map((file) => dirname(file)))
  const isBelow = (folder: string, above: string): boolean => {
    const way = relative(above, folder)
    return !isAbsolute(way) && way.split(sep)[0] !== '..'
  }
  let folder: string | undefined = first
  while (folder !== undefined && !others.every((other) => isBelow(other, folder ?? ''))) {
    folder = dirname(folder) === folder ? undefined : dirname(folder)
  }
  return folder
}

function reference({ name, dataType, dims }: TensorProto, { file, offset, length }: FileRegion): TensorProto {
  const entries = { location: file, offset: `${offset}`, length: `${length}` }
  const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }))
  return create(TensorProtoSchema, { name, dataType, dims, externalData, dataLocation: Location.EXTERNAL })
}

function fromBuffers(model: OnnxModel): ModelInMemory {
  const files = new Map<ArrayBufferLike, { path: string; data: Uint8Array }>()
  const fileOf = (buffer: ArrayBufferLike): string => {
    const file = files.get(buffer) ?? { path: `weights/${files.size}`, data: new Uint8Array(buffer) }
    files.set(buffer, file)
    return file.path
  }
  const initializers = model.graph.initializer.map((tensor) => {
    const bytes = isExternal(tensor) ? regionBytes(externalRegion(tensor, model.directory)) : rawBytes(tensor)
    if (bytes.length < MIN_EXTERNAL_BYTES || bitsOf(tensor.dataType) === undefined) return inline(tensor, model)
    return reference(tensor, { file: fileOf(bytes.buffer), offset: bytes.byteOffset, length: bytes.length })
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
  const { proto, graph } = model
  const isWeight = (tensor: TensorProto): boolean => (expectedBytes(tensor) ?? 0) >= MIN_EXTERNAL_BYTES
  const weights = graph.initializer.filter(isWeight)
  const listed = new Set(graph.input.map(({ name }) => name))
  const input = [...graph.input, ...weights.filter(({ name }) => !listed.has(name)).map(asInput)]
  const constants = graph.initializer.filter((tensor) => !isWeight(tensor)).map((tensor) => inline(tensor, model))
  const bytes = encode({ proto, graph: copyWith(graph, { input }) }, constants)
  return { bytes, weights: new Set(weights.map(({ name }) => name)) }
}

function inline(tensor: TensorProto, model: OnnxModel): TensorProto {
  takeIn(tensor, model)
  return unreadRegion(tensor.rawData) === undefined ? tensor : copyWith(tensor, { rawData: rawBytes(tensor) })
}

function asInput({ name, dataType: elemType, dims }: TensorProto): ValueInfoProto {
  const shape = { dim: dims.map((value) => ({ value: { case: 'dimValue' as const, value } })) }
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: { elemType, shape } } } })
}

function encode({ proto, graph }: Pick<OnnxModel, 'proto' | 'graph'>, initializer: TensorProto[]): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    copyWith(usedImports(proto), { graph: copyWith(liveValueInfo(graph), { initializer }) })
  )
}
