import { create } from '@bufbuild/protobuf'
import { FileError } from '../errors.js'
import type { OnnxModel } from './onnx.js'
import { OperatorSetIdProtoSchema, type ModelProto, type NodeProto, type OperatorSetIdProto } from './proto/onnx_pb.js'
import { tensorElements } from './raw.js'

/** The standard operators have the empty domain; `ai.onnx` is its long name. */
export function isDefaultDomain(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx'
}

/** Whether the node is the standard operator of that name. */
export function isStandard({ opType, domain }: NodeProto, op: string): boolean {
  return opType === op && isDefaultDomain(domain)
}

export function defaultOpset({ opsetImport }: ModelProto): OperatorSetIdProto | undefined {
  return opsetImport.find(({ domain }) => isDefaultDomain(domain))
}

/** Version of the standard operator set. */
export function opsetVersion(model: OnnxModel): number {
  const opset = defaultOpset(model.proto)
  if (opset === undefined) throw new FileError(`${model.file}: the ONNX model imports no operator set`)
  return Number(opset.version)
}

/** Sets the version of an operator set, importing it if need be; rewrites no node. */
export function setOpsetVersion(model: OnnxModel, version: number, domain = ''): void {
  const { proto } = model
  const entry = isDefaultDomain(domain)
    ? defaultOpset(proto)
    : proto.opsetImport.find((candidate) => candidate.domain === domain)
  if (entry === undefined) {
    proto.opsetImport.push(create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }))
  } else {
    entry.version = BigInt(version)
  }
}

/** Elements of all initializers of the graph. */
export function parameterCount(model: OnnxModel): number {
  return model.graph.initializer.reduce((sum, tensor) => sum + tensorElements(tensor), 0)
}
