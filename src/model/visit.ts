import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto } from './proto/onnx_pb.js'

/** The graphs inside a node's attributes: branches of If, bodies of Loop and Scan. */
export function subgraphsOf(node: NodeProto): GraphProto[] {
  return node.attribute.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]))
}

/** The graph and every graph inside its nodes, outermost first. */
export function* graphsOf(graph: GraphProto): Generator<GraphProto> {
  yield graph
  for (const node of graph.node) for (const inner of subgraphsOf(node)) yield* graphsOf(inner)
}

/** Every node of the model: of the graph, of graphs inside nodes, of local functions. */
export function* nodesOf(model: ModelProto): Generator<NodeProto> {
  for (const graph of allGraphs(model)) yield* graph.node
  for (const { node } of model.functions) yield* node
}

/** Tensors other than the graph's own initializers: sparse ones, those of attributes and of graphs inside nodes. */
export function* nestedTensors(model: ModelProto): Generator<TensorProto> {
  for (const graph of allGraphs(model)) {
    if (graph !== model.graph) yield* graph.initializer
    for (const { values, indices } of graph.sparseInitializer) yield* defined(values, indices)
  }
  for (const node of nodesOf(model)) for (const attribute of node.attribute) yield* attributeTensors(attribute)
}

export function* attributeTensors({ t, tensors, sparseTensor, sparseTensors }: AttributeProto): Generator<TensorProto> {
  yield* defined(t)
  yield* tensors
  for (const sparse of defined(sparseTensor, ...sparseTensors)) yield* defined(sparse.values, sparse.indices)
}

function* allGraphs({ graph, functions }: ModelProto): Generator<GraphProto> {
  if (graph !== undefined) yield* graphsOf(graph)
  for (const { node: body } of functions) {
    for (const node of body) for (const inner of subgraphsOf(node)) yield* graphsOf(inner)
  }
}

function defined<T>(...values: (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined)
}
