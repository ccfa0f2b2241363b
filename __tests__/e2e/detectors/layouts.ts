import { loadModel, saveModel } from '../../../src/model/index.js'
import { Surgery } from './surgery.js'

/** Anchors, classes and input size of the network of example 10. */
const [ANCHORS, CLASSES, SIZE] = [500, 10, 160]
/** Centre and size in pixels [N, 4, A], scores [N, C, A], and their logits, inside that network. */
const [BOXES, SCORES, LOGITS] = ['/Concat_4_output_0', '/Sigmoid_output_0', '/Slice_3_output_0']
const [IOU, MIN_SCORE, MOST] = [0.6, 0.001, 100]

type Change = (graph: Surgery) => void

/** Writes the network of example 10 as another exporter would have. */
export async function exportAs(change: Change, source: string, target: string): Promise<void> {
  const model = await loadModel(source, { workspace: '/' })
  change(new Surgery(model))
  await saveModel(model, target)
}

/**
 * [N, A, 5 + C], three anchors a cell of which two find nothing. Objectness 0.5 and doubled scores: their product has the
 * scores' own bits.
 */
export const yolov5: Change = (graph) => {
  const scores = graph.add('Mul', [SCORES, graph.scalar(2)])
  const nothing = graph.add('Mul', [graph.slice(SCORES, 1, 0, 1), graph.scalar(0)])
  const objectness = graph.add('Add', [nothing, graph.scalar(0.5)])
  const rows = graph.transpose(graph.concat(1, BOXES, objectness, scores), 0, 2, 1)
  const none = graph.add('Mul', [rows, graph.scalar(0)])
  const all = graph.concat(1, none, rows, none)
  graph.outputs({ output0: [all, 'float32', ['batch', 3 * ANCHORS, 5 + CLASSES]] })
}

/** The same relative to the cells of strides 8 and 16: centre over stride less the cell, logarithm of size over stride. */
export const yolox: Change = (graph) => {
  const cells = [8, 16].flatMap((stride) => {
    const side = SIZE / stride
    return Array.from({ length: side * side }, (_, i) => [i % side, Math.floor(i / side), stride])
  })
  const shape = [1, 1, ANCHORS]
  const stride = graph.floats(
    cells.map((cell) => cell[2]),
    shape
  )
  const cell = graph.floats([...cells.map((one) => one[0]), ...cells.map((one) => one[1])], [1, 2, ANCHORS])
  const relative = graph.add('Div', [BOXES, stride])
  const centre = graph.add('Sub', [graph.slice(relative, 1, 0, 2), cell])
  const size = graph.add('Log', [graph.slice(relative, 1, 2, 4)])
  const objectness = graph.add('Add', [
    graph.add('Mul', [graph.slice(SCORES, 1, 0, 1), graph.scalar(0)]),
    graph.scalar(1)
  ])
  const rows = graph.transpose(graph.concat(1, centre, size, objectness, SCORES), 0, 2, 1)
  graph.outputs({ output: [rows, 'float32', ['batch', ANCHORS, 5 + CLASSES]] })
}

/** Priors of 32 pixels in the cells of strides 8 and 16, centre and size as shares of the input. */
export const PRIORS: readonly number[] = [8, 16].flatMap((stride) => {
  const side = SIZE / stride
  return Array.from({ length: side * side }, (_, i) => [
    ((i % side) + 0.5) / side,
    (Math.floor(i / side) + 0.5) / side,
    32 / SIZE,
    32 / SIZE
  ]).flat()
})
export const VARIANCES = [0.1, 0.2] as const

/** The same as corners, in pixels of an input of this size, or shares of 1. */
export function priorCorners(size: number): number[] {
  const corners: number[] = []
  for (let at = 0; at < PRIORS.length; at += 4) {
    const [x, y, w, h] = PRIORS.slice(at, at + 4).map((share) => share * size)
    corners.push(x - w / 2, y - h / 2, x + w / 2, y + h / 2)
  }
  return corners
}

/** Offsets from priors, and scores with a background before them. */
function relativeToPriors(graph: Surgery): { boxes: string; scores: string } {
  const priors = graph.floats(PRIORS, [1, ANCHORS, 4])
  const shares = graph.add('Div', [graph.transpose(BOXES, 0, 2, 1), graph.scalar(SIZE)])
  const [centre, size] = [graph.slice(shares, 2, 0, 2), graph.slice(shares, 2, 2, 4)]
  const [priorCentre, priorSize] = [graph.slice(priors, 2, 0, 2), graph.slice(priors, 2, 2, 4)]
  const moved = graph.add('Div', [graph.add('Sub', [centre, priorCentre]), priorSize])
  const grown = graph.add('Log', [graph.add('Div', [size, priorSize])])
  const boxes = graph.concat(
    2,
    graph.add('Div', [moved, graph.scalar(VARIANCES[0])]),
    graph.add('Div', [grown, graph.scalar(VARIANCES[1])])
  )
  const rows = graph.transpose(SCORES, 0, 2, 1)
  const background = graph.add('ReduceMax', [rows], { axes: { ints: [2] }, keepdims: { int: 1 } })
  const scores = graph.concat(2, graph.add('Sub', [graph.scalar(1), background]), rows)
  return { boxes, scores }
}

/** Boxes relative to priors that are not in the model. */
export const ssd: Change = (graph) => {
  const { boxes, scores } = relativeToPriors(graph)
  graph.outputs({
    boxes: [boxes, 'float32', ['batch', ANCHORS, 4]],
    scores: [scores, 'float32', ['batch', ANCHORS, CLASSES + 1]]
  })
}

/** The same with Caffe's PriorBox as an output: corners, then variances. */
export const ssdWithPriors: Change = (graph) => {
  const { boxes, scores } = relativeToPriors(graph)
  const variances = Array.from({ length: PRIORS.length }, (_, i) => VARIANCES[i % 4 < 2 ? 0 : 1])
  graph.outputs({
    boxes: [boxes, 'float32', ['batch', ANCHORS, 4]],
    scores: [scores, 'float32', ['batch', ANCHORS, CLASSES + 1]],
    priors: [graph.floats([...priorCorners(1), ...variances], [1, 2, 4 * ANCHORS]), 'float32', [1, 2, 4 * ANCHORS]]
  })
}

/** Transformers' detectors with sigmoids (Deformable DETR, RT-DETR): no background. */
export const detrSigmoid: Change = (graph) => {
  const shares = graph.add('Div', [graph.transpose(BOXES, 0, 2, 1), graph.scalar(SIZE)])
  graph.outputs({
    logits: [graph.transpose(LOGITS, 0, 2, 1), 'float32', ['batch', ANCHORS, CLASSES]],
    pred_boxes: [shares, 'float32', ['batch', ANCHORS, 4]]
  })
}

/** DETR_SHARE of what the sigmoids gave, since a softmax shares 1 among all classes and the background. */
export const DETR_SHARE = 1 / 16
export const detr: Change = (graph) => {
  const shares = graph.add('Div', [graph.transpose(BOXES, 0, 2, 1), graph.scalar(SIZE)])
  const scores = graph.add('Mul', [graph.transpose(SCORES, 0, 2, 1), graph.scalar(DETR_SHARE)])
  const sum = graph.add('ReduceSum', [scores, graph.ints([2])], { keepdims: { int: 1 } })
  const background = graph.add('Sub', [graph.scalar(1), sum])
  const logits = graph.add('Log', [graph.concat(2, scores, background)])
  graph.outputs({
    logits: [logits, 'float32', ['batch', ANCHORS, CLASSES + 1]],
    pred_boxes: [shares, 'float32', ['batch', ANCHORS, 4]]
  })
}

/** Corners in pixels [N, A, 4], y before x as ONNX's NonMaxSuppression has them. */
function corners(graph: Surgery): string {
  const [centre, size] = [graph.slice(BOXES, 1, 0, 2), graph.slice(BOXES, 1, 2, 4)]
  const half = graph.add('Mul', [size, graph.scalar(0.5)])
  const rows = graph.transpose(
    graph.concat(1, graph.add('Sub', [centre, half]), graph.add('Add', [centre, half])),
    0,
    2,
    1
  )
  return graph.gather(rows, graph.ints([1, 0, 3, 2]), 2)
}

function suppress(graph: Surgery, boxes: string): string {
  const limits = [graph.ints([MOST]), graph.floats([IOU]), graph.floats([MIN_SCORE])]
  return graph.add('NonMaxSuppression', [boxes, SCORES, ...limits])
}

/** What NonMaxSuppression selected, beside what it was given. */
export const nmsIndices: Change = (graph) => {
  const boxes = corners(graph)
  graph.outputs({
    selected_indices: [suppress(graph, boxes), 'int64', ['selected', 3]],
    boxes: [boxes, 'float32', ['batch', ANCHORS, 4]],
    scores: [SCORES, 'float32', ['batch', CLASSES, ANCHORS]]
  })
}

/** The best 100 of one image after suppression: boxes [K, 4] (y before x), classes [K] from 0 on, scores [K]. */
function best(graph: Surgery): { boxes: string; classes: string; scores: string } {
  graph.fixBatch()
  const boxes = corners(graph)
  const selected = suppress(graph, boxes)
  const column = (index: number) => graph.gather(selected, graph.ints([index], []), 1)
  const image = graph.ints([0])
  const classes = graph.add('GatherND', [SCORES, graph.gather(selected, graph.ints([0, 1, 2]), 1)])
  const count = graph.add('Min', [graph.add('Shape', [classes]), graph.ints([MOST])])
  const [scores, places] = graph.several('TopK', [classes, count], 2, { axis: { int: 0 } })
  const one = graph.add('Squeeze', [boxes, image])
  return {
    boxes: graph.gather(one, graph.gather(column(2), places, 0), 0),
    classes: graph.gather(column(1), places, 0),
    scores
  }
}

const toXyxy = (graph: Surgery, boxes: string) => graph.gather(boxes, graph.ints([1, 0, 3, 2]), 1)

/** One image, without a batch dimension, as many boxes as there are; classes from 1 on. */
export const torchvision: Change = (graph) => {
  const { boxes, classes, scores } = best(graph)
  graph.outputs({
    boxes: [toXyxy(graph, boxes), 'float32', ['found', 4]],
    labels: [graph.add('Add', [classes, graph.ints([1], [])]), 'int64', ['found']],
    scores: [scores, 'float32', ['found']]
  })
}

/** Fills up to 100 with zeros, and adds the batch dimension. */
function filled(graph: Surgery, tensor: string, width?: number): string {
  const count = graph.add('Shape', [tensor])
  const missing = graph.add('Sub', [graph.ints([MOST]), graph.slice(count, 0, 0, 1)])
  const zeros = graph.ints(width === undefined ? [0] : [0, 0])
  const tail = width === undefined ? missing : graph.concat(0, missing, graph.ints([0]))
  const padded = graph.add('Pad', [tensor, graph.concat(0, zeros, tail)])
  return graph.add('Reshape', [padded, graph.ints(width === undefined ? [1, MOST] : [1, MOST, width])])
}

/** TensorFlow's Object Detection API: shares with y before x, everything a float, classes from 1 on. */
export const tensorflow: Change = (graph) => {
  const { boxes, classes, scores } = best(graph)
  const shares = graph.add('Div', [boxes, graph.scalar(SIZE)])
  const numbers = graph.cast(graph.add('Add', [classes, graph.ints([1], [])]), 'float32')
  graph.outputs({
    detection_boxes: [filled(graph, shares, 4), 'float32', [1, MOST, 4]],
    detection_classes: [filled(graph, numbers), 'float32', [1, MOST]],
    detection_scores: [filled(graph, scores), 'float32', [1, MOST]],
    num_detections: [graph.cast(graph.add('Shape', [scores]), 'float32'), 'float32', [1]]
  })
}

/** TensorRT's EfficientNMS. */
export const efficientNms: Change = (graph) => {
  const { boxes, classes, scores } = best(graph)
  const count = graph.add('Reshape', [graph.add('Shape', [scores]), graph.ints([1, 1])])
  graph.outputs({
    num_dets: [graph.cast(count, 'int32'), 'int32', [1, 1]],
    det_boxes: [filled(graph, toXyxy(graph, boxes), 4), 'float32', [1, MOST, 4]],
    det_scores: [filled(graph, scores), 'float32', [1, MOST]],
    det_classes: [graph.cast(filled(graph, graph.cast(classes, 'float32')), 'int32'), 'int32', [1, MOST]]
  })
}

/** YOLOv10's and YOLO26's rows of corners, score and class. */
export const rows: Change = (graph) => {
  const { boxes, classes, scores } = best(graph)
  const last = graph.ints([1])
  const column = (tensor: string) => graph.add('Unsqueeze', [tensor, last])
  const six = graph.concat(1, toXyxy(graph, boxes), column(scores), column(graph.cast(classes, 'float32')))
  graph.outputs({ output0: [filled(graph, six, 6), 'float32', [1, MOST, 6]] })
}
