import {
  dataTypeOf,
  makeNode,
  makeTensor,
  tensorData,
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

/**
 * Computes the DequantizeLinear of every stored weight once, in place, where ONNX Runtime would compute it for every
 * image: it folds no constants through one. The arithmetic is the operator's: float32(code - zero point) * scale.
 */
export function dequantizeWeights(model: OnnxModel): void {
  const { graph } = model
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]))
  const folded = new Set<NodeProto>()
  for (const node of graph.node) {
    if (node.opType !== 'DequantizeLinear') continue
    const [codes, scale, zeroPoint] = node.input.map((name) => constants.get(name))
    if (codes === undefined || scale === undefined) continue
    const { data, dims } = tensorData(model, codes)
    const scales = tensorData(model, scale).data
    const zeros = zeroPoint === undefined ? undefined : tensorData(model, zeroPoint).data
    const inner = scales.length === 1 ? data.length : innerSize(node, dims)
    const values = new Float32Array(data.length)
    for (let i = 0; i < values.length; i++) {
      const channel = Math.floor(i / inner) % scales.length
      values[i] = Math.fround(Number(data[i]) - Number(zeros?.[channel] ?? 0)) * Number(scales[channel])
    }
    graph.initializer.push(makeTensor(node.output[0], { type: 'float32', dims, data: values }))
    folded.add(node)
  }
  graph.node = graph.node.filter((node) => !folded.has(node))
}

function innerSize(node: NodeProto, dims: readonly number[]): number {
  const axis = Number(node.attribute.find(({ name }) => name === 'axis')?.i ?? 1n)
  return dims.slice(axis < 0 ? axis + dims.length + 1 : axis + 1).reduce((product, size) => product * size, 1)
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
