import type { ExecutedRequirement, VariantConfig } from '../config/index.js'
import { dataTypeOf, isDefaultDomain, type GraphProto, type NodeProto } from '../model/index.js'
import type { RequiredLayers } from './types.js'

/** Where the arithmetic of a vision network is: what else runs in float costs little time and less accuracy. */
const WEIGHTED = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul'])

/** Operators that are integer whatever stands around them. */
const INTEGER = new Set([
  'QLinearConv',
  'QLinearMatMul',
  'QGemm',
  'ConvInteger',
  'MatMulInteger',
  'MatMulIntegerToFloat'
])

/** Of a model that is made here: every Conv, ConvTranspose, Gemm and MatMul that the config does not keep in FP32. */
export function requiredOf(
  { requireExecuted }: Pick<VariantConfig, 'requireExecuted'>,
  nodes: readonly NodeProto[],
  kept: ReadonlySet<NodeProto>
): readonly RequiredLayers[] {
  if (requireExecuted === undefined) return []
  return [{ ...requireExecuted, layers: nodes.filter((node) => isWeighted(node) && !kept.has(node)).map(described) }]
}

/** Of a finished model: what its file says. `requireWhereUsed` asks for nothing where the file has no such layer. */
export function requiredOfFinished(
  { requireExecuted, requireWhereUsed = [] }: Extract<VariantConfig, { kind: 'model' }>,
  graph: GraphProto
): readonly RequiredLayers[] {
  const ask = ({ precision, position }: ExecutedRequirement): RequiredLayers => ({
    precision,
    position,
    layers: layersIn(graph, precision).map(described)
  })
  if (requireExecuted !== undefined) return [ask(requireExecuted)]
  return requireWhereUsed.map(ask).filter(({ layers }) => layers.length > 0)
}

/**
 * int8: integer operators, and those whose weight (of MatMul also a second activation) comes from DequantizeLinear.
 * fp16: those whose weight is float16, or comes from a cast to it.
 */
function layersIn(graph: GraphProto, precision: 'int8' | 'fp16'): NodeProto[] {
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)))
  const halves = new Set(
    graph.initializer.filter(({ dataType }) => dataType === dataTypeOf('float16')).map(({ name }) => name)
  )
  return graph.node.filter((node) => {
    if (precision === 'int8' && INTEGER.has(node.opType)) return true
    if (!isWeighted(node)) return false
    if (precision === 'fp16') return node.input.slice(0, 2).some((name) => halves.has(name))
    return behindMoves(node.input[1], producers)?.opType === 'DequantizeLinear'
  })
}

/** The node that makes a tensor, data movement looked through. */
function behindMoves(name: string, producers: ReadonlyMap<string, NodeProto>): NodeProto | undefined {
  let node = producers.get(name)
  while (node !== undefined && ['Transpose', 'Reshape', 'Unsqueeze', 'Squeeze', 'Identity'].includes(node.opType)) {
    node = producers.get(node.input[0])
  }
  return node
}

function isWeighted({ domain, opType }: NodeProto): boolean {
  return isDefaultDomain(domain) && WEIGHTED.has(opType)
}

function described({ name, opType, output }: NodeProto): RequiredLayers['layers'][number] {
  return { name, op: opType, output: output[0] }
}
