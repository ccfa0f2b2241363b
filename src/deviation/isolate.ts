import {
  dataTypeOf,
  makeNode,
  usedTensors,
  type GraphProto,
  type NodeProto,
  type OnnxModel,
  type Renamed
} from '../model/index.js'
import { isQuantize } from './pairs.js'

/**
 * Cuts the variant's half of a merged graph into its layers, in place: each reads the FP32 tensors that its inputs stand
 * for, so that what is measured behind it is its own error alone. What rounds an activation belongs to the layer that
 * makes it, and what rounds a weight to the layer that uses it; no error is counted twice.
 *
 * The layers compute in float (simulated): their inputs are no codes. It costs about one FP32 pass.
 *
 * @param boundaries tensors as the variant's nodes read them -> FP32 tensors.
 * @param halves of these, the ones in float16.
 */
export function isolateLayers(
  { graph }: OnnxModel,
  boundaries: ReadonlyMap<string, string>,
  halves: ReadonlySet<string>,
  referenceName: Renamed
): void {
  const casts = new Map<string, NodeProto>()
  const standIn = (tensor: string, reference: string): string => {
    const name = referenceName(reference)
    if (!halves.has(tensor)) return name
    const half = `${name}__half`
    const to = { int: dataTypeOf('float16') }
    casts.set(half, makeNode('Cast', [name], [half], { name: half, attributes: { to } }))
    return half
  }
  for (const node of graph.node) {
    // The codes of an activation are made from the layer's own output.
    if (isQuantize(node)) continue
    node.input = node.input.map((tensor) => {
      const reference = boundaries.get(tensor)
      return reference === undefined ? tensor : standIn(tensor, reference)
    })
  }
  graph.node.push(...casts.values())
}

/** Drops the nodes and constants that no output depends on: ONNX Runtime runs dead nodes like any other. */
export function dropDead(graph: GraphProto): void {
  const producers = new Map(graph.node.flatMap((node) => node.output.map((tensor) => [tensor, node] as const)))
  const alive = new Set<NodeProto>()
  const read = new Set(graph.output.map(({ name }) => name))
  const open = [...read]
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    const node = producers.get(tensor)
    if (node === undefined || alive.has(node)) continue
    alive.add(node)
    for (const used of usedTensors(node)) {
      if (!read.has(used)) open.push(used)
      read.add(used)
    }
  }
  graph.node = graph.node.filter((node) => alive.has(node))
  graph.initializer = graph.initializer.filter(({ name }) => read.has(name))
}
