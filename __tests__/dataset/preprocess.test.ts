import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { compilePreprocess, type Pixels, type PreprocessStep, type PreprocessTarget } from '../../src/dataset/index.js'
import { allocate, float16Bits, float16Value, roundHalfEven } from '../../src/dataset/elements.js'
import { cropBorders, letterboxGeometry, resizedSize } from '../../src/dataset/preprocess/geometry.js'
import { ConfigurationError, FileError } from '../../src/errors.js'
import { elementCount, type TensorData } from '../../src/tensor.js'
import { sha256 } from '../../src/util/hash.js'
import { readReference, sourcePicture } from './references.js'

interface Pipeline {
  readonly title: string
  readonly image: string
  readonly steps: readonly PreprocessStep[]
  readonly dims: readonly number[]
  readonly type: string
  readonly sha256: string
}

const RESIZE = { step: 'resize', interpolation: 'bilinear', like: 'pillow' } as const
const NORMALIZE: PreprocessStep = { step: 'normalize', scale: 1 / 255, mean: [0.5], std: [0.25] }
const CROP: PreprocessStep = { step: 'center_crop', size: { width: 8, height: 8 } }

function run(steps: readonly PreprocessStep[], target: PreprocessTarget, pixels: Pixels): TensorData {
  const preprocess = compilePreprocess(steps, target)
  const out = allocate(preprocess.type, elementCount(preprocess.sampleDims))
  preprocess.run(pixels, out, 0)
  return out
}

function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

describe('compilePreprocess gives what Pillow, OpenCV and NumPy give', () => {
  const { cases } = readReference<{ cases: Pipeline[] }>('pipelines.json')

  it.each(cases)('$title: $image', async ({ image, steps, dims, type, sha256: expected }) => {
    expect(sha256(bytesOf(run(steps, { dims, type }, await sourcePicture(image))))).toBe(expected)
  })

  it('takes the sizes that the steps give where the model leaves them open', async () => {
    const { steps, dims, sha256: expected } = cases[0]
    const open = { dims: ['batch', dims[1], 'height', 'width'], type: 'float32' }
    expect(compilePreprocess(steps, open).sampleDims).toEqual(dims.slice(1))
    expect(sha256(bytesOf(run(steps, open, await sourcePicture(cases[0].image))))).toBe(expected)
  })
})

describe('casts', () => {
  const reference = readReference<{ values: number[]; float16: number[]; rint: number[] }>('cast.json')

  it('float16 has the bits of NumPy', () => {
    expect(reference.values.map(float16Bits)).toEqual(reference.float16)
  })

  it('every float16 value survives a round trip', () => {
    for (let bits = 0; bits < 0x7c01; bits++) expect(float16Bits(float16Value(bits))).toBe(bits)
  })

  it('rounds as rint does', () => {
    expect(Array.from({ length: 21 }, (_, i) => roundHalfEven((i - 10) / 2) + 0)).toEqual(
      reference.rint.map((v) => v + 0)
    )
  })
})

const image: fc.Arbitrary<Pixels> = fc
  .record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) })
  .chain(({ width, height }) =>
    fc
      .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
      .map((data): Pixels => ({ data, width, height, channels: 3 }))
  )

describe('properties', () => {
  it('nhwc is a permutation of nchw', () => {
    fc.assert(
      fc.property(image, (pixels) => {
        const { width, height } = pixels
        const nchw = run([NORMALIZE], { dims: [1, 3, height, width], type: 'float32' }, pixels)
        const nhwc = run(
          [NORMALIZE, { step: 'layout', to: 'nhwc' }],
          { dims: [1, height, width, 3], type: 'float32' },
          pixels
        )
        for (let i = 0; i < width * height; i++)
          for (let c = 0; c < 3; c++) expect(nhwc[i * 3 + c]).toBe(nchw[c * width * height + i])
      })
    )
  })

  it('two swaps of red and blue are none', () => {
    fc.assert(
      fc.property(image, (pixels) => {
        const target = { dims: [1, 3, pixels.height, pixels.width], type: 'uint8' }
        const swapped = run(
          [
            { step: 'color', to: 'bgr' },
            { step: 'color', to: 'rgb' }
          ],
          target,
          pixels
        )
        expect(swapped).toEqual(run([], target, pixels))
      })
    )
  })

  it('a centre crop has the size asked for, and keeps inside where the image is large enough', () => {
    const side = fc.integer({ min: 1, max: 500 })
    fc.assert(
      fc.property(side, side, side, side, (width, height, cropWidth, cropHeight) => {
        const borders = cropBorders({ width, height }, { width: cropWidth, height: cropHeight })
        expect(width - borders.left - borders.right).toBe(cropWidth)
        expect(height - borders.top - borders.bottom).toBe(cropHeight)
        if (cropWidth <= width) expect(Math.min(borders.left, borders.right)).toBeGreaterThanOrEqual(0)
        expect(Math.abs(borders.left - borders.right)).toBeLessThanOrEqual(1)
      })
    )
  })

  it('a letterbox is filled exactly, one side without borders', () => {
    const side = fc.integer({ min: 1, max: 2000 })
    fc.assert(
      fc.property(side, side, side, side, (width, height, boxWidth, boxHeight) => {
        const step = {
          step: 'letterbox',
          width: boxWidth,
          height: boxHeight,
          color: [114],
          enlarge: true,
          interpolation: 'bilinear',
          like: 'opencv'
        } as const
        const { inner, borders } = letterboxGeometry({ width, height }, step)
        expect(inner.width + borders.left + borders.right).toBe(boxWidth)
        expect(inner.height + borders.top + borders.bottom).toBe(boxHeight)
        expect(inner.width === boxWidth || inner.height === boxHeight).toBe(true)
        expect(Math.min(borders.left, borders.right, borders.top, borders.bottom)).toBeGreaterThanOrEqual(0)
      })
    )
  })

  it('`shorter` and `longer` set that side, and no side becomes zero', () => {
    const side = fc.integer({ min: 1, max: 5000 })
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 512 }), (width, height, requested) => {
        const shorter = resizedSize({ width, height }, { shorter: requested })
        const longer = resizedSize({ width, height }, { longer: requested })
        expect(Math.min(shorter.width, shorter.height)).toBe(requested)
        expect(Math.max(longer.width, longer.height)).toBe(requested)
        expect(Math.min(longer.width, longer.height)).toBeGreaterThanOrEqual(1)
      })
    )
  })
})

describe('images of other channel counts', () => {
  const gray: Pixels = { data: Uint8Array.of(10, 20, 30, 40), width: 2, height: 2, channels: 1 }
  const color: Pixels = { data: Uint8Array.from({ length: 12 }, (_, i) => i), width: 2, height: 2, channels: 3 }
  const three = { dims: [1, 3, 2, 2], type: 'uint8' }
  const one = { dims: [1, 1, 2, 2], type: 'uint8' }

  it('a grey image becomes RGB by itself where the model takes three channels', () => {
    expect(run([], three, gray)).toEqual(Uint8Array.of(10, 20, 30, 40, 10, 20, 30, 40, 10, 20, 30, 40))
  })

  it('a grey image stays grey where the model takes one', () => {
    expect(run([], one, gray)).toEqual(gray.data)
  })

  it('a colour image is not turned grey unasked', () => {
    expect(() => run([], one, color)).toThrow(FileError)
    expect(() => run([], one, color)).toThrow(/3 channels, the model takes 1/)
  })

  it('gray-to-rgb leaves colour images as they are', () => {
    expect(run([{ step: 'color', to: 'gray-to-rgb' }], three, color)).toEqual(run([], three, color))
  })

  it('an image of another size is refused with both sizes', () => {
    expect(() => run([], { dims: [1, 3, 4, 5], type: 'float32' }, color)).toThrow(/2x2 .* takes 5x4/)
  })

  it('a coloured border around a grey image is refused', () => {
    const pad: PreprocessStep = { step: 'pad', left: 1, top: 0, right: 0, bottom: 0, color: [1, 2, 3] }
    const steps: PreprocessStep[] = [pad, { step: 'color', to: 'gray-to-rgb' }]
    expect(() => run(steps, { dims: [1, 3, 2, 3], type: 'uint8' }, gray)).toThrow(/grey where a border/)
  })
})

describe('steps that cannot lead to the model are refused before the first image', () => {
  const input: PreprocessTarget = { dims: ['N', 3, 8, 8], type: 'float32' }
  const refused: [string, readonly PreprocessStep[], PreprocessTarget, RegExp][] = [
    [
      'resize after normalize',
      [NORMALIZE, { ...RESIZE, size: { width: 8, height: 8 } }],
      input,
      /step 2 \(resize\) comes after normalize/
    ],
    ['a step after cast', [{ step: 'cast', to: 'float32' }, CROP], input, /step 2 \(center_crop\) comes after cast/],
    ['normalize twice', [CROP, NORMALIZE, { ...NORMALIZE }], input, /normalize is in the list twice/],
    ['another size', [{ ...RESIZE, size: { width: 9, height: 8 } }], input, /give images of 9x8 .* takes 8x8/],
    [
      'another size through pad',
      [CROP, { step: 'pad', left: 1, top: 0, right: 0, bottom: 0, color: [0] }],
      input,
      /9x8/
    ],
    ['grey for an RGB model', [CROP, { step: 'color', to: 'gray' }], input, /1 channel, the model takes 3/],
    [
      'RGB for a grey model',
      [CROP, { step: 'color', to: 'bgr' }],
      { ...input, dims: [1, 1, 8, 8] },
      /3 channels, the model takes 1/
    ],
    ['two means for three channels', [CROP, { ...NORMALIZE, mean: [1, 2] }], input, /mean has 2 values for 3 channels/],
    [
      'four stds for three channels',
      [CROP, { ...NORMALIZE, std: [1, 2, 3, 4] }],
      input,
      /std has 4 values for 3 channels/
    ],
    ['a zero std', [CROP, { ...NORMALIZE, std: [0] }], input, /std is zero/],
    ['an infinite mean', [CROP, { ...NORMALIZE, mean: [Infinity] }], input, /mean \[Infinity\] is not finite/],
    ['channels last in the model', [CROP], { ...input, dims: [1, 8, 8, 3] }, /channels last, the layout is nchw/],
    [
      'channels first in the model',
      [CROP, { step: 'layout', to: 'nhwc' }],
      input,
      /channels first, the layout is nhwc/
    ],
    ['four channels', [CROP], { ...input, dims: [1, 4, 8, 8] }, /4 channels; images have 1 or 3/],
    ['a flat input', [CROP], { ...input, dims: [1, 192] }, /2 dimensions; images are fed with four/],
    ['an int64 input', [CROP], { ...input, type: 'int64' }, /has type int64/],
    ['another cast', [CROP, { step: 'cast', to: 'uint8' }], input, /makes uint8, the model takes float32/],
    [
      'no fixed size',
      [{ ...RESIZE, size: { shorter: 8 } }],
      { ...input, dims: [1, 3, 'h', 'w'] },
      /do not give every image the same/
    ],
    [
      'a colour out of range',
      [{ step: 'pad', left: 1, top: 0, right: 0, bottom: 0, color: [256] }],
      input,
      /colour value 256/
    ],
    [
      'a colour of two values',
      [{ step: 'pad', left: 1, top: 0, right: 0, bottom: 0, color: [1, 2] }],
      input,
      /\[1, 2\] for 3 channels/
    ],
    ['a fraction above one', [{ step: 'center_crop', size: { fraction: 1.5 } }], input, /fraction 1.5/]
  ]

  it.each(refused)('%s', (_, steps, target, message) => {
    expect(() => compilePreprocess(steps, target)).toThrow(ConfigurationError)
    expect(() => compilePreprocess(steps, target)).toThrow(message)
  })
})
