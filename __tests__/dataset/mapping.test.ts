import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { compilePreprocess, imageMapping, type Pixels, type PreprocessStep } from '../../src/dataset/index.js'
import { toImage } from '../../src/postprocess/detection/decoder.js'

const filter = { interpolation: 'nearest', like: 'opencv' } as const
const side = fc.integer({ min: 20, max: 90 })
const border = fc.integer({ min: 0, max: 9 })

const steps: fc.Arbitrary<PreprocessStep> = fc.oneof(
  fc.record({ width: side, height: side }).map((size) => ({ step: 'resize', size, ...filter }) as const),
  side.map((shorter) => ({ step: 'resize', size: { shorter }, ...filter }) as const),
  side.map((longer) => ({ step: 'resize', size: { longer }, ...filter }) as const),
  fc.record({ width: side, height: side }).map((size) => ({ step: 'center_crop', size }) as const),
  fc
    .record({ width: side, height: side, enlarge: fc.boolean() })
    .map((box) => ({ step: 'letterbox', ...box, color: [0], ...filter }) as const),
  fc
    .record({ left: border, top: border, right: border, bottom: border })
    .map((borders) => ({ step: 'pad', ...borders, color: [0] }) as const)
)

/** Black but for a white rectangle [left, top, right, bottom). */
function drawn(width: number, height: number, [left, top, right, bottom]: readonly number[]): Pixels {
  const data = new Uint8Array(width * height)
  for (let y = top; y < bottom; y++) data.fill(255, y * width + left, y * width + right)
  return { data, width, height, channels: 1 }
}

/** Corners around what is white. */
function whiteBox(data: Float32Array, width: number): readonly number[] | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1]
  data.forEach((value, at) => {
    if (value === 0) return
    const [x, y] = [at % width, Math.floor(at / width)]
    ;[left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)]
  })
  return right < 0 ? undefined : [left, top, right, bottom]
}

describe('where the pixels of an image come to lie', () => {
  it('is where the preprocessed image shows them', () => {
    fc.assert(
      fc.property(side, side, steps, fc.nat(), (width, height, step, seed) => {
        const box = [seed % 5, (seed >> 3) % 7, width - ((seed >> 6) % 6), height - ((seed >> 9) % 5)]
        const { input, scaleX, scaleY, offsetX, offsetY } = imageMapping([step], { width, height })
        const dims = [1, 1, input.height, input.width]
        const preprocess = compilePreprocess([{ step: 'color', to: 'gray' }, step], { type: 'float32', dims })
        const data = new Float32Array(input.width * input.height)
        preprocess.run(drawn(width, height, box), data, 0)
        const within = (value: number, most: number) => Math.min(Math.max(value, 0), most)
        const expected = box.map((value, i) =>
          i % 2 === 0 ? within(value * scaleX + offsetX, input.width) : within(value * scaleY + offsetY, input.height)
        )
        const seen = whiteBox(data, input.width)
        // Nearest-pixel sampling of an edge: one pixel of the image or of the input.
        const slack = step.step === 'pad' || step.step === 'center_crop' ? 1e-9 : 1 + Math.max(1, scaleX, scaleY)
        expected.forEach((value, i) => expect(Math.abs(value - (seen?.[i] ?? NaN))).toBeLessThanOrEqual(slack))
      })
    )
  })

  it('is that of one step after the other', () => {
    fc.assert(
      fc.property(side, side, fc.array(steps, { maxLength: 4 }), steps, (width, height, list, last) => {
        const before = imageMapping(list, { width, height })
        const then = imageMapping([last], before.input)
        const both = imageMapping([...list, last], { width, height })
        expect(both.input).toEqual(then.input)
        expect(both.scaleX).toBeCloseTo(before.scaleX * then.scaleX, 9)
        expect(both.scaleY).toBeCloseTo(before.scaleY * then.scaleY, 9)
        expect(both.offsetX).toBeCloseTo(before.offsetX * then.scaleX + then.offsetX, 6)
        expect(both.offsetY).toBeCloseTo(before.offsetY * then.scaleY + then.offsetY, 6)
      })
    )
  })

  it('is undone when boxes go back to the image, cut at its edges', () => {
    fc.assert(
      fc.property(side, side, fc.array(steps, { maxLength: 4 }), fc.nat(), (width, height, list, seed) => {
        const mapping = imageMapping(list, { width, height })
        const { scaleX, scaleY, offsetX, offsetY } = mapping
        const box = [seed % 7, (seed >> 3) % 7, 7 + ((seed >> 6) % 9), 7 + ((seed >> 9) % 9)]
        const corners = Float64Array.from(box, (value, i) =>
          i % 2 === 0 ? value * scaleX + offsetX : value * scaleY + offsetY
        )
        const kept = { count: 1, corners, scores: Float32Array.of(1), categories: Int32Array.of(0), nonFinite: 0 }
        const back = toImage(kept, mapping, false).boxes
        const expected = [box[0], box[1], box[2] - box[0], box[3] - box[1]]
        expected.forEach((value, i) => expect(back[i]).toBeCloseTo(value, 4))
        const far = { ...kept, corners: Float64Array.of(-1e4, -1e4, 1e4, 1e4) }
        expect([...toImage(far, mapping, true).boxes]).toEqual([0, 0, width, height])
      })
    )
  })

  it('is that of Ultralytics for a letterbox', () => {
    const step = { step: 'letterbox', width: 640, height: 640, color: [114], enlarge: true, ...filter } as const
    // 1280x720 -> 640x360 with bars of 140 above and below.
    expect(imageMapping([step], { width: 1280, height: 720 })).toEqual({
      image: { width: 1280, height: 720 },
      input: { width: 640, height: 640 },
      scaleX: 0.5,
      scaleY: 0.5,
      offsetX: 0,
      offsetY: 140
    })
  })
})
