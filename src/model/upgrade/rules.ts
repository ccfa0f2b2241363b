import { attributeInt, removeAttribute } from '../nodes.js'
import type { Rule } from './context.js'
import { axes, clip, pad, slice, split, topK } from './inputs.js'
import { resize, upsample } from './resize.js'
import { softmax } from './softmax.js'

/** BatchNormalization-9 dropped `spatial`, whose 0 normalized every activation by itself. */
const batchNormalization: Rule = (node, context) => {
  if (attributeInt(node, 'spatial', 1) === 0) context.refuse(node, 'spatial=0 (statistics per activation) is gone')
  removeAttribute(node, 'spatial')
  return [node]
}

/** Without a training mode, which came with Dropout-12, the operator passes its input on. */
const dropout: Rule = (node, context) => {
  if (context.from >= 12) return [node]
  const [output, mask = ''] = node.output
  if (context.index.consumers(mask).length > 0 || context.index.isGraphOutput(mask)) {
    context.refuse(node, `its mask ${mask} is used`)
  }
  node.opType = 'Identity'
  node.output = [output]
  node.attribute = []
  return [node]
}

const scan: Rule = (node, context) => {
  if (context.from < 9) context.refuse(node, 'Scan had a batch dimension before opset 9')
  return [node]
}

/** The same operator under the name that it has since opset 11. */
const scatter: Rule = (node) => {
  node.opType = 'ScatterElements'
  return [node]
}

/** Operators that a breaking change lies before, on the way from opset 7 to 13. */
export const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['BatchNormalization', batchNormalization],
  ['Clip', clip],
  ['Dropout', dropout],
  ['Hardmax', softmax],
  ['LogSoftmax', softmax],
  ['Pad', pad],
  ['ReduceSum', axes],
  ['Resize', resize],
  ['Scan', scan],
  ['Scatter', scatter],
  ['Slice', slice],
  ['Softmax', softmax],
  ['Split', split],
  ['Squeeze', axes],
  ['TopK', topK],
  ['Unsqueeze', axes],
  ['Upsample', upsample]
])
