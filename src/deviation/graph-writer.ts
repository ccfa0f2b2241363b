import { create } from '@bufbuild/protobuf'
import { ValueInfoProtoSchema } from '../model/proto/onnx_pb.js'
import {
  dataTypeOf,
  makeNode,
  makeTensor,
  opsetVersion,
  uniqueNamer,
  type AttributeValue,
  type NodeProto,
  type OnnxModel
} from '../model/index.js'
import type { Tensor } from '../tensor.js'

type ReduceOp = 'ReduceSum' | 'ReduceSumSquare' | 'ReduceMax' | 'ReduceMin' | 'ReduceL1' | 'ReduceMean'

/** Axes became an input of the reductions one by one. */
const AXES_INPUT: Readonly<Record<ReduceOp, number>> = {
  ReduceSum: 13,
  ReduceSumSquare: 18,
  ReduceMax: 18,
  ReduceMin: 18,
  ReduceL1: 18,
  ReduceMean: 18
}

/** Nodes and constants that are added to a graph under names that nothing else has. */
export class GraphWriter {
  readonly nodes: NodeProto[] = []
  /** A name that nothing in the graph has. */
  readonly name: (base: string) => string
  private readonly opset: number
  private readonly constants = new Map<string, string>()

  constructor(private readonly model: OnnxModel) {
    this.name = uniqueNamer(model.graph)
    this.opset = opsetVersion(model)
  }

  /** @returns the name of the first output. */
  add(op: string, inputs: readonly string[], attributes: Record<string, AttributeValue> = {}, domain = ''): string {
    const output = this.name(`layers__${op}_${this.nodes.length}`)
    this.nodes.push(makeNode(op, inputs, [output], { name: output, attributes, domain }))
    return output
  }

  reduce(op: ReduceOp, input: string, axes: readonly number[], keepdims = false): string {
    const keep = { keepdims: { int: keepdims ? 1 : 0 } }
    return this.opset < AXES_INPUT[op]
      ? this.add(op, [input], { ...keep, axes: { ints: axes } })
      : this.add(op, [input, this.integers(axes)], keep)
  }

  cast(input: string, to: 'float32' | 'int64'): string {
    return this.add('Cast', [input], { to: { int: dataTypeOf(to) } })
  }

  /** A float32 scalar. */
  scalar(value: number): string {
    return this.constant(`float ${value}`, { type: 'float32', dims: [], data: Float32Array.of(value) })
  }

  integers(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt)
    return this.constant(`int64 ${values.join()}`, { type: 'int64', dims: [values.length], data })
  }

  /** Makes the tensor an output of the graph under a name of its own. */
  output(tensor: string): string {
    this.model.graph.output.push(create(ValueInfoProtoSchema, { name: tensor }))
    return tensor
  }

  private constant(key: string, tensor: Tensor): string {
    let name = this.constants.get(key)
    if (name === undefined) {
      name = this.name(`layers__constant_${this.constants.size}`)
      this.model.graph.initializer.push(makeTensor(name, tensor))
      this.constants.set(key, name)
    }
    return name
  }
}
