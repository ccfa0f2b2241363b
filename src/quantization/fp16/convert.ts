import {
  attributeInt,
  attributeTensor,
  float32ToFloat16,
  makeNode,
  makeTensor,
  removeAttribute,
  setAttribute,
  sortTopologically,
  tensorData,
  uniqueNamer,
  usedTensors,
  type NodeProto,
  type OnnxModel
} from '../../model/index.js'
import { FLOAT, FLOAT16, type Fp16Plan } from './precision.js'
import { toHalf, type Fp16WeightLoss } from './weights.js'

/**
 * Makes a real float16 model, in place: weights and computation in float16, graph inputs and outputs in float32 as
 * before, casts around what must stay float32.
 *
 * A tensor keeps its name in the precision that it is made in; its copy in the other one gets a suffix. Graph outputs
 * and tensors that subgraphs capture keep their names in float32.
 */
export function convertToFp16(plan: Fp16Plan): Fp16WeightLoss[] {
  const { model, index } = plan
  const { graph } = model
  const unique = uniqueNamer(graph)
  const captured = capturedTensors(model)
  const losses: Fp16WeightLoss[] = []
  const casts: NodeProto[] = []
  const halfName = new Map<string, string>()
  const floatName = new Map<string, string>()

  const cast = (from: string, to: string, dataType: number): string => {
    casts.push(makeNode('Cast', [from], [to], { name: unique(`${to}_Cast`), attributes: { to: { int: dataType } } }))
    return to
  }
  for (const { tensor } of plan.madeInHalf()) {
    const needsFloatName = index.isGraphOutput(tensor) || captured.has(tensor)
    halfName.set(tensor, needsFloatName ? unique(`${tensor}_fp16`) : tensor)
    if (needsFloatName) floatName.set(tensor, cast(halfName.get(tensor) ?? tensor, tensor, FLOAT))
  }
  const asHalf = (tensor: string): string => {
    let name = halfName.get(tensor)
    if (name === undefined) {
      name = unique(`${tensor}_fp16`)
      const initializer = index.initializer(tensor)
      if (initializer === undefined) cast(tensor, name, FLOAT16)
      else {
        const { tensor: half, loss } = toHalf(model, initializer, name)
        graph.initializer.push(half)
        losses.push(loss)
      }
      halfName.set(tensor, name)
    }
    return name
  }
  const asFloat = (tensor: string): string => {
    if (!plan.isHalfTensor(tensor)) return tensor
    let name = floatName.get(tensor)
    if (name === undefined) {
      name = cast(halfName.get(tensor) ?? tensor, unique(`${tensor}_fp32`), FLOAT)
      floatName.set(tensor, name)
    }
    return name
  }

  for (const node of graph.node) {
    const inputs = node.input.map((tensor, slot) => (plan.readsHalf(node, slot) ? asHalf(tensor) : asFloat(tensor)))
    if (plan.isHalf(node)) {
      node.output = node.output.map((output) => (plan.isHalfTensor(output) ? (halfName.get(output) ?? output) : output))
      convertAttributes(model, node)
    }
    node.input = inputs
  }
  graph.node.push(...casts)
  sortTopologically(graph)
  dropUnused(model)
  return losses
}

/** Operators that name the type of what they make. */
function convertAttributes(model: OnnxModel, node: NodeProto): void {
  if (node.opType === 'Cast' && attributeInt(node, 'to', 0) === FLOAT) setAttribute(node, 'to', { int: FLOAT16 })
  if (node.opType === 'EyeLike' && attributeInt(node, 'dtype', FLOAT) === FLOAT)
    setAttribute(node, 'dtype', { int: FLOAT16 })
  if (node.opType !== 'Constant' && node.opType !== 'ConstantOfShape') return
  const single = node.attribute.find(({ name }) => name === 'value_float' || name === 'value_floats')
  if (single !== undefined) {
    const floats = single.name === 'value_float' ? Float32Array.of(single.f) : Float32Array.from(single.floats)
    const dims = single.name === 'value_float' ? [] : [floats.length]
    removeAttribute(node, single.name)
    setAttribute(node, 'value', { tensor: makeTensor('', { type: 'float16', dims, data: float32ToFloat16(floats) }) })
    return
  }
  const value = attributeTensor(node, 'value')
  if (value === undefined) {
    // ConstantOfShape makes float32 zeros where it names no value.
    setAttribute(node, 'value', { tensor: makeTensor('', { type: 'float16', dims: [1], data: new Uint16Array(1) }) })
    return
  }
  const { type, data, dims } = tensorData(model, value)
  if (type !== 'float32') return
  setAttribute(node, 'value', {
    tensor: makeTensor(value.name, { type: 'float16', dims, data: float32ToFloat16(data as Float32Array) })
  })
}

/** Tensors that a graph inside some node reads by their names. */
function capturedTensors({ graph }: OnnxModel): ReadonlySet<string> {
  return new Set(graph.node.flatMap((node) => [...usedTensors(node)].filter((tensor) => !node.input.includes(tensor))))
}

export function dropUnused({ graph }: OnnxModel): void {
  const read = new Set(graph.node.flatMap((node) => [...usedTensors(node)]))
  for (const { name } of graph.output) read.add(name)
  const before = new Set(graph.initializer.map(({ name }) => name))
  graph.initializer = graph.initializer.filter(({ name }) => read.has(name))
  const after = new Set(graph.initializer.map(({ name }) => name))
  graph.input = graph.input.filter(({ name }) => !before.has(name) || after.has(name))
  // Types noted for the float32 tensors no longer hold.
  graph.valueInfo = []
}
