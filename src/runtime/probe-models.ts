import { create, toBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema, type ModelProto } from '../model/proto/onnx_pb.js'

const FLOAT = 1
const UINT8 = 2
const INT8 = 3
const INT32 = 6

type Node = { opType: string; input: string[]; output: string[] }
type Value = { name: string; elemType: number; dims: readonly number[] }

/** One 1x1 convolution with weight 2: `y = 2 x`, shapes [1,1,2,2]. Convolution pulls in cuDNN and its like. */
export function convolutionModel(): Uint8Array {
  return model(
    { opType: 'Conv', input: ['x', 'w'], output: ['y'] },
    value('x', FLOAT, [1, 1, 2, 2]),
    value('y', FLOAT, [1, 1, 2, 2]),
    {
      ...value('w', FLOAT, [1, 1, 1, 1]),
      rawData: new Uint8Array(Float32Array.of(2).buffer)
    }
  )
}

/** Rows of `dotProductModel`'s weight. */
export const DOT_LENGTH = 64

/** `y[1,16] int32 = a[1,64] uint8 x w[64,16] int8`, every weight 127: the largest sums that a convolution can ask for. */
export function dotProductModel(): Uint8Array {
  const columns = 16
  return model(
    { opType: 'MatMulInteger', input: ['a', 'w'], output: ['y'] },
    value('a', UINT8, [1, DOT_LENGTH]),
    value('y', INT32, [1, columns]),
    { ...value('w', INT8, [DOT_LENGTH, columns]), rawData: new Uint8Array(DOT_LENGTH * columns).fill(127) }
  )
}

function value(name: string, elemType: number, dims: readonly number[]): Value {
  return { name, elemType, dims }
}

function model(node: Node, input: Value, output: Value, weight: Value & { rawData: Uint8Array }): Uint8Array {
  const proto: ModelProto = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ domain: '', version: 13n }],
    graph: {
      name: 'probe',
      node: [node],
      input: [valueInfo(input)],
      output: [valueInfo(output)],
      initializer: [
        { name: weight.name, dataType: weight.elemType, dims: weight.dims.map(BigInt), rawData: weight.rawData }
      ]
    }
  })
  return toBinary(ModelProtoSchema, proto)
}

function valueInfo({ name, elemType, dims }: Value) {
  const shape = { dim: dims.map((size) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } })) }
  return { name, type: { value: { case: 'tensorType' as const, value: { elemType, shape } } } }
}
