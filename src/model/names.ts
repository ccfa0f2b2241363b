import type { GraphProto } from './proto/onnx_pb.js'
import { graphsOf } from './visit.js'

/**
 * Gives names that no tensor or node of the graph, or of a graph inside it, has: the base itself where it is free,
 * else `base_1`, `base_2`. Every name given is taken from then on.
 */
export function uniqueNamer(graph: GraphProto): (base: string) => string {
  const taken = new Set<string>()
  for (const { node, initializer, sparseInitializer, input, output } of graphsOf(graph)) {
    for (const { name } of [...initializer, ...input, ...output]) taken.add(name)
    for (const { values } of sparseInitializer) taken.add(values?.name ?? '')
    for (const { name, input: inputs, output: outputs } of node) {
      for (const used of [name, ...inputs, ...outputs]) taken.add(used)
    }
  }
  const counters = new Map<string, number>()
  return (base) => {
    let name = base
    while (name === '' || taken.has(name)) {
      const count = (counters.get(base) ?? 0) + 1
      counters.set(base, count)
      name = `${base}_${count}`
    }
    taken.add(name)
    return name
  }
}

/**
 * Names every unnamed node after its operator and first output (`Conv_features.0.out`), so that users and globs can
 * refer to it and the name is the same in every run.
 */
export function nameNodes(graph: GraphProto): void {
  const unnamed = graph.node.filter(({ name }) => name === '')
  if (unnamed.length === 0) return
  const unique = uniqueNamer(graph)
  for (const node of unnamed) {
    node.name = unique(`${node.opType}_${node.output.find((tensor) => tensor !== '') ?? ''}`)
  }
}
