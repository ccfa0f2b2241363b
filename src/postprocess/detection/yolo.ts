import { RuntimeError } from '../../errors.js'
import { floatsOf, outputOf, wrongShape } from '../tensors.js'
import type { Candidates } from './candidates.js'
import { channelMap } from './class-map.js'
import { cornersOf, type ReadOutputs, type ReaderContext } from './reader.js'
import { collectScores } from './scores.js'

/**
 * One tensor [N, 4 + C, A] or [N, A, 4 + C]: centre, size, class scores. Which of the two it is follows from the number
 * of classes; where that fits both or neither, anchors are more than channels.
 */
export const readYoloV8: ReadOutputs = (outputs, context) => {
  const name = context.outputs.predictions ?? ''
  const { dims, data } = floatsOf(outputOf(outputs, name))
  if (dims.length !== 3 || Math.min(dims[1], dims[2]) < 5) wrongShape(name, dims, '[N, 4 + classes, anchors]')
  const [images, second, third] = dims
  const wanted = 4 + context.classMap.length + (context.background === 'none' ? 0 : 1)
  const planes = (second === wanted) === (third === wanted) ? second < third : second === wanted
  const [channels, anchors] = planes ? [second, third] : [third, second]
  const [anchorStride, channelStride] = planes ? [1, anchors] : [channels, 1]
  const size = channels * anchors
  const map = channelMap(channels - 4, context)
  const write = cornersOf(context)
  return {
    images,
    collect(image, into) {
      const start = image * size + 4 * channelStride
      collectScores({ data, start, anchors, anchorStride, channelStride, channelMap: map }, context, into)
    },
    corners(image, anchor, out) {
      const at = image * size + anchor * anchorStride
      const step = channelStride
      write(data[at], data[at + step], data[at + 2 * step], data[at + 3 * step], out)
    }
  }
}

/** One tensor [N, A, 5 + C]: centre, size, objectness, class scores; a class scores objectness x class score. */
export const readYoloV5: ReadOutputs = (outputs, context) => {
  const block = readRows(outputs, context)
  const write = cornersOf(context)
  return {
    images: block.images,
    collect: block.collect,
    corners(image, anchor, out) {
      const [at, data] = [block.at(image, anchor), block.data]
      write(data[at], data[at + 1], data[at + 2], data[at + 3], out)
    }
  }
}

/**
 * The same from YOLOX' exporter without `--decode_in_inference`: with grid cell g and stride s of an anchor, the centre
 * is (x + g) s and the size exp(w) s (Ge et al., arXiv:2107.08430; one anchor a cell, levels in the order of strides).
 */
export const readYoloX: ReadOutputs = (outputs, context) => {
  const block = readRows(outputs, context)
  const cells = gridCells(context.strides, context.input)
  if (cells.length !== 3 * block.anchors)
    throw new RuntimeError(
      `output '${context.outputs.predictions ?? ''}' has ${block.anchors} boxes; a grid of strides ${context.strides.join(', ')} on ` +
        `${context.input.width}x${context.input.height} has ${cells.length / 3}`,
      'set `strides` to those of the network, or `decode: yolov5` if its boxes are in pixels already'
    )
  const write = cornersOf(context)
  return {
    images: block.images,
    collect: block.collect,
    corners(image, anchor, out) {
      const [at, data] = [block.at(image, anchor), block.data]
      const stride = cells[3 * anchor + 2]
      const x = (data[at] + cells[3 * anchor]) * stride
      const y = (data[at + 1] + cells[3 * anchor + 1]) * stride
      write(x, y, Math.exp(data[at + 2]) * stride, Math.exp(data[at + 3]) * stride, out)
    }
  }
}

/** Column, row and stride of every cell. */
function gridCells(
  strides: readonly number[],
  input: { readonly width: number; readonly height: number }
): Float64Array {
  const cells: number[] = []
  for (const stride of strides) {
    const columns = Math.floor(input.width / stride)
    const rows = Math.floor(input.height / stride)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) cells.push(column, row, stride)
  }
  return Float64Array.from(cells)
}

function readRows(outputs: Parameters<ReadOutputs>[0], context: ReaderContext) {
  const name = context.outputs.predictions ?? ''
  const { dims, data } = floatsOf(outputOf(outputs, name))
  if (dims.length !== 3 || dims[2] < 6) wrongShape(name, dims, '[N, anchors, 5 + classes]')
  const [images, anchors, channels] = dims
  const map = channelMap(channels - 5, context)
  const at = (image: number, anchor: number) => (image * anchors + anchor) * channels
  const collect = (image: number, into: Candidates): void => {
    const { minScore, multiLabel } = context
    for (let anchor = 0, start = at(image, 0); anchor < anchors; anchor++, start += channels) {
      const objectness = data[start + 4]
      // A class score is at most 1, so most boxes end here.
      if (objectness <= minScore) continue
      let best = -1
      let most = minScore
      for (let c = 0; c < map.length; c++) {
        const score = objectness * data[start + 5 + c]
        if (score <= most || map[c] < 0) continue
        if (multiLabel || score !== score) into.push(anchor, map[c], score)
        else {
          best = c
          most = score
        }
      }
      if (best >= 0) into.push(anchor, map[best], most)
    }
  }
  return { images, anchors, data, at, collect }
}
