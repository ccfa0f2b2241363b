import { IGNORED, type ImageMapping, type Mask } from '../../dataset/index.js'
import { RuntimeError } from '../../errors.js'
import type { Tensor } from '../../tensor.js'
import { floatsOf, numbersOf, outputOf, wrongShape } from '../tensors.js'
import { gridOf, type Grid } from './grid.js'
import { highestClass, type Plane } from './highest.js'
import type { Segmentation, SegmentationOptions } from './types.js'

export interface SegmentationDecoder {
  readonly output: string
  /**
   * @param outputs of one batch, by name.
   * @param mappings one for each image of the batch that counts.
   * @returns the class of every pixel, of the image or of the network's input.
   * @throws RuntimeError where the output does not have the shape of its kind, or names a class that there is none of.
   */
  decode(outputs: Readonly<Record<string, Tensor>>, mappings: readonly ImageMapping[]): readonly Segmentation[]
  /** The mask at the resolution of the comparison. */
  mask(mask: Mask, mapping: ImageMapping): Mask
}

/** @param classes of the network. */
export function segmentationDecoder(options: SegmentationOptions, classes: number): SegmentationDecoder {
  const { output, kind, compareAt } = options
  return {
    output,
    decode(outputs, mappings) {
      const tensor = outputOf(outputs, output)
      const shape = shapeOf(tensor, options)
      if (shape.images < mappings.length)
        throw new RuntimeError(
          `output '${output}' holds ${shape.images} images, the network was given ${mappings.length}`
        )
      const expected = kind === 'scores' ? classes : 1
      if (shape.channels !== expected)
        wrongShape(output, tensor.dims, `${expected} channel${expected === 1 ? '' : 's'}`)
      const { data } = kind === 'labels' ? numbersOf(tensor) : floatsOf(tensor)
      return mappings.map((mapping, image) => {
        const grid = gridOf(mapping, shape, compareAt)
        const start = image * shape.channels * shape.width * shape.height
        if (kind === 'labels') return labels({ data, start, shape, grid, output, classes })
        const plane: Plane = { ...shape, data: data as Float32Array, start }
        return highestClass(kind === 'binary' ? againstThreshold(plane, options) : plane, grid)
      })
    },
    mask: (mask, mapping) => (compareAt === 'image' ? mask : maskAtInput(mask, mapping))
  }
}

interface OutputShape {
  readonly images: number
  readonly channels: number
  readonly width: number
  readonly height: number
  readonly channelStride: number
  readonly pixelStride: number
}

function shapeOf({ dims }: Tensor, { output, kind, layout }: SegmentationOptions): OutputShape {
  if (kind !== 'scores' && dims.length === 3) {
    const [images, height, width] = dims
    return { images, channels: 1, height, width, channelStride: 0, pixelStride: 1 }
  }
  if (dims.length !== 4) wrongShape(output, dims, layout === 'nchw' ? '[N, C, H, W]' : '[N, H, W, C]')
  const [images] = dims
  const [channels, height, width] = layout === 'nchw' ? dims.slice(1) : [dims[3], dims[1], dims[2]]
  const [channelStride, pixelStride] = layout === 'nchw' ? [height * width, 1] : [1, channels]
  return { images, channels, height, width, channelStride, pixelStride }
}

/** Two channels, of which the first is the threshold everywhere: class 1 where the second is higher. */
function againstThreshold(plane: Plane, { activation, threshold }: SegmentationOptions): Plane {
  const { width, height, data, start } = plane
  const size = width * height
  const two = new Float32Array(2 * size).fill(threshold, 0, size)
  const values = data.subarray(start, start + size)
  if (activation === 'none') two.set(values, size)
  else for (let i = 0; i < size; i++) two[size + i] = 1 / (1 + Math.exp(-values[i]))
  return { data: two, start: 0, channels: 2, width, height, channelStride: size, pixelStride: 1 }
}

function labels(from: {
  readonly data: ArrayLike<number>
  readonly start: number
  readonly shape: OutputShape
  readonly grid: Grid
  readonly output: string
  readonly classes: number
}): Segmentation {
  const { data, start, shape, grid, output, classes } = from
  const { width, height, x, y } = grid
  const out = new Uint8Array(width * height)
  for (let row = 0, at = 0; row < height; row++) {
    const line = start + y.nearest[row] * shape.width
    for (let column = 0; column < width; column++, at++) {
      const label = data[line + x.nearest[column]]
      if (!(label >= 0 && label < classes && Number.isInteger(label)))
        throw new RuntimeError(
          `output '${output}' holds ${label}; classes are 0 to ${classes - 1}`,
          'check that the output holds class indices, and the class list of the data set'
        )
      out[at] = label
    }
  }
  return { data: out, width, height, nonFinite: 0 }
}

/** The mask's nearest pixel for each one of the input; borders around the image are {@link IGNORED}. */
function maskAtInput(mask: Mask, { input, scaleX, scaleY, offsetX, offsetY }: ImageMapping): Mask {
  const { width, height } = input
  const data = new Uint8Array(width * height).fill(IGNORED)
  for (let row = 0, at = 0; row < height; row++) {
    const y = Math.floor((row + 0.5 - offsetY) / scaleY)
    for (let column = 0; column < width; column++, at++) {
      const x = Math.floor((column + 0.5 - offsetX) / scaleX)
      if (x >= 0 && y >= 0 && x < mask.width && y < mask.height) data[at] = mask.data[y * mask.width + x]
    }
  }
  return { data, width, height }
}
