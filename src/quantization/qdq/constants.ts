import { attributeFloat, attributeInt, removeAttribute, tensorData, type NodeProto } from '../../model/index.js'
import type { QuantizationTarget } from '../../config/types.js'
import type { Tensor } from '../../tensor.js'
import { dataInputs, WEIGHTED } from '../operators.js'
import { activationParameters, clamp, roundHalfToEven, type QuantizationParameters } from '../scale.js'
import { quantizeBias, quantizeWeight, type BiasDemand } from '../weights.js'
import { activationScale, activationZeroPoint, scaleTensor, type QdqNodes } from './writer.js'

/** Quantizes weights, biases and other constant operands of nodes. */
export class ConstantQuantizer {
  private readonly shared = new Map<string, string>()

  constructor(
    private readonly nodes: QdqNodes,
    private readonly target: QuantizationTarget,
    private readonly maxCode: number
  ) {}

  /** @param input parameters of the node's first input: the unit of its bias. */
  quantize(node: NodeProto, input: QuantizationParameters | undefined): void {
    if (WEIGHTED.has(node.opType) && this.nodes.index.initializer(node.input[1]) !== undefined) {
      this.quantizeWeights(node, input)
      return
    }
    const slots = dataInputs(node.opType)
    node.input.forEach((name, slot) => {
      if (slots !== undefined && !slots.includes(slot)) return
      const initializer = this.nodes.index.initializer(name)
      if (initializer === undefined) return
      const constant = tensorData(this.nodes.model, initializer)
      if (constant.type === 'float32') node.input[slot] = this.operand(name, constant)
    })
  }

  private quantizeWeights(node: NodeProto, input: QuantizationParameters | undefined): void {
    const name = node.input[1]
    const weight = this.nodes.floats(name)
    if (weight === undefined) return
    const axis = weightAxis(node, weight.dims)
    if (this.target === 'tensorrt') {
      const { scales } = quantizeWeight(weight.data, weight.dims, { axis, maxCode: this.maxCode })
      node.input[1] = this.weightPair(name, scales, axis)
      return
    }
    const demand = input === undefined ? undefined : this.biasDemand(node, weight.dims, axis, input)
    const { codes, scales } = quantizeWeight(weight.data, weight.dims, { axis, maxCode: this.maxCode }, demand)
    const stored: Tensor = { type: 'int8', dims: weight.dims, data: codes }
    node.input[1] = this.nodes.dequantized(
      name,
      stored,
      scaleTensor(scales, axis),
      weightZeroPoints(scales, axis),
      axis
    )
    if (demand !== undefined) this.quantizeBias(node, demand, scales)
  }

  private quantizeBias(node: NodeProto, demand: BiasDemand, weightScales: Float32Array): void {
    const { codes, scales } = quantizeBias(demand, weightScales)
    const dims = [codes.length]
    const zeroPoint: Tensor = { type: 'int32', dims, data: new Int32Array(codes.length) }
    const stored: Tensor = { type: 'int32', dims, data: codes }
    node.input[2] = this.nodes.dequantized(node.input[2], stored, scaleTensor(scales, 0), zeroPoint, 0)
    if (node.opType === 'Gemm') removeAttribute(node, 'beta')
  }

  /** The layer's bias, one value an output channel, with Gemm's beta applied; undefined where it has another form. */
  private biasDemand(
    node: NodeProto,
    dims: readonly number[],
    axis: number | undefined,
    input: QuantizationParameters
  ): BiasDemand | undefined {
    const bias = this.nodes.floats(node.input[2] ?? '')
    if (bias === undefined || axis === undefined) return undefined
    const groups = node.opType === 'ConvTranspose' ? attributeInt(node, 'group', 1) : 1
    const { length } = bias.data
    if (length !== dims[axis] * groups || bias.dims[bias.dims.length - 1] !== length) return undefined
    const beta = node.opType === 'Gemm' ? attributeFloat(node, 'beta', 1) : 1
    return { bias: beta === 1 ? bias.data : bias.data.map((value) => value * beta), inputScale: input.scale }
  }

  /** Float weights with a Q/DQ pair: what TensorRT reads. */
  private weightPair(name: string, scales: Float32Array, axis: number | undefined): string {
    return this.once(`${name} ${axis}`, () => {
      const target = this.nodes.unique(`${name}_DequantizeLinear_Output`)
      this.nodes.pair(name, name, target, scaleTensor(scales, axis), weightZeroPoints(scales, axis), axis)
      return target
    })
  }

  /** A constant operand of Add, Mul or Concat in the type of the activations. */
  private operand(name: string, { data, dims }: Tensor): string {
    return this.once(name, () => {
      const values = data as Float32Array
      const range = values.reduce((r, x) => ({ min: Math.min(r.min, x), max: Math.max(r.max, x) }), { min: 0, max: 0 })
      const parameters = activationParameters(range, this.target === 'tensorrt' ? 'int8' : 'uint8')
      const { scale, zeroPoint } = parameters
      const constants = [activationScale(parameters), activationZeroPoint(parameters)] as const
      if (this.target === 'tensorrt') {
        const target = this.nodes.unique(`${name}_DequantizeLinear_Output`)
        this.nodes.pair(name, name, target, ...constants)
        return target
      }
      const codes = Uint8Array.from(values, (x) => clamp(roundHalfToEven(x / scale) + zeroPoint, 0, 255))
      return this.nodes.dequantized(name, { type: 'uint8', dims, data: codes }, ...constants)
    })
  }

  private once(key: string, make: () => string): string {
    const known = this.shared.get(key)
    if (known !== undefined) return known
    const made = make()
    this.shared.set(key, made)
    return made
  }
}

/** Axis of the output channels; undefined where one scale must do. */
function weightAxis(node: NodeProto, dims: readonly number[]): number | undefined {
  switch (node.opType) {
    case 'Conv':
      return 0
    case 'ConvTranspose':
      return 1
    case 'Gemm':
      return attributeInt(node, 'transB', 0) === 1 ? 0 : 1
    default:
      return dims.length === 2 ? 1 : undefined
  }
}

function weightZeroPoints(scales: Float32Array, axis: number | undefined): Tensor {
  return { type: 'int8', dims: axis === undefined ? [] : [scales.length], data: new Int8Array(scales.length) }
}
