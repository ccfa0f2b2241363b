import type { GraphProto, ModelProto } from './proto/onnx_pb.js'

export type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  TypeProto,
  ValueInfoProto
} from './proto/onnx_pb.js'

/** A model in memory. Weights are views on the bytes of its file, or references to external data files beside it. */
export interface OnnxModel {
  readonly proto: ModelProto
  readonly graph: GraphProto
  /** The file it was loaded from. */
  readonly file: string
  /** The folder that external data locations are relative to. */
  readonly directory: string
}
