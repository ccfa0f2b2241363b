import { attributeFloat, attributeString, removeAttribute } from '../nodes.js'
import type { NodeProto } from '../proto/onnx_pb.js'
import type { Rule, UpgradeContext } from './context.js'

// Attributes that later opsets read as inputs.

/** Slice-10: starts, ends, axes. */
export const slice: Rule = (node, context) => {
  if (context.from >= 10) return [node]
  const starts = take(node, 'starts', context)
  const ends = take(node, 'ends', context)
  const axes = take(node, 'axes', context)
  if (starts === '' || ends === '') context.refuse(node, 'it has no starts or ends')
  setInputs(node, [node.input[0], starts, ends, axes])
  return [node]
}

/** Pad-11: pads and the value of constant padding. */
export const pad: Rule = (node, context) => {
  if (context.from >= 11) return [node]
  const value = attributeFloat(node, 'value', 0)
  const constant = attributeString(node, 'mode', 'constant') === 'constant' && value !== 0
  const pads = take(node, 'pads', context)
  if (pads === '') context.refuse(node, 'it has no pads')
  removeAttribute(node, 'value')
  const [data] = node.input
  setInputs(node, [data, pads, constant ? context.floatScalar(`${node.output[0]}_value`, value, data, node) : ''])
  return [node]
}

/** Clip-11: min and max. */
export const clip: Rule = (node, context) => {
  if (context.from >= 11) return [node]
  const [data] = node.input
  const bounds = ['min', 'max'].map((name) => {
    const value = attributeFloat(node, name)
    removeAttribute(node, name)
    return value === undefined ? '' : context.floatScalar(`${node.output[0]}_${name}`, value, data, node)
  })
  setInputs(node, [data, ...bounds])
  return [node]
}

/** TopK-10: k. */
export const topK: Rule = (node, context) => {
  if (context.from >= 10) return [node]
  const attribute = node.attribute.find(({ name }) => name === 'k')
  if (attribute === undefined) return context.refuse(node, 'it has no k')
  removeAttribute(node, 'k')
  setInputs(node, [node.input[0], context.int64s(`${node.output[0]}_k`, [attribute.i])])
  return [node]
}

/** Split-13: the sizes. */
export const split: Rule = (node, context) => {
  setInputs(node, [node.input[0], take(node, 'split', context)])
  return [node]
}

/** Squeeze-13, Unsqueeze-13, ReduceSum-13: the axes. */
export const axes: Rule = (node, context) => {
  setInputs(node, [node.input[0], take(node, 'axes', context)])
  return [node]
}

/** Removes an integer-list attribute and makes a constant of it; '' where the node has none. */
function take(node: NodeProto, name: string, context: UpgradeContext): string {
  const values = node.attribute.find((attribute) => attribute.name === name)?.ints ?? []
  removeAttribute(node, name)
  // An optional list that is empty says the same as one that is left out.
  return values.length === 0 ? '' : context.int64s(`${node.output[0]}_${name}`, values)
}

/** Optional inputs at the end are dropped, not left empty. */
function setInputs(node: NodeProto, inputs: readonly string[]): void {
  node.input = inputs.slice(0, inputs.findLastIndex((name) => name !== '') + 1)
}
