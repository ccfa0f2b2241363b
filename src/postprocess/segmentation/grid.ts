import type { ImageMapping, Size } from '../../dataset/index.js'
import { ConfigurationError } from '../../errors.js'

/** Where the pixels of one axis of the result lie in the output: between `below` and `above`, at `share` of the way. */
export interface Axis {
  readonly below: Int32Array
  readonly above: Int32Array
  readonly share: Float32Array
  readonly nearest: Int32Array
  /** The result's pixels are the output's. */
  readonly identity: boolean
}

export interface Grid extends Size {
  readonly x: Axis
  readonly y: Axis
}

/**
 * @param output size of the network's output, which covers its input.
 * @throws ConfigurationError where the image's borders were cut off before the network saw them.
 */
export function gridOf(mapping: ImageMapping, output: Size, compareAt: 'image' | 'input'): Grid {
  const { image, input, scaleX, scaleY, offsetX, offsetY } = mapping
  const shareX = output.width / input.width
  const shareY = output.height / input.height
  if (compareAt === 'input')
    return {
      width: input.width,
      height: input.height,
      x: axisOf(input.width, shareX, 0, output.width),
      y: axisOf(input.height, shareY, 0, output.height)
    }
  checkView(offsetX, scaleX * image.width, input.width)
  checkView(offsetY, scaleY * image.height, input.height)
  return {
    width: image.width,
    height: image.height,
    x: axisOf(image.width, scaleX * shareX, offsetX * shareX, output.width),
    y: axisOf(image.height, scaleY * shareY, offsetY * shareY, output.height)
  }
}

/** Half a pixel may be missing by rounding. */
function checkView(offset: number, length: number, input: number): void {
  if (offset >= -0.5 && offset + length <= input + 0.5) return
  throw new ConfigurationError(
    [{ message: 'the preprocessing cuts parts of the image off, so its mask has pixels that the network never saw' }],
    'remove `center_crop`, or compare at the network input: `decode: {compare_at: input}`'
  )
}

/** Output coordinate of the centre of pixel i: (i + 0.5) scale + offset - 0.5, kept between the first and last pixel. */
function axisOf(count: number, scale: number, offset: number, output: number): Axis {
  // Borders that were added do not run into the image.
  const first = Math.min(output - 1, Math.max(0, Math.round(offset)))
  const last = Math.max(first, Math.min(output, Math.round(offset + count * scale)) - 1)
  const below = new Int32Array(count)
  const above = new Int32Array(count)
  const share = new Float32Array(count)
  const nearest = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    const position = Math.min(Math.max((i + 0.5) * scale + offset - 0.5, first), last)
    below[i] = Math.floor(position)
    above[i] = Math.min(last, below[i] + 1)
    share[i] = position - below[i]
    nearest[i] = Math.min(Math.max(Math.floor((i + 0.5) * scale + offset), first), last)
  }
  return { below, above, share, nearest, identity: scale === 1 && offset === 0 && count === output }
}
