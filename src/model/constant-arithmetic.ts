import { initializerNames, usedTensors } from './graph.js'
import type { GraphProto, NodeProto } from './proto/onnx_pb.js'

/**
 * Nodes that compute with constants alone, such as the widths of a detector's anchors: the runtime computes them once,
 * when it loads the model. Constant nodes and random numbers, which read nothing, are none.
 * @param graph in topological order.
 */
export function constantArithmetic(graph: GraphProto): ReadonlySet<NodeProto> {
  const constants = initializerNames(graph)
  const nodes = new Set<NodeProto>()
  for (const node of graph.node) {
    const used = [...usedTensors(node)]
    const isConstant = used.length === 0 ? node.opType === 'Constant' : used.every((tensor) => constants.has(tensor))
    if (!isConstant) continue
    if (used.length > 0) nodes.add(node)
    for (const output of node.output) constants.add(output)
  }
  return nodes
}
