import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { FileError, RuntimeError } from '../../src/errors.js'
import { pixelBoxIou, VocAccumulator, type VocShard } from '../../src/metrics/index.js'
import { detectionsOf, reference, type DetectionRow } from './boxes.js'

interface Reference {
  /** image, category, x, y, width, height, difficult */
  truth: DetectionRow[]
  detections: DetectionRow[]
  expected: { iou: number; category: number; '2007': number; '2012': number }[]
}
// script/references/metrics.py: VOCevaldet.m in NumPy
const { truth, detections, expected } = reference<Reference>('voc.json')
const images = [...new Set([...truth, ...detections].map(([image]) => image))]

function evaluate(iou: number, of: readonly number[] = images, boxes = detections): VocAccumulator {
  const accumulator = new VocAccumulator([1, 2, 3], iou)
  for (const id of of) {
    const objects = truth.filter(([image]) => image === id)
    const { scores, ...rest } = detectionsOf(objects)
    accumulator.add(
      id,
      { ...rest, difficult: Uint8Array.from(scores) },
      detectionsOf(boxes.filter(([image]) => image === id))
    )
  }
  return accumulator
}

describe('Pascal VOC average precision', () => {
  it.each(expected)(
    'equals the development kit for category $category at IoU $iou',
    ({ iou, category, ...figures }) => {
      for (const year of [2007, 2012] as const) {
        const found = evaluate(iou)
          .result(year)
          .perCategory.find((row) => row.category === category)
        expect(found?.ap).toBeCloseTo(figures[year], 12)
      }
    }
  )

  it('is averaged over the categories that have an object which is not difficult', () => {
    const accumulator = new VocAccumulator([1, 2])
    const box = detectionsOf([[1, 1, 5, 5, 20, 20, 0.9]])
    accumulator.add(1, { ...box, difficult: Uint8Array.of(1) }, box)
    expect(accumulator.result(2012)).toMatchObject({ map: null, perCategory: [{ ap: null }, { ap: null, objects: 0 }] })
    accumulator.add(2, box, box)
    // the difficult object's detection counts neither for nor against
    expect(accumulator.result(2007)).toMatchObject({ map: 1, perCategory: [{ ap: 1, objects: 1 }, { ap: null }] })
  })

  it('of merged shards equals the whole, for any order of images and detections', () => {
    const whole = evaluate(0.5).result(2012)
    const every = <T>(all: readonly T[]) =>
      fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length })
    fc.assert(
      fc.property(every(images), every(detections), fc.nat(images.length), (order, boxes, cut) => {
        const merged = evaluate(0.5, order.slice(0, cut), boxes)
        const rest = JSON.parse(JSON.stringify(evaluate(0.5, order.slice(cut), boxes).encode())) as VocShard
        merged.merge(VocAccumulator.decode(rest))
        expect(merged.result(2012)).toEqual(whole)
      }),
      { numRuns: 20 }
    )
  })

  it('weighs an image as often as a resample holds it', () => {
    const half = images.slice(0, 20)
    const weights = Uint16Array.from(images, (_, index) => (index < 20 ? 2 : 0))
    for (const year of [2007, 2012] as const) {
      const value = evaluate(0.5, half).evaluation().value(year) ?? NaN
      expect(evaluate(0.5).evaluation().value(year, weights)).toBeCloseTo(value, 12)
    }
  })

  it('refuses shards that overlap or were matched at another IoU, and unknown categories', () => {
    expect(() => evaluate(0.5).merge(evaluate(0.5))).toThrow(FileError)
    expect(() => evaluate(0.5).merge(evaluate(0.3, []))).toThrow(RuntimeError)
    const box = detectionsOf([[1, 9, 5, 5, 20, 20, 0.9]])
    expect(() => new VocAccumulator([1]).add(1, box, box)).toThrow(/category 9/)
  })

  it('counts NaN in an output as no detection, and says so', () => {
    const box = detectionsOf([[1, 1, 5, 5, 20, 20, 0.9]])
    const accumulator = new VocAccumulator([1])
    accumulator.add(1, box, { ...box, scores: Float64Array.of(NaN) })
    expect(accumulator.result(2012)).toMatchObject({ map: 0, nonFinite: 1 })
  })
})

it('includes the last pixel of a box in its overlap', () => {
  // 3 x 3 pixels each, one of them shared
  expect(pixelBoxIou(Float64Array.of(0, 0, 2, 2), 0, Float64Array.of(2, 2, 2, 2), 0)).toBe(1 / 17)
})
