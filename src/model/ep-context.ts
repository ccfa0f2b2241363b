import { create, toBinary } from '@bufbuild/protobuf'
import { AttributeProto_AttributeType as Type, AttributeProtoSchema } from './proto/onnx_pb.js'
import { GraphProtoSchema, ModelProtoSchema, OperatorSetIdProtoSchema, type ModelProto } from './proto/onnx_pb.js'
import { makeNode } from './nodes.js'
import type { OnnxModel } from './onnx.js'

/** ONNX Runtime's domain of operators that are no standard. */
const DOMAIN = 'com.microsoft'
const IR_VERSION = 8n
const OPSET = 17n

/**
 * A model of one com.microsoft:EPContext node that holds a finished TensorRT engine: ONNX Runtime's TensorRT provider
 * runs it as it is and builds nothing. Inputs and outputs are those of the ONNX model that the engine was built of, in its
 * order.
 * Source: ONNX Runtime, docs/execution-providers/EP-Context-Design and TensorRT's onnx_ctx_model_helper.cc.
 *
 * @param engine a serialized plan for this GPU and this version of TensorRT; nobody else can read it.
 */
export function wrapEngine({ graph }: OnnxModel, engine: Uint8Array, modelName: string): ModelProto {
  const weights = new Set(graph.initializer.map(({ name }) => name))
  const input = graph.input.filter(({ name }) => !weights.has(name))
  const node = makeNode(
    'EPContext',
    input.map(({ name }) => name),
    graph.output.map(({ name }) => name),
    {
      name: 'engine',
      domain: DOMAIN,
      attributes: {
        main_context: { int: 1 },
        embed_mode: { int: 1 },
        source: { string: 'TensorrtExecutionProvider' },
        onnx_model_filename: { string: modelName }
      }
    }
  )
  // The engine is bytes in a string attribute.
  node.attribute.push(create(AttributeProtoSchema, { name: 'ep_cache_context', type: Type.STRING, s: engine }))
  return create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: 'precision-gate',
    opsetImport: [
      create(OperatorSetIdProtoSchema, { domain: '', version: OPSET }),
      create(OperatorSetIdProtoSchema, { domain: DOMAIN, version: 1n })
    ],
    graph: create(GraphProtoSchema, { name: 'engine', node: [node], input, output: graph.output })
  })
}

/** The bytes of a model's file. */
export function encodeModel(proto: ModelProto): Uint8Array {
  return toBinary(ModelProtoSchema, proto)
}
