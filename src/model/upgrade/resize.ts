import { attributeFloats, attributeString, removeAttribute, setAttribute } from '../nodes.js'
import type { NodeProto } from '../proto/onnx_pb.js'
import type { Rule, UpgradeContext } from './context.js'

/** Upsample-7 (scales as attribute) and Upsample-9 (as input) are Resize with asymmetric coordinates. */
export const upsample: Rule = (node, context) => {
  const scales = attributeFloats(node, 'scales')
  removeAttribute(node, 'scales')
  const name =
    scales === undefined
      ? node.input[1]
      : context.constant(`${node.output[0]}_scales`, {
          type: 'float32',
          dims: [scales.length],
          data: Float32Array.from(scales)
        })
  node.opType = 'Resize'
  // The old operator only enlarges.
  return asymmetric(node, name, 'floor')
}

/**
 * Resize-10 has asymmetric coordinates. Which neighbour it takes was left open; ONNX Runtime takes the lower one where
 * it enlarges and the upper one where it shrinks (`ResizeNearestMode::SIMPLE`), so the direction must be known.
 */
export const resize: Rule = (node, context) => {
  if (context.from >= 11) return [node]
  const nearest = attributeString(node, 'mode', 'nearest') === 'nearest'
  return asymmetric(node, node.input[1], nearest ? nearestMode(node, context) : 'floor')
}

function asymmetric(node: NodeProto, scales: string, nearest: 'floor' | 'ceil'): NodeProto[] {
  node.input = [node.input[0], '', scales]
  setAttribute(node, 'coordinate_transformation_mode', { string: 'asymmetric' })
  if (attributeString(node, 'mode', 'nearest') === 'nearest') setAttribute(node, 'nearest_mode', { string: nearest })
  return [node]
}

function nearestMode(node: NodeProto, context: UpgradeContext): 'floor' | 'ceil' {
  const scales = constantScales(node, context)
  if (scales === undefined) return context.refuse(node, 'its scales are computed, and the sizes are not known')
  const shrinks = scales.some((scale) => scale < 1)
  if (shrinks && scales.some((scale) => scale > 1))
    context.refuse(node, 'it enlarges one dimension and shrinks another')
  return shrinks ? 'ceil' : 'floor'
}

/** The scales, or ratios of known sizes: only their direction counts. */
function constantScales(node: NodeProto, context: UpgradeContext): number[] | undefined {
  const constant = context.constantValue(node.input[1])
  if (constant !== undefined) return Array.from(constant.data, Number)
  const before = context.dims(node.input[0])
  const after = context.dims(node.output[0])
  if (before === undefined || after?.length !== before.length) return undefined
  const ratios = before.map((size, axis) => {
    if (typeof size === 'number' && typeof after[axis] === 'number') return after[axis] / size
    // A named size is the same wherever the name stands; an unnamed one is unknown.
    return size === after[axis] && size !== '' ? 1 : NaN
  })
  return ratios.some(Number.isNaN) ? undefined : ratios
}
