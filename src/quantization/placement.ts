import type { QuantizationTarget } from '../config/types.js'
import {
  attributeFloat,
  attributeInt,
  attributeString,
  type GraphIndex,
  type NodeProto,
  type OnnxModel,
  shapeArithmetic,
  tensorData
} from '../model/index.js'
import type { ValueInfo } from '../runtime/types.js'
import { floatHead, type FloatHead } from './head.js'
import { dataInputs, operatorRole, quantizesGraphOutput, WEIGHTED, type OperatorRole } from './operators.js'
import type { Range } from './scale.js'
import { selectionArithmetic } from './selection.js'

/** Where a planned tensor's range comes from. */
export type RangeSource =
  | {
      readonly kind: 'calibrated'
      /** The values lie in here by construction (a folded ReLU or Clip). */ readonly limit?: Range
    }
  /** The tensor only moves values of another one and keeps its scale. */
  | { readonly kind: 'shared'; readonly with: string }
  /** Known from the operator: Softmax makes 0..1. */
  | { readonly kind: 'fixed'; readonly range: Range }

/** An activation tensor that gets a Q/DQ pair. */
export interface TensorPlan {
  readonly tensor: string
  readonly range: RangeSource
  /** true: whoever reads the tensor reads the dequantized one, so that its producer's kernel can be integer. */
  everyConsumer: boolean
  /** Otherwise only these inputs do. */
  readonly consumers: { readonly node: NodeProto; readonly input: number }[]
}

export interface Placement {
  readonly target: QuantizationTarget
  /** In graph order. */
  readonly tensors: ReadonlyMap<string, TensorPlan>
  /** Nodes with an integer kernel on the target; their constant operands are quantized too. */
  readonly quantized: ReadonlySet<NodeProto>
  /** ReLU or Clip nodes that the saturation of their producer's output replaces. */
  readonly folded: ReadonlySet<NodeProto>
}

export interface PlacementInput {
  readonly model: OnnxModel
  readonly index: GraphIndex
  readonly values: ReadonlyMap<string, ValueInfo>
  readonly target: QuantizationTarget
  readonly kept: ReadonlySet<NodeProto>
}

/** Decides which tensors get a Q/DQ pair; docs/precision.md has the rules and their reasons. */
export function planPlacement(input: PlacementInput): Placement {
  return new Planner(input).plan()
}

class Planner {
  private readonly tensors = new Map<string, TensorPlan>()
  private readonly quantized = new Set<NodeProto>()
  private readonly folded = new Set<NodeProto>()
  private readonly depth = new Map<string, number>()
  private readonly sizes: ReadonlySet<NodeProto>
  /** Arithmetic on boxes and scores, which stays in float. */
  private readonly selection: ReadonlySet<NodeProto>
  private readonly head: FloatHead

  constructor(private readonly input: PlacementInput) {
    this.sizes = shapeArithmetic(input.model.graph)
    this.selection = selectionArithmetic(input.model.graph, input.index)
    this.head = floatHead(input.model, input.index)
  }

  plan(): Placement {
    for (const node of this.input.model.graph.node) {
      this.recordDepth(node)
      if (this.folded.has(node) || this.input.kept.has(node)) continue
      if (this.sizes.has(node) || this.selection.has(node) || this.head.nodes.has(node)) continue
      switch (this.roleOf(node)) {
        case 'quantized':
          this.planQuantized(node)
          break
        case 'passthrough':
          this.planPassthrough(node)
          break
        case 'activation':
          this.planActivation(node)
          break
        case 'float':
      }
    }
    const { target } = this.input
    return { target, tensors: this.tensors, quantized: this.quantized, folded: this.folded }
  }

  private planQuantized(node: NodeProto): void {
    const operands = this.activationInputs(node)
    if (operands.length === 0 || !operands.every(({ tensor }) => this.isFloat(tensor))) return
    if (WEIGHTED.has(node.opType) && !this.hasUsableWeight(node)) return
    if (this.input.target === 'tensorrt') {
      this.quantized.add(node)
      for (const { tensor, input } of this.unfusedInputs(node, operands)) this.planInput(tensor, node, input)
      return
    }
    if (this.head.feeding.has(node)) {
      // A convolution has no integer kernel that writes floats.
      if (quantizesGraphOutput(node.opType)) return
      this.quantized.add(node)
      for (const { tensor, input } of operands) this.planInput(tensor, node, input)
      return
    }
    const activation = this.foldableActivation(node)
    const output = (activation ?? node).output[0]
    const makesOutput = this.input.index.isGraphOutput(output) || this.isChosenBy(output)
    if (makesOutput && !WEIGHTED.has(node.opType)) return
    this.quantized.add(node)
    for (const { tensor, input } of operands) this.planInput(tensor, node, input)
    if (makesOutput && !quantizesGraphOutput(node.opType)) return
    if (activation !== undefined) this.folded.add(activation)
    this.planOutput(output, this.outputRange(node, activation))
  }

  /** Boxes or scores, and nothing else reads them: like a graph output. */
  private isChosenBy(tensor: string): boolean {
    const readers = this.input.index.consumers(tensor)
    return readers.length > 0 && readers.every((node) => this.selection.has(node))
  }

  private planPassthrough(node: NodeProto): void {
    const source = this.tensors.get(node.input[0])
    if (source === undefined || node.output.some((output) => this.input.index.isGraphOutput(output))) return
    if (!source.everyConsumer) source.consumers.push({ node, input: 0 })
    const origin = source.range.kind === 'shared' ? source.range.with : source.tensor
    for (const output of node.output) {
      if (output !== '') this.planOutput(output, { kind: 'shared', with: origin })
    }
  }

  /** A ReLU or Clip that could not be folded runs in float between Q/DQ pairs, so that its neighbours fuse. */
  private planActivation(node: NodeProto): void {
    if (!this.tensors.has(node.input[0]) || this.input.index.isGraphOutput(node.output[0])) return
    this.planOutput(node.output[0], { kind: 'calibrated', limit: this.activationLimit(node) })
  }

  private planInput(tensor: string, node: NodeProto, input: number): void {
    const plan = this.tensors.get(tensor)
    if (plan === undefined) {
      this.tensors.set(tensor, {
        tensor,
        range: { kind: 'calibrated' },
        everyConsumer: false,
        consumers: [{ node, input }]
      })
    } else if (!plan.everyConsumer) {
      plan.consumers.push({ node, input })
    }
  }

  private planOutput(tensor: string, range: RangeSource): void {
    this.tensors.set(tensor, { tensor, range, everyConsumer: true, consumers: [] })
  }

  private outputRange(node: NodeProto, activation: NodeProto | undefined): RangeSource {
    if (activation !== undefined) return { kind: 'calibrated', limit: this.activationLimit(activation) }
    if (node.opType === 'Softmax') return { kind: 'fixed', range: { min: 0, max: 1 } }
    return { kind: 'calibrated' }
  }

  /** The ReLU or Clip that alone reads the node's output and that saturation at the range's ends can replace. */
  private foldableActivation(node: NodeProto): NodeProto | undefined {
    const { index, kept } = this.input
    const output = node.output[0]
    const [reader, ...others] = index.consumers(output)
    if (reader === undefined || others.length > 0 || index.isGraphOutput(output) || kept.has(reader)) return undefined
    if (operatorRole(reader.opType, this.input.target) !== 'activation' || reader.input[0] !== output) return undefined
    const limit = this.activationLimit(reader)
    // A range always contains 0, so a Clip that excludes 0 cannot become a range.
    return limit !== undefined && limit.min <= 0 && limit.max >= 0 ? reader : undefined
  }

  /** The interval that a ReLU or Clip maps into; undefined where a bound is not constant. */
  private activationLimit(node: NodeProto): Range | undefined {
    if (node.opType === 'Relu') return { min: 0, max: Infinity }
    const min = this.scalar(node.input[1], -Infinity)
    const max = this.scalar(node.input[2], Infinity)
    return min === undefined || max === undefined ? undefined : { min, max }
  }

  private scalar(tensor: string | undefined, absent: number): number | undefined {
    if (tensor === undefined || tensor === '') return absent
    const initializer = this.input.index.initializer(tensor)
    return initializer === undefined ? undefined : Number(tensorData(this.input.model, initializer).data[0])
  }

  private roleOf(node: NodeProto): OperatorRole {
    if (node.domain !== '' && node.domain !== 'ai.onnx') return 'float'
    const role = operatorRole(node.opType, this.input.target)
    if (role !== 'passthrough') return role
    switch (node.opType) {
      case 'Resize':
        // Cubic interpolation overshoots the range of its input.
        return attributeString(node, 'mode', 'nearest') === 'cubic' ? 'quantized' : role
      case 'Pad':
        return attributeString(node, 'mode', 'constant') !== 'constant' || this.scalar(node.input[2], 0) === 0
          ? role
          : 'float'
      case 'MaxPool':
        return node.output.length > 1 && node.output[1] !== '' ? 'float' : role
      default:
        return role
    }
  }

  /** Inputs that hold activations: no constants, no shapes or axes. */
  private activationInputs(node: NodeProto): { tensor: string; input: number }[] {
    const slots = dataInputs(node.opType)
    return node.input
      .map((tensor, input) => ({ tensor, input }))
      .filter(({ tensor, input }) => tensor !== '' && (slots === undefined || slots.includes(input)))
      .filter(({ tensor }) => this.input.index.initializer(tensor) === undefined)
  }

  /** TensorRT fuses Conv + Add: only the operand that does not come from the fused Conv needs its own Q/DQ pair. */
  private unfusedInputs(node: NodeProto, operands: { tensor: string; input: number }[]): typeof operands {
    if (node.opType !== 'Add') return operands
    const fusible = operands.filter(({ tensor }) => {
      const producer = this.input.index.producer(tensor)
      return producer !== undefined && this.quantized.has(producer) && WEIGHTED.has(producer.opType)
        ? this.input.index.consumers(tensor).length === 1 && !this.input.index.isGraphOutput(tensor)
        : false
    })
    // Of two convolutions the deeper one is the main path; the other is the projection on the skip connection.
    fusible.sort((a, b) => (this.depth.get(b.tensor) ?? 0) - (this.depth.get(a.tensor) ?? 0))
    return operands.filter((operand) => operand !== fusible[0])
  }

  private recordDepth(node: NodeProto): void {
    const depth = 1 + Math.max(0, ...node.input.map((tensor) => this.depth.get(tensor) ?? 0))
    for (const output of node.output) this.depth.set(output, depth)
  }

  /** Conv and ConvTranspose need constant weights, Gemm also alpha foldable into them; MatMul takes two activations. */
  private hasUsableWeight(node: NodeProto): boolean {
    const { index } = this.input
    const weight = index.initializer(node.input[1])
    if (node.opType === 'MatMul') return weight !== undefined || index.initializer(node.input[0]) === undefined
    if (weight === undefined) return false
    return node.opType !== 'Gemm' || (attributeFloat(node, 'alpha', 1) === 1 && attributeInt(node, 'transA', 0) === 0)
  }

  private isFloat(tensor: string): boolean {
    return this.input.values.get(tensor)?.type === 'float32'
  }
}
