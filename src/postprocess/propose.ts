import { outputRoles } from './detection/defaults.js'
import type { DetectionLayout, OutputRole } from './detection/types.js'

/** What a model file says about an output; a free dimension is its name. */
export interface OutputFact {
  readonly name: string
  readonly dims: readonly (number | string)[]
  readonly type: string
}

/** A task and a way to read the outputs; `because` says what suggests it, for the comment in a starter config. */
export type Proposal =
  | {
      readonly task: 'detection'
      readonly layout: DetectionLayout
      readonly outputs: Readonly<Partial<Record<OutputRole, string>>>
      readonly because: string
    }
  | {
      readonly task: 'segmentation'
      readonly output: string
      readonly kind: 'scores' | 'binary' | 'labels'
      readonly layout: 'nchw' | 'nhwc'
      readonly because: string
    }

type Size = { readonly width: number; readonly height: number }

/**
 * Guesses how a model's outputs are to be read from their number, names, shapes and types. A guess for a person to
 * check: shapes alone do not tell whether scores are logits, or boxes pixels.
 *
 * @param input size of the network's input, where it is fixed.
 * @returns undefined where nothing fits.
 */
export function proposeDecoder(outputs: readonly OutputFact[], input?: Size): Proposal | undefined {
  return (
    finishedLists(outputs) ??
    selectedIndices(outputs) ??
    boxesAndScores(outputs) ??
    onePrediction(outputs, input) ??
    segmentation(outputs, input)
  )
}

const isInteger = ({ type }: OutputFact): boolean => /^u?int/.test(type)
const shape = ({ dims }: OutputFact): string => `[${dims.join(', ')}]`
const lastIs = ({ dims }: OutputFact, size: number): boolean => dims.at(-1) === size

function detection(
  layout: DetectionLayout,
  found: readonly (OutputFact | undefined)[],
  because: string
): Proposal | undefined {
  const roles = outputRoles(layout)
  const outputs: Partial<Record<OutputRole, string>> = {}
  for (const [position, role] of roles.entries()) {
    const output = found[position]
    if (output === undefined) return undefined
    outputs[role] = output.name
  }
  return { task: 'detection', layout, outputs, because }
}

/** Boxes, scores and class numbers, with a count (EfficientNMS, TensorFlow) or for one image (torchvision). */
function finishedLists(outputs: readonly OutputFact[]): Proposal | undefined {
  const named = (pattern: RegExp, wanted: (output: OutputFact) => boolean = () => true) =>
    outputs.find((output) => pattern.test(output.name) && wanted(output))
  const count = named(/^num/i)
  const [boxes, scores, classes] = [
    named(/box/i),
    named(/score/i),
    named(/class|label/i, ({ name }) => !/score/i.test(name))
  ]
  if (count !== undefined && boxes !== undefined && lastIs(boxes, 4)) {
    const names = outputs.map(({ name }) => name).join(', ')
    const tensorflow = /^detection_/.test(boxes.name) || count.name === 'num_detections'
    return tensorflow && !isInteger(count)
      ? detection(
          'tensorflow',
          [boxes, classes, scores, count],
          `the names ${names} are those of TensorFlow's Object Detection API`
        )
      : detection(
          'efficient_nms',
          [count, boxes, scores, classes],
          `the outputs ${names} are those of suppression in the graph`
        )
  }
  const two = outputs.find(({ dims }) => dims.length === 2 && dims[1] === 4)
  const labels = outputs.find((output) => output.dims.length === 1 && output.type === 'int64')
  const values = outputs.find((output) => output.dims.length === 1 && output.type.startsWith('float'))
  if (two === undefined) return undefined
  return detection(
    'torchvision',
    [two, labels, values],
    `boxes ${shape(two)} without a batch dimension, with labels and scores`
  )
}

function selectedIndices(outputs: readonly OutputFact[]): Proposal | undefined {
  const indices = outputs.find((output) => output.dims.length === 2 && lastIs(output, 3) && isInteger(output))
  if (indices === undefined) return undefined
  const dense = outputs.filter(({ dims }) => dims.length === 3)
  const boxes = dense.find((output) => lastIs(output, 4))
  return detection(
    'nms_indices',
    [indices, boxes, dense.find((output) => output !== boxes)],
    `the integers ${shape(indices)} are what NonMaxSuppression gives`
  )
}

function boxesAndScores(outputs: readonly OutputFact[]): Proposal | undefined {
  if (outputs.length < 2) return undefined
  const dense = outputs.filter(({ dims }) => dims.length === 3)
  const boxes = dense.find((output) => lastIs(output, 4))
  const scores = dense.find((output) => output !== boxes && output.dims[1] === boxes?.dims[1])
  if (boxes === undefined || scores === undefined) return undefined
  const isDetr = /logits/i.test(scores.name)
  return isDetr
    ? detection('detr', [boxes, scores], `${scores.name} ${shape(scores)} and ${boxes.name} ${shape(boxes)}`)
    : withPriors(detection('ssd', [boxes, scores], `boxes ${shape(boxes)} and scores ${shape(scores)}`), outputs)
}

/** Caffe's PriorBox as an output: [1, 2, 4 P], corners and variances. */
function withPriors(proposal: Proposal | undefined, outputs: readonly OutputFact[]): Proposal | undefined {
  const priors = outputs.find(
    ({ dims, type }) => dims.length === 3 && dims[1] === 2 && isFour(dims[2]) && type === 'float32'
  )
  if (proposal?.task !== 'detection' || priors === undefined) return proposal
  return {
    ...proposal,
    outputs: { ...proposal.outputs, priors: priors.name },
    because: `${proposal.because}, relative to the priors ${shape(priors)}`
  }
}

const isFour = (size: number | string | undefined): boolean => typeof size === 'number' && size > 0 && size % 4 === 0

function onePrediction(outputs: readonly OutputFact[], input: Size | undefined): Proposal | undefined {
  const output = outputs.find(({ dims, type }) => dims.length === 3 && type.startsWith('float'))
  if (output === undefined) return undefined
  const [, second, third] = output.dims
  const text = `output ${output.name} has shape ${shape(output)}`
  if (third === 6) return detection('rows', [output], `${text}: corners, score and class of finished boxes`)
  const [rows, columns] = [second, third].map((size) => anchorLikeness(size, input))
  if (rows === columns) return undefined
  if (columns > rows)
    return typeof second === 'number' && second < 5
      ? undefined
      : detection('yolov8', [output], `${text}: box and class scores of ${third} anchors in columns`)
  if (typeof third === 'number' && third < 6) return undefined
  const isGrid = typeof second === 'number' && gridSizes(input).includes(second)
  return isGrid
    ? detection('yolox', [output], `${text}: one row a grid cell, so YOLOX, or YOLOv8 with its axes swapped`)
    : detection('yolov5', [output], `${text}: box, objectness and class scores of ${second} anchors in rows`)
}

/** Cells of an input for every run of neighbouring strides, one anchor each. */
function gridSizes(input: Size | undefined): number[] {
  if (input === undefined) return []
  const cells = [4, 8, 16, 32, 64].map((stride) => Math.floor(input.width / stride) * Math.floor(input.height / stride))
  return cells.flatMap((_, first) =>
    cells.slice(first).map((_, last) => cells.slice(first, first + last + 1).reduce((sum, count) => sum + count))
  )
}

/** Orders the sizes of two axes by how much they look like a number of anchors; a free axis is in the middle. */
function anchorLikeness(size: number | string, input: Size | undefined): number {
  if (typeof size === 'string') return FEW_CLASSES
  const grids = gridSizes(input)
  return grids.includes(size) || grids.includes(size / 3) ? size + 1e6 : size
}

/** A free axis beside one of this size or less holds the anchors: the largest data sets have some hundred classes. */
const FEW_CLASSES = 400

function segmentation(outputs: readonly OutputFact[], input: Size | undefined): Proposal | undefined {
  const output = outputs.find(({ dims }) => dims.length === 4 || dims.length === 3)
  if (output === undefined) return undefined
  const { name, dims } = output
  const because = `output ${name} has shape ${shape(output)}`
  const propose = (kind: 'scores' | 'binary' | 'labels', layout: 'nchw' | 'nhwc', what: string): Proposal => ({
    task: 'segmentation',
    output: name,
    kind,
    layout,
    because: `${because}: ${what}`
  })
  if (isInteger(output) && (dims.length === 3 || dims[1] === 1))
    return propose('labels', 'nchw', 'a class for each pixel')
  if (dims.length === 3) return undefined
  // A channel count is the smaller number; with a known input the two others are its size.
  const last = dims[3]
  const nhwc =
    typeof last === 'number' &&
    (input === undefined
      ? typeof dims[1] === 'number' && last < dims[1]
      : dims[1] === input.height && dims[2] === input.width && last !== input.width)
  const channels = nhwc ? last : dims[1]
  const layout = nhwc ? 'nhwc' : 'nchw'
  if (channels === 1) return propose('binary', layout, 'one score for each pixel')
  return typeof channels === 'number' ? propose('scores', layout, `${channels} scores for each pixel`) : undefined
}
