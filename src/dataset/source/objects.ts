import type { Size } from '../preprocess/geometry.js'
import type { Objects } from '../types.js'

export interface AnnotatedObject {
  /** x, y, width, height in pixels. */
  readonly box: readonly [number, number, number, number]
  /** Class index. */
  readonly class: number
  /** Default: width x height. */
  readonly area?: number
  readonly crowd?: boolean
  readonly difficult?: boolean
}

/** How far a box may lie outside its image: rounding and counting from 0 instead of 1 account for a pixel. */
const TOLERANCE_PIXELS = 1

/** @returns what is wrong with a box, or undefined. */
export function boxProblem([x, y, width, height]: AnnotatedObject['box'], image: Size): string | undefined {
  const box = `[${x}, ${y}, ${width}, ${height}]`
  if (![x, y, width, height].every(Number.isFinite)) return `the box ${box} is not finite`
  if (width < 0 || height < 0) return `the box ${box} (x, y, width, height) has a negative size`
  const least = -TOLERANCE_PIXELS
  if (x < least || y < least || x + width > image.width - least || y + height > image.height - least)
    return `the box ${box} (x, y, width, height) lies outside the image of ${image.width}x${image.height}`
  return undefined
}

export function packObjects(objects: readonly AnnotatedObject[]): Objects {
  const packed = {
    boxes: new Float64Array(4 * objects.length),
    categories: new Int32Array(objects.length),
    areas: new Float64Array(objects.length),
    crowd: new Uint8Array(objects.length),
    difficult: new Uint8Array(objects.length)
  }
  objects.forEach(({ box, class: index, area, crowd, difficult }, i) => {
    packed.boxes.set(box, 4 * i)
    packed.categories[i] = index
    packed.areas[i] = area ?? box[2] * box[3]
    packed.crowd[i] = crowd === true ? 1 : 0
    packed.difficult[i] = difficult === true ? 1 : 0
  })
  return packed
}
