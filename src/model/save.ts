import { create } from '@bufbuild/protobuf'
import { realpath } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { FileError } from '../errors.js'
import { externalRegion } from './external.js'
import { definedNames } from './graph.js'
import type { OnnxModel } from './onnx.js'
import { isDefaultDomain } from './opset.js'
import {
  StringStringEntryProtoSchema,
  TensorProto_DataLocation as Location,
  type GraphProto,
  type ModelProto,
  type TensorProto
} from './proto/onnx_pb.js'
import { bitsOf } from './types.js'
import { isExternal, rawBytes } from './raw.js'
import { regionBytes } from './region.js'
import { nestedTensors, nodesOf } from './visit.js'
import { copyWith, externalTensor, inlineTensor, modelChunks, totalLength } from './wire.js'
import { writeFiles, type Chunk } from './write.js'

export interface SaveOptions {
  /** Weights go to `<file>.data` when all initializers together have more bytes than this. */
  readonly externalDataThreshold?: number
}

/** A protobuf message ends at 2 GiB: 1.9 leave room for the graph. */
const EXTERNAL_DATA_THRESHOLD = Math.floor(1.9 * 2 ** 30)
const MAX_BYTES = 2 ** 31 - 1
/** Shapes and axes stay inline, where shape inference looks for them: the same limit as onnx's own. */
export const MIN_EXTERNAL_BYTES = 1024
/** A memory page: external weights can be mapped. */
const ALIGNMENT = 4096

/**
 * Writes the model, whole or not at all, without its weights passing through memory at once. They lie inside the file
 * up to the threshold, else in `<file>.data`; weights that were external are copied. Types noted for tensors that are
 * no more, and imports of operator sets that no node uses, are left out.
 * @throws FileError where the file cannot be written, or where it would replace weights that the model still reads.
 */
export async function saveModel(model: OnnxModel, file: string, options: SaveOptions = {}): Promise<void> {
  const path = resolve(file)
  const dataPath = `${path}.data`
  for (const tensor of nestedTensors(model.proto)) takeIn(tensor, model)

  const weights = model.graph.initializer.map((tensor) => {
    return { tensor, bytes: isExternal(tensor) ? externalRegion(tensor, model.directory) : rawBytes(tensor) }
  })
  const total = totalLength(weights.map(({ bytes }) => bytes))
  const external = total > (options.externalDataThreshold ?? EXTERNAL_DATA_THRESHOLD)
  const data: Chunk[] = []
  let end = 0
  const initializers = weights.map(({ tensor, bytes }) => {
    if (!external || bytes.length < MIN_EXTERNAL_BYTES || bitsOf(tensor.dataType) === undefined) {
      return inlineTensor(tensor, bytes)
    }
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT
    data.push({ zeros: offset - end }, bytes)
    end = offset + bytes.length
    const entries = Object.entries({ location: basename(dataPath), offset: `${offset}`, length: `${bytes.length}` })
    return externalTensor(
      tensor,
      entries.map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }))
    )
  })

  const chunks = modelChunks(usedImports(model.proto), liveValueInfo(model.graph), initializers)
  if (totalLength(chunks) > MAX_BYTES) {
    throw new FileError(`cannot write the model ${path}: constants inside its nodes take over 2 GiB`)
  }
  // The model last: it never refers to data that are not there.
  const files = data.length > 0 ? [{ file: dataPath, chunks: data }] : []
  const sources = weights.flatMap(({ bytes }) => ('file' in bytes ? [bytes.file] : []))
  await refuseOverwriting(sources, [path, ...files.map(({ file }) => file)])
  await writeFiles([...files, { file: path, chunks }])
}

/** Constants inside nodes are small: external ones come into the model, which does not change their value. */
export function takeIn(tensor: TensorProto, model: OnnxModel): void {
  if (!isExternal(tensor)) return
  tensor.rawData = regionBytes(externalRegion(tensor, model.directory))
  tensor.externalData = []
  tensor.dataLocation = Location.DEFAULT
}

export function usedImports(proto: ModelProto): ModelProto {
  const used = new Set([...nodesOf(proto)].map(({ domain }) => domain))
  return copyWith(proto, {
    opsetImport: proto.opsetImport.filter(({ domain }) => isDefaultDomain(domain) || used.has(domain))
  })
}

export function liveValueInfo(graph: GraphProto): GraphProto {
  const names = definedNames(graph)
  return copyWith(graph, { valueInfo: graph.valueInfo.filter(({ name }) => names.has(name)) })
}

async function refuseOverwriting(sources: readonly string[], targets: readonly string[]): Promise<void> {
  if (sources.length === 0) return
  const real = (path: string): Promise<string> => realpath(path).catch(() => path)
  const inUse = new Set(await Promise.all([...new Set(sources)].map(real)))
  for (const target of targets) {
    if (inUse.has(await real(target))) {
      throw new FileError(`cannot write ${target}: the model reads its weights from this file`, 'choose another name')
    }
  }
}
