import { ConfigurationError } from '../../errors.js'
import type { PreprocessStep } from '../types.js'
import { CASTS, isCastType, type CastType } from './cast.js'
import { resizedSize, type Size } from './geometry.js'

/** The model's image input: ONNX Runtime's element type and dimensions; a free dimension is its name. */
export interface PreprocessTarget {
  readonly dims: readonly (number | string)[]
  readonly type: string
}

export type PixelStep = Exclude<PreprocessStep, { step: 'normalize' | 'layout' | 'cast' }>

/** A list of steps that was checked against the model's input. */
export interface Plan {
  readonly pixelSteps: readonly PixelStep[]
  readonly normalize: Extract<PreprocessStep, { step: 'normalize' }> | undefined
  readonly layout: 'nchw' | 'nhwc'
  readonly type: CastType
  readonly channels: 1 | 3
  readonly size: Size
  /** Grey images become RGB before the first step, because the model wants three channels and no step says when. */
  readonly expandGray: boolean
}

interface State {
  readonly size: Size | undefined
  /** undefined: as the image has it. */
  readonly channels: 1 | 3 | undefined
}

/**
 * Checks that the steps are in a possible order and lead to what the model takes.
 * @throws ConfigurationError naming the step, what it gives, what the model takes, and the repair.
 */
export function planPreprocess(steps: readonly PreprocessStep[], target: PreprocessTarget): Plan {
  checkOrder(steps)
  const layout = steps.find((step) => step.step === 'layout')?.to ?? 'nchw'
  const input = inputShape(target, layout)
  const type = inputType(steps, target.type)
  const pixelSteps = steps.filter((step) => isPixelStep(step))
  const saysGray = pixelSteps.some((step) => step.step === 'color' && (step.to === 'gray' || step.to === 'gray-to-rgb'))
  const expandGray = !saysGray && input.channels !== 1
  let state: State = { size: undefined, channels: expandGray ? 3 : undefined }
  pixelSteps.forEach((step) => (state = after(step, state, place(steps, step))))
  const channels = finalChannels(state.channels, input.channels)
  const size = finalSize(state.size, input, target)
  const normalize = steps.find((step) => step.step === 'normalize')
  if (normalize !== undefined) checkNormalize(normalize, channels, place(steps, normalize))
  return { pixelSteps, normalize, layout, type, channels, size, expandGray }
}

function isPixelStep(step: PreprocessStep): step is PixelStep {
  return step.step !== 'normalize' && step.step !== 'layout' && step.step !== 'cast'
}

function place(steps: readonly PreprocessStep[], step: PreprocessStep): string {
  return `preprocess step ${steps.indexOf(step) + 1} (${step.step})`
}

function fail(message: string, hint: string): never {
  throw new ConfigurationError([{ message }], hint)
}

function checkOrder(steps: readonly PreprocessStep[]): void {
  const seen = new Set<PreprocessStep['step']>()
  for (const step of steps) {
    const { step: name } = step
    const once = !isPixelStep(step)
    if (once && seen.has(name)) fail(`${place(steps, step)}: ${name} is in the list twice`, 'keep one of them')
    if (!once && seen.has('normalize'))
      fail(`${place(steps, step)} comes after normalize; it works on 8-bit pixels`, `move ${name} before normalize`)
    if (seen.has('cast') && name !== 'layout')
      fail(`${place(steps, step)} comes after cast, which makes the model's input`, `move cast to the end of the list`)
    seen.add(name)
  }
}

interface InputShape {
  readonly channels: 1 | 3 | undefined
  readonly width: number | undefined
  readonly height: number | undefined
}

function inputShape({ dims }: PreprocessTarget, layout: 'nchw' | 'nhwc'): InputShape {
  const shape = `[${dims.join(', ')}]`
  if (dims.length !== 4)
    fail(
      `the model's input ${shape} has ${dims.length} dimensions; images are fed with four (batch, channels, height, width)`,
      'tensors of other shapes can be given as `dataset: {npy: …}`'
    )
  const known = (axis: number): number | undefined => {
    const size = dims[axis]
    return typeof size === 'number' && size > 0 ? size : undefined
  }
  const axis = layout === 'nchw' ? { channels: 1, height: 2, width: 3 } : { channels: 3, height: 1, width: 2 }
  const channels = known(axis.channels)
  if (channels !== undefined && channels !== 1 && channels !== 3) {
    const other = known(layout === 'nchw' ? 3 : 1)
    if (other === 1 || other === 3)
      fail(
        `the model's input ${shape} has its channels ${layout === 'nchw' ? 'last' : 'first'}, the layout is ${layout}`,
        `set \`layout: ${layout === 'nchw' ? 'nhwc' : 'nchw'}\` at the end of the list`
      )
    fail(
      `the model's input ${shape} has ${channels} channels; images have 1 or 3`,
      'give the tensors as `dataset: {npy: …}`'
    )
  }
  return { channels, height: known(axis.height), width: known(axis.width) }
}

function inputType(steps: readonly PreprocessStep[], type: string): CastType {
  if (!isCastType(type))
    fail(`the model's input has type ${type}`, `images are cast to ${Object.keys(CASTS).join(', ')}`)
  const cast = steps.find((step) => step.step === 'cast')
  if (cast !== undefined && cast.to !== type)
    fail(`${place(steps, cast)} makes ${cast.to}, the model takes ${type}`, `set \`cast: ${type}\`, or leave cast out`)
  return type
}

function after(step: PixelStep, state: State, where: string): State {
  const { size, channels } = state
  switch (step.step) {
    case 'resize':
      if ('width' in step.size) return { ...state, size: step.size }
      return { ...state, size: size === undefined ? undefined : resizedSize(size, step.size) }
    case 'center_crop':
      if ('width' in step.size) return { ...state, size: step.size }
      if (!(step.size.fraction > 0 && step.size.fraction <= 1))
        fail(`${where}: fraction ${step.size.fraction} is not above 0 and at most 1`, 'write the share that is kept')
      return { ...state, size: size === undefined ? undefined : croppedSize(size, step.size.fraction) }
    case 'letterbox':
      checkColor(step.color, channels, where)
      return { ...state, size: { width: step.width, height: step.height } }
    case 'pad':
      checkColor(step.color, channels, where)
      return {
        ...state,
        size: size && { width: size.width + step.left + step.right, height: size.height + step.top + step.bottom }
      }
    case 'color':
      return { ...state, channels: step.to === 'gray' ? 1 : 3 }
  }
}

function croppedSize({ width, height }: Size, fraction: number): Size {
  const kept = (side: number): number => side - 2 * Math.trunc((side - side * fraction) / 2)
  return { width: kept(width), height: kept(height) }
}

function checkColor(color: readonly number[], channels: 1 | 3 | undefined, where: string): void {
  const allowed = channels === undefined ? [1, 3] : [1, channels]
  if (!allowed.includes(color.length))
    fail(
      `${where}: colour [${color.join(', ')}] for ${channels ?? '1 or 3'} channels`,
      'give one value, or one a channel'
    )
  const wrong = color.find((value) => !Number.isInteger(value) || value < 0 || value > 255)
  if (wrong !== undefined) fail(`${where}: colour value ${wrong}`, 'colours are whole numbers from 0 to 255')
}

function finalChannels(have: 1 | 3 | undefined, want: 1 | 3 | undefined): 1 | 3 {
  if (have !== undefined && want !== undefined && have !== want)
    fail(
      `the steps give ${have} channel${have === 1 ? '' : 's'}, the model takes ${want}`,
      want === 3 ? 'add `color: gray-to-rgb`' : 'add `color: gray` as the last colour step'
    )
  return want ?? have ?? 3
}

function finalSize(have: Size | undefined, { width, height }: InputShape, { dims }: PreprocessTarget): Size {
  const size = { width: width ?? have?.width, height: height ?? have?.height }
  if (size.width === undefined || size.height === undefined)
    fail(
      `the model's input [${dims.join(', ')}] takes any size, and the steps do not give every image the same one`,
      'add `resize: {width, height}` or `center_crop`'
    )
  if (have !== undefined && (have.width !== size.width || have.height !== size.height))
    fail(
      `the steps give images of ${have.width}x${have.height} (width x height), the model takes ${size.width}x${size.height}`,
      'change the last resize, crop or letterbox to that size'
    )
  return { width: size.width, height: size.height }
}

function checkNormalize(
  { scale, mean, std }: Extract<PreprocessStep, { step: 'normalize' }>,
  channels: 1 | 3,
  where: string
): void {
  for (const [name, values] of Object.entries({ mean, std })) {
    if (values.length !== 1 && values.length !== channels)
      fail(
        `${where}: ${name} has ${values.length} values for ${channels} channel${channels === 1 ? '' : 's'}`,
        'give one value, or one a channel in the order of the colour steps'
      )
    if (!values.every(Number.isFinite))
      fail(`${where}: ${name} [${values.join(', ')}] is not finite`, 'give plain numbers')
  }
  if (!Number.isFinite(scale)) fail(`${where}: scale ${scale} is not finite`, 'for 0..1 write scale: 1/255')
  if (std.includes(0)) fail(`${where}: std is zero, and values are divided by it`, 'leave std out to divide by 1')
}
