import {
  makeNode,
  makeTensor,
  tensorData,
  uniqueNamer,
  type AttributeValue,
  type GraphIndex,
  type NodeProto,
  type OnnxModel
} from '../../model/index.js'
import type { Tensor } from '../../tensor.js'
import type { QuantizationParameters } from '../scale.js'

/** Adds constants and Q/DQ nodes to a graph under names that nothing else has. Nodes are placed by `added`'s owner. */
export class QdqNodes {
  readonly added: NodeProto[] = []
  readonly unique: (base: string) => string

  constructor(
    readonly model: OnnxModel,
    /** Of the graph before any edit. */
    readonly index: GraphIndex
  ) {
    this.unique = uniqueNamer(model.graph)
  }

  constant(base: string, tensor: Tensor): string {
    const name = this.unique(base)
    this.model.graph.initializer.push(makeTensor(name, tensor))
    return name
  }

  /** source -> QuantizeLinear -> DequantizeLinear -> target, with the names of `name`. */
  pair(name: string, source: string, target: string, scale: Tensor, zeroPoint: Tensor, axis?: number): void {
    const constants = [this.constant(`${name}_scale`, scale), this.constant(`${name}_zero_point`, zeroPoint)]
    const quantized = this.unique(`${name}_QuantizeLinear_Output`)
    this.node('QuantizeLinear', name, [source, ...constants], quantized, axis)
    this.node('DequantizeLinear', name, [quantized, ...constants], target, axis)
  }

  /** Stored codes and a DequantizeLinear; the name of what it makes. */
  dequantized(name: string, codes: Tensor, scale: Tensor, zeroPoint: Tensor, axis?: number): string {
    const target = this.unique(`${name}_DequantizeLinear_Output`)
    const inputs = [
      this.constant(`${name}_quantized`, codes),
      this.constant(`${name}_scale`, scale),
      this.constant(`${name}_zero_point`, zeroPoint)
    ]
    this.node('DequantizeLinear', name, inputs, target, axis)
    return target
  }

  /** A float32 initializer; undefined for anything else. */
  floats(name: string): { readonly data: Float32Array; readonly dims: readonly number[] } | undefined {
    const initializer = this.index.initializer(name)
    if (initializer === undefined) return undefined
    const { data, dims } = tensorData(this.model, initializer)
    return data instanceof Float32Array ? { data, dims } : undefined
  }

  private node(op: string, name: string, inputs: readonly string[], output: string, axis: number | undefined): void {
    const attributes: Record<string, AttributeValue> = axis === undefined ? {} : { axis: { int: axis } }
    this.added.push(makeNode(op, inputs, [output], { name: this.unique(`${name}_${op}`), attributes }))
  }
}

/** A scalar for one scale, a vector along the axis for several. */
export function scaleTensor(scales: Float32Array, axis: number | undefined): Tensor {
  return { type: 'float32', dims: axis === undefined ? [] : [scales.length], data: scales }
}

export function activationScale({ scale }: QuantizationParameters): Tensor {
  return scaleTensor(Float32Array.of(scale), undefined)
}

export function activationZeroPoint({ type, zeroPoint }: QuantizationParameters): Tensor {
  return type === 'int8'
    ? { type, dims: [], data: Int8Array.of(zeroPoint) }
    : { type, dims: [], data: Uint8Array.of(zeroPoint) }
}
