import { create } from '@bufbuild/protobuf'
import {
  dataTypeOf,
  makeNode,
  makeTensor,
  type AttributeValue,
  type NodeOptions,
  type OnnxModel
} from '../../../src/model/index.js'
import { ValueInfoProtoSchema } from '../../../src/model/proto/onnx_pb.js'
import type { ElementType } from '../../../src/tensor.js'

/** Every node that is added has a name under this one, so that a `keep` rule covers them. */
export const ADDED = '/export'

type Attributes = Readonly<Record<string, AttributeValue>>

/** Adds what an exporter puts behind a network. Methods return the name of the tensor that they make. */
export class Surgery {
  private count = 0

  constructor(readonly model: OnnxModel) {}

  add(op: string, inputs: readonly string[], attributes: Attributes = {}, options: NodeOptions = {}): string {
    return this.several(op, inputs, 1, attributes, options)[0]
  }

  /** A node with more than one output. */
  several(
    op: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Attributes = {},
    options: NodeOptions = {}
  ): string[] {
    const name = `${ADDED}/${op}_${this.count++}`
    const tensors = Array.from({ length: outputs }, (_, i) => `${name}_output_${i}`)
    this.model.graph.node.push(makeNode(op, inputs, tensors, { ...options, name, attributes }))
    return tensors
  }

  floats(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.constant('float32', Float32Array.from(values), dims)
  }

  scalar(value: number): string {
    return this.floats([value], [])
  }

  ints(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.constant('int64', BigInt64Array.from(values.map(BigInt)), dims)
  }

  slice(tensor: string, axis: number, start: number, end: number): string {
    return this.add('Slice', [tensor, this.ints([start]), this.ints([end]), this.ints([axis])])
  }

  transpose(tensor: string, ...perm: number[]): string {
    return this.add('Transpose', [tensor], { perm: { ints: perm } })
  }

  concat(axis: number, ...tensors: string[]): string {
    return this.add('Concat', tensors, { axis: { int: axis } })
  }

  gather(tensor: string, indices: string, axis: number): string {
    return this.add('Gather', [tensor, indices], { axis: { int: axis } })
  }

  cast(tensor: string, type: ElementType): string {
    return this.add('Cast', [tensor], { to: { int: dataTypeOf(type) } })
  }

  /** Replaces all outputs of the graph. */
  outputs(
    outputs: Readonly<Record<string, readonly [tensor: string, type: ElementType, dims: (number | string)[]]>>
  ): void {
    const graph = this.model.graph
    graph.output = Object.entries(outputs).map(([name, [tensor, type, dims]]) => {
      graph.node.push(makeNode('Identity', [tensor], [name], { name: `${ADDED}/${name}` }))
      return valueInfo(name, type, dims)
    })
  }

  /** For exporters that write one image at a time. */
  fixBatch(): void {
    const [input] = this.model.graph.input
    this.model.graph.input = [valueInfo(input.name, 'float32', [1, 3, 160, 160])]
  }

  private constant(type: ElementType, data: Float32Array | BigInt64Array, dims: readonly number[]): string {
    const name = `${ADDED}/constant_${this.count++}`
    this.model.graph.initializer.push(makeTensor(name, { type, dims, data }))
    return name
  }
}

function valueInfo(name: string, type: ElementType, dims: readonly (number | string)[]) {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType: dataTypeOf(type),
          shape: {
            dim: dims.map((size) => ({
              value:
                typeof size === 'number'
                  ? { case: 'dimValue' as const, value: BigInt(size) }
                  : { case: 'dimParam' as const, value: size }
            }))
          }
        }
      }
    }
  })
}
