import { describe, expect, it } from '@jest/globals'
import { IGNORED, imageMapping, type ImageMapping, type Mask, type PreprocessStep } from '../../src/dataset/index.js'
import { segmentationDecoder, type SegmentationOptions } from '../../src/postprocess/index.js'
import type { Tensor } from '../../src/tensor.js'
import { bytesOf, readReference, unmoved } from './references.js'

interface Case {
  readonly name: string
  readonly channels: number
  /** Height, width. */
  readonly output: readonly [number, number]
  readonly image: readonly [number, number]
  readonly scores: string
  readonly classes: string
  readonly binary: string
}

const { cases } = readReference<{ cases: Case[] }>('segmentation.json')

const SCORES: SegmentationOptions = {
  output: 'out',
  kind: 'scores',
  layout: 'nchw',
  activation: 'none',
  threshold: 0.5,
  compareAt: 'image'
}

/** A plain resize of the image to the network's input, which is also its output's size. */
function stretched([height, width]: readonly [number, number], image: readonly [number, number]): ImageMapping {
  return imageMapping([resize(width, height)], { width: image[1], height: image[0] })
}

const resize = (width: number, height: number): PreprocessStep => ({
  step: 'resize',
  size: { width, height },
  interpolation: 'bilinear',
  like: 'opencv'
})

const float32 = (dims: readonly number[], data: ArrayLike<number>): Record<string, Tensor> => ({
  out: { type: 'float32', dims, data: Float32Array.from(data) }
})

const stored = (scores: string) => new Float32Array(bytesOf(scores).buffer)

describe('a class for each pixel of the image', () => {
  it.each(cases.map((entry) => [entry.name, entry] as const))(
    'is that of the resized scores in PyTorch: %s',
    (_, { channels, output, image, scores, classes }) => {
      const values = stored(scores)
      const nchw = float32([1, channels, ...output], values)
      const mapping = stretched(output, image)
      const [{ data, width, height }] = segmentationDecoder(SCORES, channels).decode(nchw, [mapping])
      expect([width, height]).toEqual([image[1], image[0]])
      expect(data).toEqual(bytesOf(classes))
      const pixels = output[0] * output[1]
      const swapped = values.map((_, i) => values[(i % channels) * pixels + Math.floor(i / channels)])
      const nhwc = segmentationDecoder({ ...SCORES, layout: 'nhwc' }, channels)
      expect(nhwc.decode(float32([1, ...output, channels], swapped), [mapping])[0].data).toEqual(data)
    }
  )

  it.each(cases.map((entry) => [entry.name, entry] as const))(
    'is that of the resized probability above the threshold in OpenCV: %s',
    (_, { output, image, scores, binary }) => {
      const logits = stored(scores).subarray(0, output[0] * output[1])
      const options: SegmentationOptions = { ...SCORES, kind: 'binary', activation: 'sigmoid', threshold: 0.4 }
      const decoder = segmentationDecoder(options, 2)
      const [{ data }] = decoder.decode(float32([1, 1, ...output], logits), [stretched(output, image)])
      expect(data).toEqual(bytesOf(binary))
    }
  )

  it('is taken as it is from integers, the nearest one where sizes differ', () => {
    const labels: Tensor = { type: 'int64', dims: [1, 2, 2], data: BigInt64Array.of(0n, 1n, 2n, 3n) }
    const decoder = segmentationDecoder({ ...SCORES, kind: 'labels' }, 4)
    const [{ data }] = decoder.decode({ out: labels }, [stretched([2, 2], [4, 4])])
    expect([...data]).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3])
    const few = segmentationDecoder({ ...SCORES, kind: 'labels' }, 3)
    expect(() => few.decode({ out: labels }, [unmoved(2, 2)])).toThrow(/holds 3; classes are 0 to 2/)
  })

  it('is the first of those that score the same', () => {
    const outputs = float32([1, 3, 1, 2], [1, 0, 1, 2, 0, 2])
    expect([...segmentationDecoder(SCORES, 3).decode(outputs, [unmoved(2, 1)])[0].data]).toEqual([0, 1])
  })

  it('does not mix the bars of a letterbox into the image', () => {
    const steps: PreprocessStep[] = [
      { step: 'letterbox', width: 4, height: 4, color: [0], enlarge: true, interpolation: 'bilinear', like: 'opencv' }
    ]
    const mapping = imageMapping(steps, { width: 8, height: 4 })
    // Class 1 within the image, class 0 with a far higher score in the bars.
    const inside = (i: number) => i >= 4 && i < 12
    const values = Array.from({ length: 32 }, (_, i) => (i < 16 ? (inside(i) ? 0 : 9) : inside(i - 16) ? 1 : 0))
    const [{ data }] = segmentationDecoder(SCORES, 2).decode(float32([1, 2, 4, 4], values), [mapping])
    expect(data).toEqual(new Uint8Array(32).fill(1))
  })

  it('is not to be trusted where scores are NaN', () => {
    const outputs = float32([1, 2, 1, 3], [NaN, 0, 1, 0, NaN, 0])
    expect(segmentationDecoder(SCORES, 2).decode(outputs, [unmoved(3, 1)])[0].nonFinite).toBe(2)
  })

  it('cannot be told where the image was cropped, or the output has other channels', () => {
    const cropped = imageMapping([{ step: 'center_crop', size: { width: 2, height: 2 } }], { width: 4, height: 4 })
    const outputs = float32([1, 2, 2, 2], new Float32Array(8))
    expect(() => segmentationDecoder(SCORES, 2).decode(outputs, [cropped])).toThrow(/never saw/)
    expect(() => segmentationDecoder(SCORES, 3).decode(outputs, [unmoved(2, 2)])).toThrow(/\[1, 2, 2, 2\], 3 channels/)
  })
})

describe('comparison at the network input', () => {
  it('crops and letterboxes the mask as the image, with bars that do not count', () => {
    const decoder = segmentationDecoder({ ...SCORES, compareAt: 'input' }, 4)
    const mask: Mask = { width: 4, height: 2, data: Uint8Array.of(0, 1, 2, 3, 3, 2, 1, 0) }
    const cropped = imageMapping([{ step: 'center_crop', size: { width: 2, height: 2 } }], mask)
    expect([...decoder.mask(mask, cropped).data]).toEqual([1, 2, 2, 1])
    const padded = imageMapping([{ step: 'pad', left: 0, top: 1, right: 1, bottom: 0, color: [0] }], mask)
    const x = IGNORED
    expect([...decoder.mask(mask, padded).data]).toEqual([x, x, x, x, x, 0, 1, 2, 3, x, 3, 2, 1, 0, x])
    expect(decoder.decode(float32([1, 4, 1, 1], [0, 0, 1, 0]), [cropped])[0].data).toEqual(new Uint8Array(4).fill(2))
  })
})
