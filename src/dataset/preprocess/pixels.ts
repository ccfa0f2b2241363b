import type { Pixels } from '../types.js'
import { grayToRgb, swapRedBlue, toGray } from './color.js'
import { cropBorders, letterboxGeometry, resizedSize, type Size } from './geometry.js'
import { place } from './place.js'
import type { PixelStep } from './plan.js'
import { OpenCvResizer } from './resize-opencv.js'
import { PillowResizer } from './resize-pillow.js'
import { Scratch } from './scratch.js'

export type PixelOperation = (pixels: Pixels) => Pixels

const BLACK = [0]

/** The operations behind a list of pixel steps. Each owns its memory: results hold until the operation runs again. */
export function pixelOperations(steps: readonly PixelStep[], expandGray: boolean): readonly PixelOperation[] {
  const operations: PixelOperation[] = []
  if (expandGray) operations.push(expander())
  let order: 'rgb' | 'bgr' = 'rgb'
  for (const [index, step] of steps.entries()) {
    const next = steps[index + 1] as PixelStep | undefined
    const before = steps[index - 1] as PixelStep | undefined
    if (step.step === 'center_crop' && before !== undefined && canCrop(before)) continue
    if (canCrop(step) && next?.step === 'center_crop') operations.push(resizeAndCrop(step, next))
    else if (step.step !== 'color') operations.push(geometricOperation(step))
    else {
      operations.push(colorOperation(step.to, order))
      order = step.to === 'bgr' ? 'bgr' : step.to === 'rgb' ? 'rgb' : order
    }
  }
  return operations
}

function geometricOperation(step: Exclude<PixelStep, { step: 'color' }>): PixelOperation {
  const scratch = new Scratch()
  switch (step.step) {
    case 'resize': {
      const resizer = resizerOf(step)
      return (pixels) => resizer.resize(pixels, resizedSize(pixels, step.size))
    }
    case 'center_crop':
      return (pixels) => {
        const { left, top, right, bottom } = cropBorders(pixels, step.size)
        return place(pixels, { left: -left, top: -top, right: -right, bottom: -bottom }, BLACK, scratch)
      }
    case 'letterbox': {
      const resizer = resizerOf(step)
      return (pixels) => {
        const { inner, borders } = letterboxGeometry(pixels, step)
        return place(resizer.resize(pixels, inner), borders, step.color, scratch)
      }
    }
    case 'pad':
      return (pixels) => place(pixels, step, step.color, scratch)
  }
}

type PillowResize = Extract<PixelStep, { step: 'resize' }> & { readonly like: 'pillow' }

function canCrop(step: PixelStep): step is PillowResize {
  return step.step === 'resize' && step.like === 'pillow'
}

/** The usual pair in one: pixels that the crop would throw away are not computed. */
function resizeAndCrop(resize: PillowResize, crop: Extract<PixelStep, { step: 'center_crop' }>): PixelOperation {
  const scratch = new Scratch()
  const resizer = new PillowResizer(resize.interpolation)
  return (pixels) => {
    const size = resizedSize(pixels, resize.size)
    const { left, top, right, bottom } = cropBorders(size, crop.size)
    if (left < 0 || top < 0 || right < 0 || bottom < 0)
      return place(
        resizer.resize(pixels, size),
        { left: -left, top: -top, right: -right, bottom: -bottom },
        BLACK,
        scratch
      )
    const region = { left, top, width: size.width - left - right, height: size.height - top - bottom }
    return resizer.resize(pixels, size, region)
  }
}

function resizerOf({ like, interpolation }: Extract<PixelStep, { step: 'resize' | 'letterbox' }>): {
  resize(pixels: Pixels, size: Size): Pixels
} {
  return like === 'pillow' ? new PillowResizer(interpolation) : new OpenCvResizer(interpolation)
}

function colorOperation(to: 'rgb' | 'bgr' | 'gray' | 'gray-to-rgb', order: 'rgb' | 'bgr'): PixelOperation {
  const scratch = new Scratch()
  switch (to) {
    case 'gray':
      return (pixels) => toGray(pixels, order, scratch)
    case 'gray-to-rgb':
      return expander()
    case 'rgb':
    case 'bgr': {
      const expand = expander()
      return order === to ? expand : (pixels) => (pixels.channels === 1 ? expand(pixels) : swapRedBlue(pixels, scratch))
    }
  }
}

function expander(): PixelOperation {
  const scratch = new Scratch()
  return (pixels) => grayToRgb(pixels, scratch)
}
