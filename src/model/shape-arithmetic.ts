import type { GraphProto, NodeProto } from './proto/onnx_pb.js'
import { initializerNames, usedTensors } from './graph.js'

const MAKES_SIZES = new Set(['Shape', 'Size'])

/**
 * Nodes that compute with the sizes of tensors alone, such as the scales of a Resize that an exporter writes as
 * `floor(size * 2) / size`. Their numbers are exact or wrong: a rounded one is a tensor of another size.
 * @param graph in topological order.
 */
export function shapeArithmetic(graph: GraphProto): ReadonlySet<NodeProto> {
  const constants = initializerNames(graph)
  const sizes = new Set<string>()
  const nodes = new Set<NodeProto>()
  for (const node of graph.node) {
    const used = [...usedTensors(node)]
    const computed = used.filter((tensor) => !constants.has(tensor))
    if (used.length === 0 && node.opType === 'Constant') node.output.forEach((tensor) => constants.add(tensor))
    else if (MAKES_SIZES.has(node.opType) || (computed.length > 0 && computed.every((tensor) => sizes.has(tensor)))) {
      nodes.add(node)
      node.output.forEach((tensor) => sizes.add(tensor))
    }
  }
  return nodes
}
