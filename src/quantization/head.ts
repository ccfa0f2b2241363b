import { shapeArithmetic, type GraphIndex, type NodeProto, type OnnxModel } from '../model/index.js'
import { dataInputs, WEIGHTED } from './operators.js'

/** What stays in float where a network's outputs hold values of several kinds. */
export interface FloatHead {
  /** Nodes behind the last layers with weights: box arithmetic, scores, and what joins them. */
  readonly nodes: ReadonlySet<NodeProto>
  /** The last layers with weights, whose outputs those read. */
  readonly feeding: ReadonlySet<NodeProto>
}

/**
 * Finds the heads of detectors: the nodes that no layer with weights follows, where a Concat joins tensors, or where
 * parts of one tensor go different ways. There boxes in pixels and scores from 0 to 1, or logits of both, would share one
 * scale, whose step is as large as the whole range of the scores; and 256 steps of a box 160 pixels wide are 0.6 pixels.
 */
export function floatHead({ graph }: OnnxModel, index: GraphIndex): FloatHead {
  const sizes = shapeArithmetic(graph)
  const tail = new Set<NodeProto>()
  const readByTail = (tensor: string): boolean =>
    index.consumers(tensor).every((reader) => tail.has(reader) || sizes.has(reader))
  for (const node of [...graph.node].reverse()) {
    if (WEIGHTED.has(node.opType) || sizes.has(node)) continue
    if (node.output.every(readByTail)) tail.add(node)
  }
  const data = (node: NodeProto): string[] => {
    const slots = dataInputs(node.opType)
    const inputs = slots === undefined ? node.input : slots.map((slot) => node.input[slot])
    return inputs.filter((tensor) => (index.producer(tensor)?.opType ?? 'Constant') !== 'Constant')
  }
  const mixes = (node: NodeProto): boolean => {
    if (node.opType === 'Concat') return data(node).length > 1
    if (node.opType === 'Split') return true
    return PARTS.has(node.opType) && index.consumers(node.input[0]).filter(({ opType }) => PARTS.has(opType)).length > 1
  }
  const nodes = new Set([...tail].filter(mixes))
  const feeding = new Set<NodeProto>()
  // A set may grow while it is walked over: what is added is visited, too.
  for (const node of nodes) {
    for (const tensor of data(node)) {
      const producer = index.producer(tensor)
      if (producer === undefined) continue
      if (tail.has(producer)) nodes.add(producer)
      else if (WEIGHTED.has(producer.opType) && readByTail(tensor)) feeding.add(producer)
    }
    for (const output of node.output)
      for (const reader of index.consumers(output)) if (tail.has(reader)) nodes.add(reader)
  }
  return { nodes, feeding }
}

/** Operators that take a part of a tensor. */
const PARTS = new Set(['Slice', 'Gather'])
