import type { Interpolation, PreprocessStep, ResizeLike } from '../../dataset/index.js'

export interface Size {
  readonly width: number
  readonly height: number
}

type Kind = 'stretch' | 'letterbox' | 'resize and crop'
type Filter = { readonly like: ResizeLike; readonly interpolation: Interpolation }

/** Another way to bring an image to the network's size. */
export interface Geometry {
  /** What is different from the config's steps, each in words; empty for these themselves. */
  readonly changes: readonly string[]
  /** The steps on pixels for an image of a size. */
  steps(image: Size): readonly PreprocessStep[]
}

const BARS = [114, 0, 128, 255]
/** Share of the resized image that evaluation code crops: 224 of 256. */
const CROP = 0.875

/**
 * What pipelines commonly do instead of `ours`, for an input of `target`: letterbox against stretch against resize and crop,
 * Pillow against OpenCV, other interpolations. The config's own steps come first.
 *
 * @param ours the config's steps on pixels
 */
export function geometries(ours: readonly PreprocessStep[], { width, height }: Size): Geometry[] {
  const target = { width, height }
  const colors = ours.filter(({ step }) => step === 'color')
  const filter = filterOf(ours)
  const kind = kindOf(ours)
  const differs = (other: Filter): string[] => [
    ...(other.like === filter.like ? [] : [`${title(other.like)} resize against ${title(filter.like)} resize`]),
    ...(other.interpolation === filter.interpolation ? [] : [`${other.interpolation} against ${filter.interpolation}`])
  ]
  const list: Geometry[] = [{ changes: [], steps: () => ours }]
  if (resizes(ours)) {
    for (const other of filters(filter)) {
      const steps = ours.map((step) =>
        step.step === 'resize' || step.step === 'letterbox' ? { ...step, ...other } : step
      )
      if (differs(other).length > 0) list.push({ changes: differs(other), steps: () => steps })
    }
  }
  const add = (other: Kind, detail: string, steps: (image: Size, filter: Filter) => PreprocessStep[]): void => {
    const change =
      other === kind ? detail : `${other}${detail === '' ? '' : ` (${detail})`} against ${kind ?? 'no resize'}`
    for (const like of ['pillow', 'opencv'] as const) {
      const used = { ...filter, like }
      list.push({
        changes: [change, ...(resizes(ours) ? differs(used) : [])],
        steps: (image) => [...colors, ...steps(image, used)]
      })
    }
  }
  add('stretch', 'straight to the input size', (_, used) => [{ step: 'resize', size: target, ...used }])
  for (const bar of BARS) {
    add('letterbox', `bars of ${bar}`, (_, used) => [
      { step: 'letterbox', ...target, color: [bar], enlarge: true, ...used }
    ])
    add('letterbox', `image at the top left, bars of ${bar}`, (image, used) => cornerBox(image, target, bar, used))
  }
  for (const share of [1, CROP]) {
    add(
      'resize and crop',
      share === 1 ? 'shorter side to the input size' : `${share} of the shorter side kept`,
      (image, used) => cover(image, target, share, used)
    )
  }
  return list
}

/** YOLOX and others: scaled to fit, bars at the right and the bottom only. */
function cornerBox(image: Size, target: Size, bar: number, filter: Filter): PreprocessStep[] {
  const ratio = Math.min(target.width / image.width, target.height / image.height)
  const size = { width: Math.trunc(image.width * ratio), height: Math.trunc(image.height * ratio) }
  return [
    { step: 'resize', size, ...filter },
    {
      step: 'pad',
      left: 0,
      top: 0,
      right: target.width - size.width,
      bottom: target.height - size.height,
      color: [bar]
    }
  ]
}

/** Scaled until the input is covered, the middle kept. */
function cover(image: Size, target: Size, share: number, filter: Filter): PreprocessStep[] {
  const crop: PreprocessStep = { step: 'center_crop', size: target }
  if (target.width === target.height) {
    return [{ step: 'resize', size: { shorter: Math.round(target.width / share) }, ...filter }, crop]
  }
  const ratio = Math.max(target.width / image.width, target.height / image.height) / share
  const size = { width: Math.round(image.width * ratio), height: Math.round(image.height * ratio) }
  return [{ step: 'resize', size, ...filter }, crop]
}

function filters({ like, interpolation }: Filter): Filter[] {
  const likes = [like, like === 'pillow' ? 'opencv' : 'pillow'] as const
  const all = (['nearest', 'bilinear', 'bicubic', 'area'] as const).filter((other) => other !== interpolation)
  return [interpolation, ...all].flatMap((interpolation) => likes.map((like) => ({ like, interpolation })))
}

function filterOf(steps: readonly PreprocessStep[]): Filter {
  for (const step of steps) {
    if (step.step === 'resize' || step.step === 'letterbox')
      return { like: step.like, interpolation: step.interpolation }
  }
  return { like: 'pillow', interpolation: 'bilinear' }
}

function resizes(steps: readonly PreprocessStep[]): boolean {
  return steps.some(({ step }) => step === 'resize' || step === 'letterbox')
}

/** What the steps do to the aspect ratio. */
function kindOf(steps: readonly PreprocessStep[]): Kind | undefined {
  if (steps.some(({ step }) => step === 'letterbox')) return 'letterbox'
  const resize = steps.find((step) => step.step === 'resize')
  if (resize === undefined) return undefined
  if ('width' in resize.size) return 'stretch'
  return steps.some(({ step }) => step === 'pad') ? 'letterbox' : 'resize and crop'
}

function title(like: ResizeLike): string {
  return like === 'pillow' ? 'Pillow' : 'OpenCV'
}
