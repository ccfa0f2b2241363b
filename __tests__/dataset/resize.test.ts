import { inflateSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Interpolation, Pixels, ResizeLike } from '../../src/dataset/index.js'
import { OpenCvResizer } from '../../src/dataset/preprocess/resize-opencv.js'
import { PillowResizer } from '../../src/dataset/preprocess/resize-pillow.js'
import { sha256 } from '../../src/util/hash.js'
import { readReference, sourcePicture } from './references.js'

interface ResizeCase {
  readonly image: string
  readonly like: ResizeLike
  readonly interpolation: Interpolation
  readonly width: number
  readonly height: number
  readonly sha256: string
  readonly deflated?: string
}

const { cases, versions } = readReference<{ cases: ResizeCase[]; versions: Record<string, string> }>('resize.json')
const INTERPOLATIONS: readonly Interpolation[] = ['nearest', 'bilinear', 'bicubic', 'area']

function resizer(like: ResizeLike, interpolation: Interpolation): PillowResizer | OpenCvResizer {
  return like === 'pillow' ? new PillowResizer(interpolation) : new OpenCvResizer(interpolation)
}

describe(`like: pillow (reference: Pillow ${versions.pillow})`, () => {
  it.each(INTERPOLATIONS)('%s gives the same bytes, enlarging and shrinking, grey and RGB', async (interpolation) => {
    // One instance for all cases: buffers and weights of one image must not leak into the next.
    const instance = new PillowResizer(interpolation)
    const chosen = cases.filter((item) => item.like === 'pillow' && item.interpolation === interpolation)
    expect(chosen.length).toBeGreaterThan(60)
    for (const item of chosen) {
      const { data } = instance.resize(await sourcePicture(item.image), item)
      expect([item.image, item.width, item.height, sha256(data)]).toEqual([
        item.image,
        item.width,
        item.height,
        item.sha256
      ])
    }
  })
})

describe(`like: opencv (reference: OpenCV ${versions.opencv})`, () => {
  it.each(['nearest', 'bilinear', 'area'] as const)('%s gives the same bytes', async (interpolation) => {
    const instance = new OpenCvResizer(interpolation)
    const chosen = cases.filter((item) => item.like === 'opencv' && item.interpolation === interpolation)
    expect(chosen.length).toBeGreaterThan(60)
    for (const item of chosen) {
      const { data } = instance.resize(await sourcePicture(item.image), item)
      expect([item.image, item.width, item.height, sha256(data)]).toEqual([
        item.image,
        item.width,
        item.height,
        item.sha256
      ])
    }
  })

  it('bicubic is within one level', async () => {
    const instance = new OpenCvResizer('bicubic')
    const chosen = cases.filter((item) => item.deflated !== undefined)
    expect(chosen.length).toBeGreaterThan(60)
    for (const item of chosen) {
      const { data } = instance.resize(await sourcePicture(item.image), item)
      const expected = inflateSync(Buffer.from(item.deflated ?? '', 'base64'))
      expect(data.length).toBe(expected.length)
      const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0)
      expect(worst).toBeLessThanOrEqual(1)
    }
  })
})

/** Rows of `region` in an image. */
function cut(source: Pixels, region: { left: number; top: number; width: number; height: number }): Uint8Array {
  const { width, channels, data } = source
  const rows = Array.from({ length: region.height }, (_, y) => {
    const start = ((region.top + y) * width + region.left) * channels
    return Array.from(data.subarray(start, start + region.width * channels))
  })
  return Uint8Array.from(rows.flat())
}

const pixels = fc
  .record({
    width: fc.integer({ min: 1, max: 24 }),
    height: fc.integer({ min: 1, max: 24 }),
    channels: fc.constantFrom(1 as const, 3 as const)
  })
  .chain(({ width, height, channels }) =>
    fc
      .uint8Array({ minLength: width * height * channels, maxLength: width * height * channels })
      .map((data): Pixels => ({ data, width, height, channels }))
  )
const size = fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) })
const kind = fc.record({
  like: fc.constantFrom('pillow' as const, 'opencv' as const),
  interpolation: fc.constantFrom(...INTERPOLATIONS)
})

describe('every resize', () => {
  it('returns the image itself where the size does not change', () => {
    fc.assert(
      fc.property(pixels, kind, (source, { like, interpolation }) => {
        expect(resizer(like, interpolation).resize(source, source)).toBe(source)
      })
    )
  })

  it('keeps a plain colour plain', () => {
    fc.assert(
      fc.property(fc.nat(255), pixels, size, kind, (value, source, target, { like, interpolation }) => {
        const plain = { ...source, data: new Uint8Array(source.data.length).fill(value) }
        const { data } = resizer(like, interpolation).resize(plain, target)
        expect(data).toEqual(new Uint8Array(target.width * target.height * source.channels).fill(value))
      })
    )
  })

  it('treats each channel on its own', () => {
    fc.assert(
      fc.property(pixels, size, kind, (source, target, { like, interpolation }) => {
        fc.pre(source.channels === 3)
        const { data } = resizer(like, interpolation).resize(source, target)
        const green: Pixels = { ...source, channels: 1, data: source.data.filter((_, i) => i % 3 === 1) }
        const alone = resizer(like, interpolation).resize(green, target)
        expect(data.filter((_, i) => i % 3 === 1)).toEqual(Uint8Array.from(alone.data))
      })
    )
  })

  it('stays within the range of the source, bicubic excepted', () => {
    fc.assert(
      fc.property(pixels, size, kind, (source, target, { like, interpolation }) => {
        fc.pre(interpolation !== 'bicubic')
        const { data } = resizer(like, interpolation).resize(source, target)
        expect(Math.min(...data)).toBeGreaterThanOrEqual(Math.min(...source.data))
        expect(Math.max(...data)).toBeLessThanOrEqual(Math.max(...source.data))
      })
    )
  })
})

describe('a part of a resize like Pillow', () => {
  it('is cut out of the whole', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    const shares = fc.tuple(share, share, share, share)
    fc.assert(
      fc.property(pixels, size, fc.constantFrom(...INTERPOLATIONS), shares, (source, target, interpolation, at) => {
        const left = Math.floor(at[0] * (target.width - 1))
        const top = Math.floor(at[1] * (target.height - 1))
        const width = 1 + Math.floor(at[2] * (target.width - left - 1))
        const height = 1 + Math.floor(at[3] * (target.height - top - 1))
        const region = { left, top, width, height }
        const whole = new PillowResizer(interpolation).resize(source, target)
        const part = new PillowResizer(interpolation).resize(source, target, region)
        expect([part.width, part.height]).toEqual([width, height])
        expect(Uint8Array.from(part.data)).toEqual(cut(whole, region))
      }),
      { numRuns: 300 }
    )
  })
})
