import type { GraphProto, NodeProto } from '../model/index.js'
import { GraphLinks } from './links.js'
import type { Kernel, Profile } from './profile.js'
import type { ExecutedCounts, ExecutedLayer, ExecutedPrecision } from './types.js'

// Conversion and data movement: no layer, in whatever type it runs.
const PLUMBING = new Set(
  (
    'QuantizeLinear DequantizeLinear DynamicQuantizeLinear Cast CastLike MemcpyToHost MemcpyFromHost ReorderInput ' +
    'ReorderOutput Reshape Transpose Flatten Identity Shape Size Squeeze Unsqueeze Constant ConstantOfShape Slice ' +
    'Gather GatherElements GatherND Split SplitToSequence SequenceAt Expand Tile Pad DepthToSpace SpaceToDepth ' +
    'If Loop Scan Range NonZero EyeLike'
  ).split(' ')
)
const QUANTIZED_TYPES = new Set(['uint8', 'int8'])
const FLOAT_TYPES = new Set(['float', 'double', 'bfloat16'])
// Quantize their float input inside the kernel and multiply in 8 bits.
const DYNAMIC_INT8 = new Set(['DynamicQuantizeMatMul', 'DynamicQuantizeLSTM'])
// Unpack low-precision weights and multiply in float.
const WEIGHT_ONLY = new Set(['MatMulNBits', 'MatMulBnb4', 'GatherBlockQuantized', 'QMoE'])
/** Operators whose second input is a weight; all others have activations only. */
const WEIGHTED = new Set('Conv FusedConv NhwcFusedConv ConvTranspose Gemm FusedGemm MatMul FusedMatMul'.split(' '))

/**
 * The precision that each layer executed in (docs/runtime.md defines it):
 * - int8: the kernel reads 8-bit integers;
 * - fp16: the kernel reads float16;
 * - simulated: a float kernel whose weights come from DequantizeLinear, or whose values (where it has no weights) come
 *   from DequantizeLinear or go to QuantizeLinear; or one whose values are rounded by a pair of casts through float16;
 * - fp32: any other float kernel.
 * Integer arithmetic on shapes and indices is no layer.
 */
export function classifyLayers({ kernels, graph }: Profile): ExecutedLayer[] {
  const links = new GraphLinks(graph, (node) => PLUMBING.has(node.opType))
  const nodes = new NodeLookup(graph)
  return kernels.flatMap((kernel) => {
    const node = nodes.take(kernel)
    const executed = PLUMBING.has(kernel.op) ? undefined : precision(kernel, node, links)
    const { name, op, provider } = kernel
    return executed === undefined ? [] : [{ name, op, provider, executed, outputs: node?.output ?? [] }]
  })
}

export function countExecuted(layers: readonly ExecutedLayer[]): ExecutedCounts {
  const counts = { int8: 0, fp16: 0, fp32: 0, simulated: 0 }
  for (const { executed } of layers) counts[executed]++
  return counts
}

function precision(kernel: Kernel, node: NodeProto | undefined, links: GraphLinks): ExecutedPrecision | undefined {
  // QLinearConcat alone begins with the scale of its output.
  const type = kernel.inputTypes[kernel.op === 'QLinearConcat' ? 1 : 0]
  if (type === undefined) return undefined
  if (QUANTIZED_TYPES.has(type) || DYNAMIC_INT8.has(kernel.op)) return 'int8'
  if (type === 'float16') return 'fp16'
  if (!FLOAT_TYPES.has(type)) return undefined
  if (WEIGHT_ONLY.has(kernel.op)) return 'simulated'
  return node !== undefined && isSimulated(node, links) ? 'simulated' : 'fp32'
}

function isSimulated(node: NodeProto, links: GraphLinks): boolean {
  const weight = WEIGHTED.has(node.opType) ? node.input[1] : undefined
  if (weight !== undefined && links.isConstant(weight)) {
    // The neighbours' rounding is no property of a layer that was left in FP32 on purpose: its own weights decide.
    if (links.producer(weight)?.opType === 'DequantizeLinear') return true
  } else if (
    node.input.some((name) => links.producer(name)?.opType === 'DequantizeLinear') ||
    node.output.some((name) => links.consumers(name).some(({ opType }) => opType === 'QuantizeLinear'))
  ) {
    return true
  }
  return (
    node.input.some((name) => links.isRoundedThroughFloat16(name)) ||
    node.output.some((name) => links.isRoundedOnwards(name))
  )
}

/**
 * Finds a kernel's node. Names are unique as a rule; nodes without one are matched by operator and order, which holds
 * because the executor and the writer of the optimized model sort nodes by the same algorithm.
 */
class NodeLookup {
  readonly #queues = new Map<string, NodeProto[]>()

  constructor(graph: GraphProto) {
    for (const node of graph.node) {
      const key = node.name === '' ? `op ${node.opType}` : `name ${node.name}`
      const queue = this.#queues.get(key)
      if (queue === undefined) this.#queues.set(key, [node])
      else queue.push(node)
    }
  }

  take({ name, op }: Kernel): NodeProto | undefined {
    return (this.#queues.get(`name ${name}`) ?? this.#queues.get(`op ${op}`))?.shift()
  }
}
