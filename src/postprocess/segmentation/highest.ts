import type { Grid } from './grid.js'
import type { Segmentation } from './types.js'

/** Scores of one image: element (channel, row, column) lies at `start + channel * channelStride + pixel * pixelStride`. */
export interface Plane {
  readonly data: Float32Array
  readonly start: number
  readonly channels: number
  readonly width: number
  readonly height: number
  readonly channelStride: number
  readonly pixelStride: number
}

/** The channel with the highest interpolated score at each pixel of the grid; of equal ones the first, as in argmax. */
export function highestClass(plane: Plane, grid: Grid): Segmentation {
  const { width, height } = grid
  const data = new Uint8Array(width * height)
  const best = new Float32Array(width)
  const scores = new Float32Array(width)
  let nonFinite = 0
  for (let row = 0; row < height; row++) {
    const classes = data.subarray(row * width, (row + 1) * width)
    for (let channel = 0; channel < plane.channels; channel++) {
      interpolate(plane, channel, row, grid, scores)
      for (let i = 0; i < width; i++) {
        const score = scores[i]
        if (channel > 0 && score <= best[i]) continue
        // NaN compares with nothing: once it is the best it stays, and is counted.
        if (channel > 0 && best[i] !== best[i]) continue
        best[i] = score
        classes[i] = channel
      }
    }
    for (let i = 0; i < width; i++) if (best[i] !== best[i]) nonFinite++
  }
  return { data, width, height, nonFinite }
}

/** One row of the grid from the two rows of the output that it lies between. */
function interpolate(plane: Plane, channel: number, row: number, { width, x, y }: Grid, out: Float32Array): void {
  const { data, pixelStride } = plane
  const start = plane.start + channel * plane.channelStride
  const upper = start + y.below[row] * plane.width * pixelStride
  const lower = start + y.above[row] * plane.width * pixelStride
  if (x.identity && y.identity) {
    for (let i = 0, at = upper; i < width; i++, at += pixelStride) out[i] = data[at]
    return
  }
  const down = y.share[row]
  for (let i = 0; i < width; i++) {
    const [left, right, along] = [x.below[i] * pixelStride, x.above[i] * pixelStride, x.share[i]]
    const top = data[upper + left] + (data[upper + right] - data[upper + left]) * along
    const bottom = data[lower + left] + (data[lower + right] - data[lower + left]) * along
    out[i] = top + (bottom - top) * down
  }
}
