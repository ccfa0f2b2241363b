import { proposeDecoder, type Proposal } from '../../postprocess/index.js'
import type { ValueInfo } from '../../runtime/index.js'

/** A line of the starter config and, where it is a guess, what the user has to check. */
export interface Guess {
  readonly text: string
  readonly check?: string
}

export interface ModelGuess {
  /** List entries of `preprocess`; empty where the input is no image. */
  readonly steps: readonly Guess[]
  /** Size of the class axis; undefined where the model leaves it open. */
  readonly outputs?: number
  readonly remarks: readonly string[]
  /** Of several outputs, the one that looks like the scores of a classifier: the first one with an axis of classes alone. */
  readonly scores?: { readonly output: string; readonly others: readonly string[] }
  /** What else than a classifier the outputs look like. */
  readonly proposal?: Proposal
}

/** ImageNet's statistics, with which nearly every public 224 x 224 classifier was trained (torchvision's documentation). */
const IMAGENET = '{scale: 1/255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}'
const IMAGENET_SIZE = 224

interface ImageShape {
  readonly layout: 'nchw' | 'nhwc'
  readonly channels: 1 | 3
  readonly width?: number
  readonly height?: number
}

/** What a model's inputs and outputs say about preprocessing, and what they leave to a guess. */
export function guessFromModel(inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): ModelGuess {
  const remarks: string[] = []
  const [input, ...more] = inputs
  if (input === undefined || more.length > 0) {
    remarks.push(`the model has ${inputs.length} inputs; precision-gate feeds models with one`)
  }
  const scores = outputs.find(({ type, dims }) => dims.length === 2 && type.startsWith('float')) ?? outputs[0]
  const classAxis = scores?.dims.at(-1)
  const shape = input === undefined ? undefined : imageShape(input)
  if (shape === undefined) {
    const dims = input === undefined ? 'missing' : `[${input.dims.join(', ')}]`
    remarks.push(`the input ${dims} is no image: give its tensors with dataset: {npy: inputs.npy, labels: labels.csv}`)
  }
  const proposal = shape === undefined ? undefined : proposeDecoder(outputs, sizeOf(shape))
  return {
    ...(proposal !== undefined && { proposal }),
    steps: input === undefined || shape === undefined ? [] : guessSteps(shape, input.type),
    ...(typeof classAxis === 'number' && classAxis > 0 && { outputs: classAxis }),
    ...(outputs.length > 1 && {
      scores: {
        output: scores.name,
        others: outputs.filter((output) => output !== scores).map(({ name }) => name)
      }
    }),
    remarks
  }
}

function imageShape({ dims }: ValueInfo): ImageShape | undefined {
  if (dims.length !== 4) return undefined
  const size = (axis: number): number | undefined => {
    const value = dims[axis]
    return typeof value === 'number' && value > 0 ? value : undefined
  }
  const first = size(1)
  const last = size(3)
  if (first === 1 || first === 3) return { layout: 'nchw', channels: first, height: size(2), width: size(3) }
  if (last === 1 || last === 3) return { layout: 'nhwc', channels: last, height: size(1), width: size(2) }
  return undefined
}

function sizeOf({ width, height }: ImageShape): { readonly width: number; readonly height: number } | undefined {
  return width === undefined || height === undefined ? undefined : { width, height }
}

function guessSteps({ layout, channels, width, height }: ImageShape, type: string): Guess[] {
  const size = { width: width ?? IMAGENET_SIZE, height: height ?? IMAGENET_SIZE }
  const open = width === undefined || height === undefined ? 'the model takes any size; this one is a guess. ' : ''
  const imagenet = channels === 3 && size.width === IMAGENET_SIZE && size.height === IMAGENET_SIZE
  const steps: Guess[] = []
  if (channels === 1) steps.push({ text: 'color: gray', check: 'the model takes one channel' })
  else steps.push({ text: 'color: rgb', check: 'bgr where the model was trained with OpenCV or Caffe' })
  if (imagenet) {
    const check = `${open}resize and crop as in training; like: opencv where it used cv2.resize`
    steps.push({ text: 'resize: {shorter: 256, interpolation: bilinear, like: pillow}', check })
    steps.push({ text: `center_crop: ${IMAGENET_SIZE}` })
  } else {
    const box = `{width: ${size.width}, height: ${size.height}, interpolation: bilinear, like: pillow}`
    const check = `${open}stretched to the input's size; letterbox or center_crop keep the aspect ratio`
    steps.push({ text: `resize: ${box}`, check })
  }
  if (type === 'uint8' || type === 'int8') return [...steps, ...layoutStep(layout)]
  steps.push(
    imagenet
      ? { text: `normalize: ${IMAGENET}`, check: "ImageNet's mean and standard deviation" }
      : { text: 'scale: 1/255', check: 'and mean and std where training used them: {scale, mean, std} in normalize' }
  )
  return [...steps, ...layoutStep(layout)]
}

function layoutStep(layout: 'nchw' | 'nhwc'): Guess[] {
  return layout === 'nhwc' ? [{ text: 'layout: nhwc' }] : []
}
