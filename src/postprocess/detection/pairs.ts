import { floatsOf, numbersOf, outputOf, wrongShape } from '../tensors.js'
import { channelMap } from './class-map.js'
import { cornersOf, cornerWriter, type ReadOutputs, type ReaderContext } from './reader.js'
import { collectScores } from './scores.js'
import type { Priors } from './types.js'

type Outputs = Parameters<ReadOutputs>[0]

/** Boxes [N, P, 4] and class scores [N, P, C]: SSD (relative to priors, or final) and DETR. */
export const readPairs: ReadOutputs = (outputs, context) => {
  const boxes = readBoxes(outputs, context)
  const scores = readScores(outputs, boxes.count, context)
  return {
    images: boxes.images,
    collect: (image, into) => collectScores(scores.block(image), context, into),
    corners: boxes.corners
  }
}

/**
 * Rows (image, class, box) of ONNX's NonMaxSuppression, with the boxes and scores it was given. The operator takes
 * corners in either order, so they are sorted here.
 */
export const readIndices: ReadOutputs = (outputs, context) => {
  const boxes = readBoxes(outputs, context)
  const scores = readScores(outputs, boxes.count, context)
  const name = context.outputs.indices ?? ''
  const { dims, data } = numbersOf(outputOf(outputs, name))
  if (dims.length !== 2 || dims[1] !== 3) wrongShape(name, dims, '[boxes, 3]')
  return {
    images: boxes.images,
    collect(image, into) {
      const { data: values, start, anchorStride, channelStride, channelMap: map } = scores.block(image)
      for (let at = 0; at < data.length; at += 3) {
        const [channel, anchor] = [data[at + 1], data[at + 2]]
        if (data[at] !== image) continue
        if (channel >= map.length || anchor >= boxes.count || channel < 0 || anchor < 0)
          wrongShape(name, dims, `indices below ${map.length} classes and ${boxes.count} boxes`)
        const score = values[start + anchor * anchorStride + channel * channelStride]
        if (!(score <= context.minScore) && map[channel] >= 0) into.push(anchor, map[channel], score)
      }
    },
    corners(image, anchor, out) {
      boxes.corners(image, anchor, out)
      const [x1, y1, x2, y2] = out
      out[0] = Math.min(x1, x2)
      out[1] = Math.min(y1, y2)
      out[2] = Math.max(x1, x2)
      out[3] = Math.max(y1, y2)
    }
  }
}

/** Dimensions of one inside are left by convolutional heads: [N, P, 1, 4]. */
function squeezed([first, ...rest]: readonly number[]): number[] {
  const others = rest.filter((size, axis) => size !== 1 || axis === 0)
  return [first, ...others]
}

function readBoxes(outputs: Outputs, context: ReaderContext) {
  const name = context.outputs.boxes ?? ''
  const tensor = floatsOf(outputOf(outputs, name))
  const { data } = tensor
  const dims = squeezed(tensor.dims)
  // Caffe's SSD gives all coordinates of an image in one row.
  const flat = dims.length === 2 && dims[1] % 4 === 0
  if (!flat && (dims.length !== 3 || dims[2] !== 4)) wrongShape(name, tensor.dims, '[N, boxes, 4]')
  const [images, second] = dims
  const count = flat ? second / 4 : second
  const priors = context.priors ?? priorsOf(outputs, context, count)
  if (priors !== undefined && priors.boxes.length !== 4 * count)
    wrongShape(name, tensor.dims, `${priors.boxes.length / 4} boxes, one a prior,`)
  const write = priors === undefined ? cornersOf(context) : relativeTo(priors, context)
  const corners = (image: number, anchor: number, out: Float64Array): void => {
    const at = (image * count + anchor) * 4
    write(data[at], data[at + 1], data[at + 2], data[at + 3], out, anchor)
  }
  return { images, count, corners }
}

type WriteRelative = (a: number, b: number, c: number, d: number, out: Float64Array, anchor: number) => void

/** Liu et al., arXiv:1512.02325, as their code writes it: c = p + d v p_size, size = p_size exp(d v). */
function relativeTo({ boxes, variances: [centre, size] }: Priors, { input }: ReaderContext): WriteRelative {
  const write = cornerWriter('cxcywh', input.width, input.height)
  return (dx, dy, dw, dh, out, anchor) => {
    const at = 4 * anchor
    const [width, height] = [boxes[at + 2], boxes[at + 3]]
    const x = boxes[at] + dx * centre * width
    const y = boxes[at + 1] + dy * centre * height
    write(x, y, width * Math.exp(dw * size), height * Math.exp(dh * size), out)
  }
}

/** Caffe's PriorBox: [1, 2, 4 P], corners as shares of the input and, in the second row, variances. */
function priorsOf(outputs: Outputs, context: ReaderContext, count: number): Priors | undefined {
  const name = context.outputs.priors
  if (name === undefined) return undefined
  const { dims, data } = floatsOf(outputOf(outputs, name))
  if (data.length !== 8 * count) wrongShape(name, dims, `[1, 2, ${4 * count}]`)
  const boxes = new Float32Array(4 * count)
  for (let at = 0; at < 4 * count; at += 4) {
    const [x1, y1, x2, y2] = data.subarray(at, at + 4)
    boxes.set([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1], at)
  }
  return { boxes, variances: [data[4 * count], data[4 * count + 2]] }
}

function readScores(outputs: Outputs, anchors: number, context: ReaderContext) {
  const name = context.outputs.scores ?? ''
  const tensor = floatsOf(outputOf(outputs, name))
  const { data } = tensor
  const dims = squeezed(tensor.dims)
  if (dims.length === 2 && dims[1] % anchors === 0) dims.splice(1, 1, anchors, dims[1] / anchors)
  const [, second, third = 1] = dims
  if (dims.length !== 3 || (second !== anchors && third !== anchors))
    wrongShape(name, tensor.dims, `scores for ${anchors} boxes, [N, ${anchors}, classes],`)
  const rowsFirst = context.layout === 'nms_indices' ? third !== anchors : second === anchors
  const channels = rowsFirst ? third : second
  const map = channelMap(channels, context)
  const [anchorStride, channelStride] = rowsFirst ? [channels, 1] : [1, anchors]
  const block = (image: number) => ({
    data,
    start: image * anchors * channels,
    anchors,
    anchorStride,
    channelStride,
    channelMap: map
  })
  return { block }
}
