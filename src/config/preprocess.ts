import type { PreprocessStep, ResizeSize } from '../dataset/types.js'
import { DEFAULT_LETTERBOX_VALUE } from './defaults.js'
import type { Path } from './position.js'
import type { PreprocessDocument, StepDocument } from './schema/index.js'

/** What stands behind a step's key. */
type Value<Key extends string> = Extract<StepDocument, Record<Key, unknown>>[Key]

type Normalize = PreprocessStep & { readonly step: 'normalize' }

/** Where no long form says otherwise; the long forms get the same values from the schema. */
const FILTER = { interpolation: 'bilinear', like: 'pillow' } as const

/** The steps of either form of `preprocess`, and where they stand in the file. */
export function stepsOf(document: PreprocessDocument): {
  readonly steps: readonly StepDocument[]
  readonly path: Path
} {
  return 'steps' in document
    ? { steps: document.steps, path: ['preprocess', 'steps'] }
    : { steps: document, path: ['preprocess'] }
}

/**
 * The canonical list: every short form written out, and a `scale` followed by `mean` and `std` joined into one step, so that
 * configs that mean the same give the same hash.
 */
export function canonicalSteps(documents: readonly StepDocument[]): PreprocessStep[] {
  const steps: PreprocessStep[] = []
  for (const step of documents.map(canonicalStep)) {
    const previous = steps.at(-1)
    if (step.step === 'normalize' && previous?.step === 'normalize' && isScaleOnly(previous) && step.scale === 1) {
      steps[steps.length - 1] = { ...step, scale: previous.scale }
    } else {
      steps.push(step)
    }
  }
  return steps
}

function canonicalStep(document: StepDocument): PreprocessStep {
  if ('resize' in document) return resizeStep(document.resize)
  if ('center_crop' in document) return { step: 'center_crop', size: cropSize(document.center_crop) }
  if ('letterbox' in document) return letterboxStep(document.letterbox)
  if ('pad' in document) return padStep(document.pad)
  if ('color' in document) return { step: 'color', to: document.color }
  if ('scale' in document) return normalizeStep(document)
  if ('mean' in document) return normalizeStep(document)
  if ('normalize' in document) return normalizeStep(document.normalize)
  if ('layout' in document) return { step: 'layout', to: document.layout }
  return { step: 'cast', to: document.cast }
}

function resizeStep(value: Value<'resize'>): PreprocessStep {
  if (typeof value === 'number') return { step: 'resize', size: { shorter: value }, ...FILTER }
  if (Array.isArray(value)) return { step: 'resize', size: fromPair(value), ...FILTER }
  const { interpolation, like } = value
  const size: ResizeSize =
    'shorter' in value
      ? { shorter: value.shorter }
      : 'longer' in value
        ? { longer: value.longer }
        : { width: value.width, height: value.height }
  return { step: 'resize', size, interpolation, like }
}

function cropSize(value: Value<'center_crop'>) {
  if (typeof value === 'number') return square(value)
  return Array.isArray(value) ? fromPair(value) : value
}

function letterboxStep(value: Value<'letterbox'>): PreprocessStep {
  if (typeof value === 'number' || Array.isArray(value)) {
    const size = typeof value === 'number' ? square(value) : fromPair(value)
    return { step: 'letterbox', ...size, color: [DEFAULT_LETTERBOX_VALUE], enlarge: true, ...FILTER }
  }
  const { enlarge, interpolation, like } = value
  const size = 'size' in value ? square(value.size) : { width: value.width, height: value.height }
  return { step: 'letterbox', ...size, color: list(value.value), enlarge, interpolation, like }
}

function padStep(value: Value<'pad'>): PreprocessStep {
  if (typeof value === 'number') return { step: 'pad', ...everySide(value), color: [0] }
  if ('all' in value) return { step: 'pad', ...everySide(value.all), color: list(value.value) }
  const { left = 0, top = 0, right = 0, bottom = 0 } = value
  return { step: 'pad', left, top, right, bottom, color: list(value.value) }
}

type Factor = number | string
export type Channels = number | readonly number[]

function normalizeStep(value: { scale?: Factor; mean?: Channels; std?: Channels }): Normalize {
  return { step: 'normalize', scale: factor(value.scale ?? 1), mean: list(value.mean ?? 0), std: list(value.std ?? 1) }
}

function factor(value: Factor): number {
  if (typeof value === 'number') return value
  const [numerator = NaN, denominator = NaN] = value.split('/').map(Number)
  return numerator / denominator
}

const square = (size: number) => ({ width: size, height: size })
const everySide = (size: number) => ({ left: size, top: size, right: size, bottom: size })
const fromPair = ([width = 0, height = 0]: readonly number[]) => ({ width, height })
export const list = (value: Channels): readonly number[] => (typeof value === 'number' ? [value] : value)

function isScaleOnly({ mean, std }: Normalize): boolean {
  return mean.every((value) => value === 0) && std.every((value) => value === 1)
}
