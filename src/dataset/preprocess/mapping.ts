import type { PreprocessStep } from '../types.js'
import { cropBorders, letterboxGeometry, resizedSize, type Size } from './geometry.js'

/**
 * Where a pixel of an image comes to lie in the network's input: `input = image * scale + offset`, per axis.
 *
 * Coordinates are continuous: an image of width w spans 0 to w, and the centre of its first pixel is 0.5. Scales are
 * those of the sizes in whole pixels, so a letterbox may scale the axes by slightly different factors.
 */
export interface ImageMapping {
  readonly image: Size
  readonly input: Size
  readonly scaleX: number
  readonly scaleY: number
  readonly offsetX: number
  readonly offsetY: number
}

/** The mapping of a preprocessing list for an image of that size. Steps that leave pixels where they are do not count. */
export function imageMapping(steps: readonly PreprocessStep[], image: Size): ImageMapping {
  let mapping: ImageMapping = { image, input: image, scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 }
  for (const step of steps) mapping = after(step, mapping)
  return mapping
}

function after(step: PreprocessStep, mapping: ImageMapping): ImageMapping {
  switch (step.step) {
    case 'resize':
      return resized(mapping, resizedSize(mapping.input, step.size))
    case 'center_crop': {
      const { left, top, right, bottom } = cropBorders(mapping.input, step.size)
      return bordered(mapping, { left: -left, top: -top, right: -right, bottom: -bottom })
    }
    case 'letterbox': {
      const { inner, borders } = letterboxGeometry(mapping.input, step)
      return bordered(resized(mapping, inner), borders)
    }
    case 'pad':
      return bordered(mapping, step)
    case 'color':
    case 'normalize':
    case 'layout':
    case 'cast':
      return mapping
  }
}

function resized(mapping: ImageMapping, { width, height }: Size): ImageMapping {
  const x = width / mapping.input.width
  const y = height / mapping.input.height
  return {
    image: mapping.image,
    input: { width, height },
    scaleX: mapping.scaleX * x,
    scaleY: mapping.scaleY * y,
    offsetX: mapping.offsetX * x,
    offsetY: mapping.offsetY * y
  }
}

function bordered(
  mapping: ImageMapping,
  { left, top, right, bottom }: { left: number; top: number; right: number; bottom: number }
): ImageMapping {
  const { width, height } = mapping.input
  return {
    ...mapping,
    input: { width: width + left + right, height: height + top + bottom },
    offsetX: mapping.offsetX + left,
    offsetY: mapping.offsetY + top
  }
}
