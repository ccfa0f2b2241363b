import { subgraphsOf, usedTensors, type GraphIndex, type GraphProto, type NodeProto } from '../model/index.js'

/** Their output says which of their input's elements count, by value: ONNX's, and the suppression plugins of TensorRT. */
const SELECTS_BY_VALUE = new Set(
  'NonMaxSuppression TopK NonZero Unique Compress EfficientNMS_TRT BatchedNMS_TRT BatchedNMSDynamic_TRT NMS_TRT'.split(
    ' '
  )
)
/** What they give depends on the size of the input alone. */
const MAKES_SIZES = new Set(['Shape', 'Size'])

export interface Selection {
  /** Nodes that select by value; none that reads what another one selected. */
  readonly selectors: readonly NodeProto[]
  /** Everything that they make, and that is made of it. */
  readonly behind: ReadonlySet<string>
}

/**
 * What lies behind suppression, sorting and other choices by value. There another precision gives other elements, in
 * another order, and often another number of them: element by element there is nothing to compare.
 *
 * Choices among sizes, which exporters write for shapes, are none: they do not depend on the image.
 * @param graph in topological order.
 */
export function findSelection(graph: GraphProto, index: GraphIndex): Selection {
  const ofImage = new Set<string>(index.inputs)
  const behind = new Set<string>()
  const selectors: NodeProto[] = []
  for (const node of graph.node) {
    const used = [...usedTensors(node)]
    const depends = used.some((tensor) => ofImage.has(tensor))
    const isBehind = used.some((tensor) => behind.has(tensor))
    if (depends && !isBehind && selects(node)) selectors.push(node)
    for (const output of node.output) {
      if (output === '') continue
      if (depends && !MAKES_SIZES.has(node.opType)) ofImage.add(output)
      if (isBehind || (depends && selects(node))) behind.add(output)
    }
  }
  return { selectors, behind }
}

/** Also where a Loop, a Scan or an If does it inside. */
function selects(node: NodeProto): boolean {
  return SELECTS_BY_VALUE.has(node.opType) || subgraphsOf(node).some((graph) => graph.node.some(selects))
}
