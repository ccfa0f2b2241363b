import { GraphIndex, shapeArithmetic, type NodeProto, type OnnxModel } from '../../model/index.js'
import type { ValueInfo } from '../../runtime/index.js'
import { selectionArithmetic } from '../selection.js'

/** Operators without a float16 form in ONNX or in the runtimes that are to run the model. */
const BLOCKED = new Set([
  'ArrayFeatureExtractor',
  'CumSum',
  'DequantizeLinear',
  'If',
  'Loop',
  'MaxRoiPool',
  'Multinomial',
  'NonMaxSuppression',
  'OneHot',
  'QuantizeLinear',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Range',
  'RoiAlign',
  'Scan',
  'TopK',
  'Upsample'
])

/** Inputs that the operator wants in float32 whatever its data is in. */
const ALWAYS_FLOAT: Readonly<Record<string, readonly number[]>> = { Resize: [1, 2] }

/** Which nodes compute in float16, and which tensors they make. */
export class Fp16Plan {
  readonly index: GraphIndex
  private readonly half = new Set<NodeProto>()
  private readonly halfTensors = new Set<string>()

  constructor(
    readonly model: OnnxModel,
    private readonly values: ReadonlyMap<string, ValueInfo>,
    kept: ReadonlySet<NodeProto>
  ) {
    this.index = new GraphIndex(model.graph)
    const sizes = shapeArithmetic(model.graph)
    const selection = selectionArithmetic(model.graph, this.index)
    for (const node of model.graph.node) {
      if (kept.has(node) || sizes.has(node) || selection.has(node) || BLOCKED.has(node.opType) || !isStandard(node))
        continue
      const floats = [...node.input, ...node.output].filter((tensor) => this.isFloat(tensor))
      if (floats.length === 0) continue
      this.half.add(node)
    }
    for (const node of model.graph.node)
      if (node.opType === 'Constant' && !this.isReadInHalf(node)) this.half.delete(node)
    for (const node of this.half) {
      for (const output of node.output) if (this.isFloat(output)) this.halfTensors.add(output)
    }
  }

  /** The node computes in float16. */
  isHalf(node: NodeProto): boolean {
    return this.half.has(node)
  }

  /** The tensor is made in float16. */
  isHalfTensor(tensor: string): boolean {
    return this.halfTensors.has(tensor)
  }

  /** The node reads this input in float16. */
  readsHalf(node: NodeProto, input: number): boolean {
    const tensor = node.input[input]
    return this.half.has(node) && !(ALWAYS_FLOAT[node.opType] ?? []).includes(input) && this.isFloat(tensor)
  }

  /** Scales of a Resize, for example, would come back rounded from float16, and with them the size of its output. */
  private isReadInHalf({ output: [tensor] }: NodeProto): boolean {
    return this.index
      .consumers(tensor)
      .some((reader) => reader.input.some((name, slot) => name === tensor && this.readsHalf(reader, slot)))
  }

  isFloat(tensor: string): boolean {
    if (tensor === '') return false
    const initializer = this.index.initializer(tensor)
    if (initializer !== undefined) return initializer.dataType === FLOAT
    return this.values.get(tensor)?.type === 'float32'
  }

  /** Tensors made in float16, in execution order, with the node that makes each. */
  *madeInHalf(): Iterable<{ tensor: string; node: NodeProto }> {
    for (const node of this.model.graph.node) {
      for (const tensor of node.output) if (this.halfTensors.has(tensor)) yield { tensor, node }
    }
  }
}

/** TensorProto.DataType */
export const FLOAT = 1
export const FLOAT16 = 10

function isStandard(node: NodeProto): boolean {
  return node.domain === '' || node.domain === 'ai.onnx'
}
