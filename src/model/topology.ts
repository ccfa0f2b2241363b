import { FileError } from '../errors.js'
import { usedTensors } from './graph.js'
import type { GraphProto, NodeProto } from './proto/onnx_pb.js'

/**
 * Puts every node behind those whose outputs it reads, as ONNX demands. Nodes keep their order where they may, so a
 * sorted graph stays as it is.
 * @throws FileError where nodes depend on each other in a circle.
 */
export function sortTopologically(graph: GraphProto): void {
  const producers = new Map<string, NodeProto>()
  for (const node of graph.node) for (const tensor of node.output) if (tensor !== '') producers.set(tensor, node)

  const sorted = new Set<NodeProto>()
  const open = new Set<NodeProto>()
  // Depth first with its own stack: graphs are thousands of nodes deep.
  const stack: { readonly node: NodeProto; readonly inputs: Iterator<string> }[] = []
  const enter = (node: NodeProto): void => {
    if (open.has(node)) {
      throw new FileError(`the graph has a cycle through node ${node.name || node.opType} (output ${node.output[0]})`)
    }
    open.add(node)
    stack.push({ node, inputs: usedTensors(node).values() })
  }
  for (const start of graph.node) {
    if (!sorted.has(start)) enter(start)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.inputs.next()
      if (next.done === true) {
        sorted.add(top.node)
        open.delete(top.node)
        stack.pop()
        continue
      }
      const producer = producers.get(next.value)
      if (producer !== undefined && !sorted.has(producer)) enter(producer)
    }
  }
  graph.node = [...sorted]
}
