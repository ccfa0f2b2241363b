import type { OnnxModel } from './onnx.js'
import type { GraphProto, NodeProto, TensorProto } from './proto/onnx_pb.js'
import { subgraphsOf } from './visit.js'

/**
 * Who makes and who uses each tensor of a graph, as it was when the index was made: make a new one after edits.
 * A tensor that a graph inside a node (If, Loop, Scan) takes from outside counts as used by that node.
 */
export class GraphIndex {
  /** Names of the graph's inputs; initializers that old models list among them are left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly #producers = new Map<string, NodeProto>()
  readonly #consumers = new Map<string, NodeProto[]>()
  readonly #initializers = new Map<string, TensorProto>()
  readonly #inputs: ReadonlySet<string>
  readonly #outputs: ReadonlySet<string>

  constructor(graph: GraphProto) {
    for (const tensor of graph.initializer) this.#initializers.set(tensor.name, tensor)
    const constant = initializerNames(graph)
    this.inputs = graph.input.map(({ name }) => name).filter((name) => !constant.has(name))
    this.outputs = graph.output.map(({ name }) => name)
    this.#inputs = new Set(this.inputs)
    this.#outputs = new Set(this.outputs)
    for (const node of graph.node) {
      for (const tensor of node.output) if (tensor !== '') this.#producers.set(tensor, node)
      for (const tensor of usedTensors(node)) {
        const users = this.#consumers.get(tensor)
        if (users === undefined) this.#consumers.set(tensor, [node])
        else users.push(node)
      }
    }
  }

  producer(tensor: string): NodeProto | undefined {
    return this.#producers.get(tensor)
  }

  /** Each node once, in graph order, however many of its inputs are this tensor. */
  consumers(tensor: string): readonly NodeProto[] {
    return this.#consumers.get(tensor) ?? []
  }

  initializer(tensor: string): TensorProto | undefined {
    return this.#initializers.get(tensor)
  }

  isGraphInput(tensor: string): boolean {
    return this.#inputs.has(tensor)
  }

  isGraphOutput(tensor: string): boolean {
    return this.#outputs.has(tensor)
  }
}

/** Names of dense and sparse initializers. */
export function initializerNames(graph: GraphProto): Set<string> {
  return new Set([
    ...graph.initializer.map(({ name }) => name),
    ...graph.sparseInitializer.map(({ values }) => values?.name ?? '')
  ])
}

/** The tensors a node reads: its inputs, and what graphs inside it take from outside. */
export function usedTensors(node: NodeProto): Set<string> {
  const used = new Set(node.input)
  for (const graph of subgraphsOf(node)) for (const tensor of captures(graph)) used.add(tensor)
  used.delete('')
  return used
}

/** Names that a graph uses and does not define. */
function captures(graph: GraphProto): Set<string> {
  const used = new Set(graph.output.map(({ name }) => name))
  for (const node of graph.node) for (const tensor of usedTensors(node)) used.add(tensor)
  for (const name of definedNames(graph)) used.delete(name)
  return used
}

/** Makes a node read `to` in place of `from`, also where a graph inside it takes `from` from outside. */
export function renameInput(node: NodeProto, from: string, to: string): void {
  node.input = node.input.map((name) => (name === from ? to : name))
  for (const graph of subgraphsOf(node)) {
    if (definedNames(graph).has(from)) continue
    for (const inner of graph.node) renameInput(inner, from, to)
    for (const output of graph.output) if (output.name === from) output.name = to
  }
}

/** Every tensor that a graph defines: inputs, initializers, node outputs. */
export function definedNames(graph: GraphProto): Set<string> {
  const names = initializerNames(graph)
  for (const { name } of graph.input) names.add(name)
  for (const { output } of graph.node) for (const name of output) names.add(name)
  return names
}

/**
 * Takes initializers off the graph's inputs, where format versions before 4 had to list them and some exporters still
 * do. They are constants then, which ONNX Runtime may fold; no caller can replace them any more.
 */
export function dropInitializerInputs({ proto, graph }: OnnxModel): void {
  const constant = initializerNames(graph)
  graph.input = graph.input.filter(({ name }) => !constant.has(name))
  if (proto.irVersion < INITIALIZERS_NEED_NO_INPUT) proto.irVersion = INITIALIZERS_NEED_NO_INPUT
}

/** The format version since which an initializer need not be listed as an input. */
const INITIALIZERS_NEED_NO_INPUT = 4n
