import { attributeInt, makeNode, setAttribute } from '../nodes.js'
import type { Rule } from './context.js'

/**
 * Softmax, LogSoftmax and Hardmax. Before opset 13 they flattened the input to two dimensions at `axis` (default 1) and
 * worked on the rows; since then they work on one dimension (default the last).
 */
export const softmax: Rule = (node, context) => {
  const [input] = node.input
  const dims = context.dims(input) ?? context.dims(node.output[0])
  const axis = attributeInt(node, 'axis', 1)
  const first = axis < 0 && dims !== undefined ? axis + dims.length : axis
  if (axis === -1 || dims?.slice(first + 1).every((size) => size === 1) === true) {
    setAttribute(node, 'axis', { int: axis })
    return [node]
  }
  const [output] = node.output
  const shape = context.unique(`${output}_shape`)
  const flat = context.unique(`${output}_flat`)
  const rows = context.unique(`${output}_rows`)
  node.input = [flat]
  node.output = [rows]
  setAttribute(node, 'axis', { int: -1 })
  return [
    makeNode('Shape', [input], [shape], { name: context.unique(`Shape_${shape}`) }),
    makeNode('Flatten', [input], [flat], {
      name: context.unique(`Flatten_${flat}`),
      attributes: { axis: { int: axis } }
    }),
    node,
    makeNode('Reshape', [rows, shape], [output], { name: context.unique(`Reshape_${output}`) })
  ]
}
