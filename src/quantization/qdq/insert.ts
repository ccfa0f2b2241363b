import { GraphIndex, sortTopologically, type GraphProto, type OnnxModel } from '../../model/index.js'
import { RuntimeError } from '../../errors.js'
import type { Placement, TensorPlan } from '../placement.js'
import type { QuantizationParameters, Range } from '../scale.js'
import { ConstantQuantizer } from './constants.js'
import { planParameters } from './parameters.js'
import { shieldFromRuntime } from './shield.js'
import { activationScale, activationZeroPoint, QdqNodes } from './writer.js'

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
  { reduceRange }: QdqOptions
): void {
  const { graph } = model
  const index = new GraphIndex(graph)
  const parameters = planParameters(placement, ranges)
  const nodes = new QdqNodes(model, index)

  const constants = new ConstantQuantizer(nodes, placement.target, reduceRange ? 64 : 127)
  for (const node of placement.quantized) constants.quantize(node, parameters.get(node.input[0]))
  if (placement.target === 'cpu') {
    for (const node of graph.node) {
      const readsDequantized = placement.tensors.get(node.input[0])?.everyConsumer === true
      if (readsDequantized && !placement.quantized.has(node)) shieldFromRuntime(node, nodes)
    }
  }
  foldActivations(graph, placement, index)
  for (const plan of placement.tensors.values()) insertPair(plan, parameters, nodes)
  graph.node.push(...nodes.added)
  sortTopologically(graph)
  dropUnusedInitializers(graph, index)
}

function insertPair(
  { tensor, everyConsumer, consumers }: TensorPlan,
  parameters: ReadonlyMap<string, QuantizationParameters>,
  nodes: QdqNodes
): void {
  const chosen = parameters.get(tensor)
  if (chosen === undefined) throw new RuntimeError(`no parameters for tensor ${tensor}`)
  const { graph } = nodes.model
  const isOutput = nodes.index.isGraphOutput(tensor)
  const source = isOutput ? nodes.unique(`${tensor}_float`) : tensor
  const target = isOutput ? tensor : nodes.unique(`${tensor}_DequantizeLinear_Output`)
  if (isOutput) renameProduced(graph, tensor, source)
  else if (everyConsumer) renameConsumed(graph, tensor, target)
  else for (const { node, input } of consumers) node.input[input] = target
  nodes.pair(tensor, source, target, activationScale(chosen), activationZeroPoint(chosen))
}

function renameProduced(graph: GraphProto, from: string, to: string): void {
  const producer = graph.node.find((node) => node.output.includes(from))
  if (producer !== undefined) producer.output = producer.output.map((output) => (output === from ? to : output))
}

function renameConsumed(graph: GraphProto, from: string, to: string): void {
  for (const node of graph.node) {
    if (node.input.includes(from)) node.input = node.input.map((input) => (input === from ? to : input))
  }
}

/** The producer writes the activation's tensor itself; saturation at the ends of its range does the clipping. */
function foldActivations(graph: GraphProto, { folded }: Placement, index: GraphIndex): void {
  for (const activation of folded) {
    const producer = index.producer(activation.input[0])
    if (producer === undefined) continue
    producer.output = producer.output.map((output) => (output === activation.input[0] ? activation.output[0] : output))
  }
  graph.node = graph.node.filter((node) => !folded.has(node))
}

function dropUnusedInitializers(graph: GraphProto, before: GraphIndex): void {
  const index = new GraphIndex(graph)
  graph.initializer = graph.initializer.filter(
    ({ name }) => index.consumers(name).length > 0 || index.isGraphOutput(name)
  )
  const stored = new Set(graph.initializer.map(({ name }) => name))
  graph.input = graph.input.filter(({ name }) => before.initializer(name) === undefined || stored.has(name))
}
