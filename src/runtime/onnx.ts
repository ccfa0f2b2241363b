import { fromBinary } from '@bufbuild/protobuf'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { basename } from 'node:path'
import { FileError, messageOf } from '../errors.js'
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  TensorProto_DataLocation
} from '../model/proto/onnx_pb.js'

/** Bytes of a model file and the message that shares them. */
export interface ParsedModel {
  readonly bytes: Uint8Array
  readonly proto: ModelProto
  readonly graph: GraphProto
}

/** @throws FileError where the file is no ONNX model. */
export async function parseModel(modelFile: string): Promise<ParsedModel> {
  const bytes = await readFile(modelFile).catch((error: unknown) => {
    throw new FileError(`the model ${modelFile} cannot be read: ${messageOf(error)}`, undefined, { cause: error })
  })
  try {
    const proto = fromBinary(ModelProtoSchema, bytes)
    if (proto.graph !== undefined) return { bytes, proto, graph: proto.graph }
  } catch (error) {
    throw notAModel(modelFile, error)
  }
  throw notAModel(modelFile)
}

function notAModel(modelFile: string, cause?: unknown): FileError {
  return new FileError(
    `${basename(modelFile)} is not an ONNX model, or is cut short`,
    'compare its size and checksum with the original; a partial download or an aborted export look like this',
    { cause }
  )
}

/** Nodes of the graph and of the bodies of If, Loop and Scan inside it. */
export function* allNodes(graph: GraphProto): Generator<NodeProto> {
  for (const node of graph.node) {
    yield node
    for (const { g, graphs } of node.attribute) {
      if (g !== undefined) yield* allNodes(g)
      for (const body of graphs) yield* allNodes(body)
    }
  }
}

/** Paths of the external data files that the graph's weights lie in. */
export function externalFiles(graph: GraphProto, modelFile: string): string[] {
  const names = graph.initializer
    .filter(({ dataLocation }) => dataLocation === TensorProto_DataLocation.EXTERNAL)
    .flatMap(({ externalData }) => externalData.filter(({ key }) => key === 'location').map(({ value }) => value))
  return [...new Set(names)].map((name) => join(dirname(modelFile), name))
}
