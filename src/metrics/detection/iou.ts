import type { Floats } from './types.js'

/**
 * Intersection over union of two boxes [x, y, width, height] whose corners are points: pycocotools' `bbIou`. Beside a
 * crowd the denominator is the detection's own area, so that any box inside the crowd region overlaps it fully.
 *
 * @param a holds the detection at offset `i`; `b` the other box at `j`.
 */
export function boxIou(a: Floats, i: number, b: Floats, j: number, crowd = false): number {
  const width = Math.min(a[i] + a[i + 2], b[j] + b[j + 2]) - Math.max(a[i], b[j])
  if (width <= 0) return 0
  const height = Math.min(a[i + 1] + a[i + 3], b[j + 1] + b[j + 3]) - Math.max(a[i + 1], b[j + 1])
  if (height <= 0) return 0
  const intersection = width * height
  const area = a[i + 2] * a[i + 3]
  return intersection / (crowd ? area : area + b[j + 2] * b[j + 3] - intersection)
}

/**
 * Intersection over union of Pascal VOC's development kit: the corners are pixels and belong to the box, so the box
 * from 1 to 1 is one pixel wide. A box [x, y, width, height] spans x to x + width, width + 1 pixels.
 */
export function pixelBoxIou(a: Floats, i: number, b: Floats, j: number): number {
  const width = Math.min(a[i] + a[i + 2], b[j] + b[j + 2]) - Math.max(a[i], b[j]) + 1
  if (width <= 0) return 0
  const height = Math.min(a[i + 1] + a[i + 3], b[j + 1] + b[j + 3]) - Math.max(a[i + 1], b[j + 1]) + 1
  if (height <= 0) return 0
  const intersection = width * height
  return intersection / ((a[i + 2] + 1) * (a[i + 3] + 1) + (b[j + 2] + 1) * (b[j + 3] + 1) - intersection)
}
