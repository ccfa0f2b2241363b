import {
  attributeFloat,
  attributeInt,
  GraphIndex,
  makeNode,
  makeTensor,
  removeAttribute,
  sortTopologically,
  tensorData,
  uniqueNamer,
  type GraphProto,
  type NodeProto,
  type OnnxModel
} from '../model/index.js'
import { RuntimeError } from '../errors.js'
import type { Tensor } from '../tensor.js'
import { WEIGHTED } from './operators.js'
import type { Placement, TensorPlan } from './placement.js'
import { activationParameters, clamp, roundHalfToEven, type QuantizationParameters, type Range } from './scale.js'
import { quantizeBias, quantizeWeight, type QuantizedWeight } from './weights.js'

export interface QdqOptions {
  /** Weights in [-64, 64]: products of two neighbours cannot saturate on x64 CPUs without VNNI. */
  readonly reduceRange: boolean
}

/**
 * Turns a float model into an explicitly quantized one, in place: a QuantizeLinear/DequantizeLinear pair on every
 * planned activation, int8 weights (per output channel) and, for target `cpu`, int32 biases.
 *
 * @param ranges a range for every planned tensor whose plan says `calibrated`
 */
export function insertQdq(
  model: OnnxModel,
  placement: Placement,
  ranges: ReadonlyMap<string, Range>,
  options: QdqOptions
): void {
  new QdqWriter(model, placement, ranges, options).write()
}

/** Scale and zero point of every planned activation tensor. */
export function planParameters(
  placement: Placement,
  ranges: ReadonlyMap<string, Range>
): ReadonlyMap<string, QuantizationParameters> {
  const type = placement.target === 'tensorrt' ? 'int8' : 'uint8'
  const parameters = new Map<string, QuantizationParameters>()
  const resolve = (plan: TensorPlan): QuantizationParameters => {
    const known = parameters.get(plan.tensor)
    if (known !== undefined) return known
    const source = plan.range
    if (source.kind === 'shared') {
      const origin = placement.tensors.get(source.with)
      if (origin === undefined) throw new RuntimeError(`no range for ${source.with}, whose scale ${plan.tensor} shares`)
      return resolve(origin)
    }
    return activationParameters(rangeOf(plan, ranges), type)
  }
  for (const plan of placement.tensors.values()) parameters.set(plan.tensor, resolve(plan))
  return parameters
}

function rangeOf({ tensor, range }: TensorPlan, ranges: ReadonlyMap<string, Range>): Range {
  if (range.kind === 'fixed') return range.range
  const measured = ranges.get(tensor)
  if (measured === undefined) throw new RuntimeError(`the calibration table has no range for tensor ${tensor}`)
  const limit = range.kind === 'calibrated' ? range.limit : undefined
  if (limit === undefined) return measured
  return { min: Math.max(measured.min, limit.min), max: Math.min(measured.max, limit.max) }
}

class QdqWriter {
  private readonly graph: GraphProto
  private readonly index: GraphIndex
  private readonly unique: (base: string) => string
  private readonly parameters: ReadonlyMap<string, QuantizationParameters>
  private readonly added: NodeProto[] = []
  private readonly sharedWeights = new Map<string, string>()

  constructor(
    private readonly model: OnnxModel,
    private readonly placement: Placement,
    ranges: ReadonlyMap<string, Range>,
    private readonly options: QdqOptions
  ) {
    this.graph = model.graph
    this.index = new GraphIndex(model.graph)
    this.unique = uniqueNamer(model.graph)
    this.parameters = planParameters(placement, ranges)
  }

  write(): void {
    const scaleOfInput = new Map<NodeProto, QuantizationParameters | undefined>()
    for (const node of this.placement.quantized) scaleOfInput.set(node, this.parameters.get(node.input[0]))
    for (const node of this.placement.quantized) this.quantizeConstants(node, scaleOfInput.get(node))
    this.foldActivations()
    for (const plan of this.placement.tensors.values()) this.insertPair(plan)
    this.graph.node.push(...this.added)
    sortTopologically(this.graph)
    this.dropUnusedInitializers()
  }

  private insertPair(plan: TensorPlan): void {
    const parameters = this.parameters.get(plan.tensor)
    if (parameters === undefined) throw new RuntimeError(`no parameters for tensor ${plan.tensor}`)
    const { tensor } = plan
    const isOutput = this.index.isGraphOutput(tensor)
    const source = isOutput ? this.unique(`${tensor}_float`) : tensor
    const dequantized = isOutput ? tensor : this.unique(`${tensor}_DequantizeLinear_Output`)
    if (isOutput) this.renameProduced(tensor, source)
    if (plan.everyConsumer || isOutput) this.renameConsumed(tensor, dequantized)
    else for (const { node, input } of plan.consumers) node.input[input] = dequantized
    this.added.push(...this.pair(tensor, source, dequantized, parameters))
  }

  private pair(name: string, source: string, target: string, parameters: QuantizationParameters): NodeProto[] {
    const scale = this.constant(`${name}_scale`, { type: 'float32', dims: [], data: Float32Array.of(parameters.scale) })
    const zeroPoint = this.constant(`${name}_zero_point`, zeroPointTensor(parameters))
    const quantized = this.unique(`${name}_QuantizeLinear_Output`)
    return [
      makeNode('QuantizeLinear', [source, scale, zeroPoint], [quantized], {
        name: this.unique(`${name}_QuantizeLinear`)
      }),
      makeNode('DequantizeLinear', [quantized, scale, zeroPoint], [target], {
        name: this.unique(`${name}_DequantizeLinear`)
      })
    ]
  }

  private renameProduced(from: string, to: string): void {
    const producer = this.graph.node.find((node) => node.output.includes(from))
    if (producer !== undefined) producer.output = producer.output.map((output) => (output === from ? to : output))
  }

  private renameConsumed(from: string, to: string): void {
    if (from === to) return
    for (const node of this.graph.node) {
      if (node.input.includes(from)) node.input = node.input.map((input) => (input === from ? to : input))
    }
  }

  /** The producer writes the activation's tensor itself; saturation at the ends of its range does the clipping. */
  private foldActivations(): void {
    for (const activation of this.placement.folded) {
      const producer = this.index.producer(activation.input[0])
      if (producer === undefined) continue
      producer.output = producer.output.map((output) =>
        output === activation.input[0] ? activation.output[0] : output
      )
    }
    this.graph.node = this.graph.node.filter((node) => !this.placement.folded.has(node))
  }

  private quantizeConstants(node: NodeProto, input: QuantizationParameters | undefined): void {
    if (WEIGHTED.has(node.opType) && this.index.initializer(node.input[1]) !== undefined) {
      this.quantizeWeights(node, input)
      return
    }
    node.input.forEach((name, slot) => {
      const initializer = this.index.initializer(name)
      if (initializer === undefined || name === '') return
      const constant = tensorData(this.model, initializer)
      if (constant.type === 'float32') node.input[slot] = this.quantizedOperand(name, constant)
    })
  }

  private quantizeWeights(node: NodeProto, input: QuantizationParameters | undefined): void {
    const name = node.input[1]
    const weight = this.floats(name)
    if (weight === undefined) return
    const axis = weightAxis(node, weight.dims)
    const biasName = node.input[2] ?? ''
    const bias = biasName === '' ? undefined : this.biasOf(node, biasName, weight.dims, axis)
    const quantizesBias = this.placement.target === 'cpu' && bias !== undefined && input !== undefined
    const demand = quantizesBias ? { bias, inputScale: input.scale } : undefined
    const maxCode = this.options.reduceRange ? 64 : 127
    const quantized = quantizeWeight(weight.data, weight.dims, { axis, maxCode }, demand)
    node.input[1] =
      this.placement.target === 'tensorrt'
        ? this.weightPair(name, quantized, axis)
        : this.storedWeight(name, weight.dims, quantized, axis)
    if (demand === undefined) return
    const { codes, scales } = quantizeBias(demand, quantized.scales)
    node.input[2] = this.dequantizedConstant(
      biasName,
      { type: 'int32', dims: [codes.length], data: codes },
      axis === undefined ? scales.slice(0, 1) : scales,
      {
        type: 'int32',
        dims: axis === undefined ? [] : [codes.length],
        data: new Int32Array(axis === undefined ? 1 : codes.length)
      },
      axis === undefined ? undefined : 0
    )
    if (node.opType === 'Gemm') removeAttribute(node, 'beta')
  }

  /** The layer's bias per output channel, with Gemm's beta applied; undefined where it is not one value a channel. */
  private biasOf(
    node: NodeProto,
    name: string,
    dims: readonly number[],
    axis: number | undefined
  ): Float32Array | undefined {
    const bias = this.floats(name)
    if (bias === undefined || axis === undefined) return undefined
    const groups = node.opType === 'ConvTranspose' ? attributeInt(node, 'group', 1) : 1
    if (bias.data.length !== dims[axis] * groups || bias.dims[bias.dims.length - 1] !== bias.data.length)
      return undefined
    const beta = node.opType === 'Gemm' ? attributeFloat(node, 'beta', 1) : 1
    return beta === 1 ? bias.data : bias.data.map((value) => value * beta)
  }

  /** int8 codes and a DequantizeLinear: what integer kernels read. */
  private storedWeight(
    name: string,
    dims: readonly number[],
    { codes, scales }: QuantizedWeight,
    axis?: number
  ): string {
    return this.dequantizedConstant(name, { type: 'int8', dims, data: codes }, scales, zeroPoints(scales, axis), axis)
  }

  /** Float weights with a Q/DQ pair: what TensorRT reads. */
  private weightPair(name: string, { scales }: QuantizedWeight, axis?: number): string {
    const key = `${name} ${axis}`
    const known = this.sharedWeights.get(key)
    if (known !== undefined) return known
    const scale = this.constant(`${name}_scale`, scaleTensor(scales, axis))
    const zeroPoint = this.constant(`${name}_zero_point`, zeroPoints(scales, axis))
    const quantized = this.unique(`${name}_QuantizeLinear_Output`)
    const target = this.unique(`${name}_DequantizeLinear_Output`)
    const attributes = axisAttribute(axis)
    this.added.push(
      makeNode('QuantizeLinear', [name, scale, zeroPoint], [quantized], {
        name: this.unique(`${name}_QuantizeLinear`),
        attributes
      }),
      makeNode('DequantizeLinear', [quantized, scale, zeroPoint], [target], {
        name: this.unique(`${name}_DequantizeLinear`),
        attributes
      })
    )
    this.sharedWeights.set(key, target)
    return target
  }

  /** A constant operand of Add, Mul or Concat in the activation's type. */
  private quantizedOperand(name: string, constant: Tensor): string {
    const known = this.sharedWeights.get(name)
    if (known !== undefined) return known
    const values = constant.data as Float32Array
    const range = values.reduce((r, x) => ({ min: Math.min(r.min, x), max: Math.max(r.max, x) }), { min: 0, max: 0 })
    const type = this.placement.target === 'tensorrt' ? 'int8' : 'uint8'
    const parameters = activationParameters(range, type)
    const target = this.unique(`${name}_DequantizeLinear_Output`)
    if (type === 'int8') {
      this.added.push(...this.pair(name, name, target, parameters))
    } else {
      const codes = Uint8Array.from(values, (x) =>
        clamp(roundHalfToEven(x / parameters.scale) + parameters.zeroPoint, 0, 255)
      )
      const stored: Tensor = { type: 'uint8', dims: constant.dims, data: codes }
      const scales = Float32Array.of(parameters.scale)
      this.dequantize(name, stored, scales, zeroPointTensor(parameters), undefined, target)
    }
    this.sharedWeights.set(name, target)
    return target
  }

  private dequantizedConstant(
    name: string,
    codes: Tensor,
    scales: Float32Array,
    zeroPoint: Tensor,
    axis?: number
  ): string {
    return this.dequantize(name, codes, scales, zeroPoint, axis, this.unique(`${name}_DequantizeLinear_Output`))
  }

  private dequantize(
    name: string,
    codes: Tensor,
    scales: Float32Array,
    zeroPoint: Tensor,
    axis: number | undefined,
    target: string
  ): string {
    const inputs = [
      this.constant(`${name}_quantized`, codes),
      this.constant(`${name}_scale`, scaleTensor(scales, axis)),
      this.constant(`${name}_zero_point`, zeroPoint)
    ]
    this.added.push(
      makeNode('DequantizeLinear', inputs, [target], {
        name: this.unique(`${name}_DequantizeLinear`),
        attributes: axisAttribute(axis)
      })
    )
    return target
  }

  private constant(base: string, tensor: Tensor): string {
    const name = this.unique(base)
    this.graph.initializer.push(makeTensor(name, tensor))
    return name
  }

  private floats(name: string): { data: Float32Array; dims: readonly number[] } | undefined {
    const initializer = this.index.initializer(name)
    if (initializer === undefined) return undefined
    const { data, dims } = tensorData(this.model, initializer)
    return data instanceof Float32Array ? { data, dims } : undefined
  }

  private dropUnusedInitializers(): void {
    const index = new GraphIndex(this.graph)
    this.graph.initializer = this.graph.initializer.filter(
      ({ name }) => index.consumers(name).length > 0 || index.isGraphOutput(name)
    )
    const stored = new Set(this.graph.initializer.map(({ name }) => name))
    const wasInitializer = (name: string) => this.index.initializer(name) !== undefined
    this.graph.input = this.graph.input.filter(({ name }) => !wasInitializer(name) || stored.has(name))
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

function axisAttribute(axis: number | undefined): Record<string, { int: number }> {
  return axis === undefined ? {} : { axis: { int: axis } }
}

function scaleTensor(scales: Float32Array, axis: number | undefined): Tensor {
  return { type: 'float32', dims: axis === undefined ? [] : [scales.length], data: scales }
}

function zeroPoints(scales: Float32Array, axis: number | undefined): Tensor {
  return { type: 'int8', dims: axis === undefined ? [] : [scales.length], data: new Int8Array(scales.length) }
}

function zeroPointTensor({ type, zeroPoint }: QuantizationParameters): Tensor {
  return type === 'int8'
    ? { type, dims: [], data: Int8Array.of(zeroPoint) }
    : { type, dims: [], data: Uint8Array.of(zeroPoint) }
}
