import type { PreprocessStep, ResizeSize } from '../types.js'
import { roundHalfEven } from '../elements.js'

export interface Size {
  readonly width: number
  readonly height: number
}

/** A part of an image. */
export interface Region extends Size {
  readonly left: number
  readonly top: number
}

export interface Borders {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/**
 * Size after `resize`: as torchvision's Resize computes it, the other side is the truncated product
 * (`int(requested * long / short)`), and at least 1.
 */
export function resizedSize({ width, height }: Size, size: ResizeSize): Size {
  if ('width' in size) return size
  const other = (requested: number, side: number, of: number): number =>
    Math.max(1, Math.trunc((requested * side) / of))
  const widthLeads = 'shorter' in size ? width <= height : width > height
  const requested = 'shorter' in size ? size.shorter : size.longer
  return widthLeads
    ? { width: requested, height: other(requested, height, width) }
    : { width: other(requested, width, height), height: requested }
}

export type CropSize = Extract<PreprocessStep, { step: 'center_crop' }>['size']

/**
 * What a centre crop takes away on each side; negative where it adds black.
 *
 * Pixels: torchvision's CenterCrop, `round((side - crop) / 2)` with ties to even; a smaller image is padded with 0, the
 * odd pixel at the right and bottom. Fraction: TensorFlow's `image.central_crop` (Keras and the MLPerf reference
 * preprocessing), which keeps `side - 2 * int((side - side * fraction) / 2)`.
 */
export function cropBorders({ width, height }: Size, size: CropSize): Borders {
  if ('fraction' in size) {
    const cut = (side: number): number => Math.trunc((side - side * size.fraction) / 2)
    return { left: cut(width), right: cut(width), top: cut(height), bottom: cut(height) }
  }
  const before = (side: number, crop: number): number =>
    crop > side ? -Math.floor((crop - side) / 2) : roundHalfEven((side - crop) / 2)
  const left = before(width, size.width)
  const top = before(height, size.height)
  return { left, top, right: width - size.width - left, bottom: height - size.height - top }
}

export type LetterboxStep = Extract<PreprocessStep, { step: 'letterbox' }>

/**
 * Ultralytics' LetterBox: scaled by the smaller ratio (`enlarge: false`: at most 1), sides rounded with ties to even,
 * centred with borders `round(d / 2 - 0.1)` left and top, `round(d / 2 + 0.1)` right and bottom.
 */
export function letterboxGeometry({ width, height }: Size, step: LetterboxStep): { inner: Size; borders: Borders } {
  const fitting = Math.min(step.height / height, step.width / width)
  const ratio = step.enlarge ? fitting : Math.min(fitting, 1)
  const inner = {
    width: Math.max(1, roundHalfEven(width * ratio)),
    height: Math.max(1, roundHalfEven(height * ratio))
  }
  const dw = (step.width - inner.width) / 2
  const dh = (step.height - inner.height) / 2
  return {
    inner,
    borders: {
      left: roundHalfEven(dw - 0.1),
      right: roundHalfEven(dw + 0.1),
      top: roundHalfEven(dh - 0.1),
      bottom: roundHalfEven(dh + 0.1)
    }
  }
}
