import type { Tensor } from '../../tensor.js'
import type { Candidates } from './candidates.js'
import type { BoxFormat, DetectionOptions } from './types.js'

/** One batch of a network's outputs. */
export interface Reader {
  readonly images: number
  /** Adds an image's boxes that score above the limit. */
  collect(image: number, into: Candidates): void
  /** Writes the corners of a box, in pixels of the network's input. */
  corners(image: number, anchor: number, out: Float64Array): void
}

/** What readers know beside the options. */
export interface ReaderContext extends DetectionOptions {
  /** Of the network's input. */
  readonly input: { readonly width: number; readonly height: number }
  /** Class of the data set for each class of the network; -1: none. */
  readonly classMap: readonly number[]
}

export type ReadOutputs = (outputs: Readonly<Record<string, Tensor>>, context: ReaderContext) => Reader

/** Turns four numbers into corners: x1, y1, x2, y2 times the input's size where they are shares of it. */
export function cornerWriter(
  format: BoxFormat,
  scaleX: number,
  scaleY: number
): (a: number, b: number, c: number, d: number, out: Float64Array) => void {
  switch (format) {
    case 'xyxy':
      return (a, b, c, d, out) => write(out, a * scaleX, b * scaleY, c * scaleX, d * scaleY)
    case 'yxyx':
      return (a, b, c, d, out) => write(out, b * scaleX, a * scaleY, d * scaleX, c * scaleY)
    case 'xywh':
      return (a, b, c, d, out) => write(out, a * scaleX, b * scaleY, (a + c) * scaleX, (b + d) * scaleY)
    case 'cxcywh':
      return (a, b, c, d, out) =>
        write(out, (a - c / 2) * scaleX, (b - d / 2) * scaleY, (a + c / 2) * scaleX, (b + d / 2) * scaleY)
  }
}

/** The same for the units of the options. */
export function cornersOf(context: ReaderContext): ReturnType<typeof cornerWriter> {
  const { boxFormat, units, input } = context
  return units === 'pixels' ? cornerWriter(boxFormat, 1, 1) : cornerWriter(boxFormat, input.width, input.height)
}

function write(out: Float64Array, x1: number, y1: number, x2: number, y2: number): void {
  out[0] = x1
  out[1] = y1
  out[2] = x2
  out[3] = y2
}
