/** Where the values of a channel lie in a flat tensor. */
export interface Order {
  /** Channels apart (NCHW) rather than interleaved (NHWC). */
  readonly planar: boolean
  /** Channel 0 of the picture is the last one of the tensor. */
  readonly swapped: boolean
}

/** value = pixel * gain + offset, for one channel. */
export interface Line {
  readonly gain: number
  readonly offset: number
}

export interface Fit {
  /** Root mean square of what the lines leave over, in grey levels; the mean of the channels. */
  readonly levels: number
  readonly lines: readonly Line[]
}

/** Nothing in a pair of unrelated pictures is further apart. */
const UNRELATED = 255

/** Position of value (channel, pixel) in a tensor of `area` pixels. */
export function valueIndex(channel: number, pixel: number, channels: number, area: number, planar: boolean): number {
  return planar ? channel * area + pixel : pixel * channels + channel
}

/** Which channel of the picture a channel of the tensor shows. */
export function pictureChannel(channel: number, channels: number, swapped: boolean): number {
  return swapped ? channels - 1 - channel : channel
}

/**
 * Fits each channel of a tensor to a picture by least squares. Any normalization is such a line, so what is left over tells
 * whether it is the same picture, whatever was divided, subtracted or forgotten.
 *
 * @param picture interleaved 8-bit pixels
 * @param positions the pixels to look at
 */
export function fitLines(
  picture: Uint8Array,
  values: Float64Array,
  positions: readonly number[],
  channels: number,
  { planar, swapped }: Order
): Fit {
  const area = picture.length / channels
  const count = positions.length
  const lines: Line[] = []
  let levels = 0
  for (let channel = 0; channel < channels; channel++) {
    const shown = pictureChannel(channel, channels, swapped)
    let [sumX, sumY, sumXX, sumXY, sumYY] = [0, 0, 0, 0, 0]
    for (const pixel of positions) {
      const x = picture[pixel * channels + shown]
      const y = values[valueIndex(channel, pixel, channels, area, planar)]
      sumX += x
      sumY += y
      sumXX += x * x
      sumXY += x * y
      sumYY += y * y
    }
    const varianceX = sumXX / count - (sumX / count) ** 2
    const varianceY = Math.max(0, sumYY / count - (sumY / count) ** 2)
    const covariance = sumXY / count - (sumX / count) * (sumY / count)
    const gain = varianceX > 0 ? covariance / varianceX : 0
    lines.push({ gain, offset: sumY / count - gain * (sumX / count) })
    if (gain <= 0) levels += varianceY <= 1e-12 * (sumYY / count) ? 0 : UNRELATED
    else levels += Math.min(UNRELATED, Math.sqrt(Math.max(0, varianceY - gain * covariance)) / gain)
  }
  return { levels: levels / channels, lines }
}
