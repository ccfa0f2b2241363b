import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { FileError, RuntimeError } from '../../src/errors.js'
import { boxIou, CocoAccumulator, type CocoShard } from '../../src/metrics/index.js'
import { addImages, detectionsOf, expectFigures, reference, truthOf, type BoxCase } from './boxes.js'

interface Case extends BoxCase {
  expected: Record<string, number>
  perCategory: (Record<string, number> & { category: number })[]
}
// script/references/metrics.py: pycocotools
const cases = reference<Record<'grid' | 'smooth', Case>>('coco.json')

const evaluate = (boxes: BoxCase, images = boxes.images, categories = boxes.categories) =>
  addImages(new CocoAccumulator(categories), boxes, images)

describe('COCO average precision and recall', () => {
  it.each(['grid', 'smooth'] as const)('equal pycocotools in all twelve figures: %s', (name) => {
    const { metrics, images, nonFinite } = evaluate(cases[name]).result()
    expect(Object.keys(metrics)).toEqual(Object.keys(cases[name].expected))
    expectFigures(metrics, cases[name].expected)
    expect([images, nonFinite]).toEqual([cases[name].images.length, 0])
  })

  it.each(['grid', 'smooth'] as const)('equal pycocotools for every category, -1 being null: %s', (name) => {
    const { perCategory } = evaluate(cases[name]).result()
    expect(perCategory.map(({ category }) => category)).toEqual([1, 3, 7, 18, 44, 90])
    perCategory.forEach(({ metrics }, index) => expectFigures(metrics, cases[name].perCategory[index]))
    expect(perCategory[3].metrics.ap).toBeNull()
    expect(perCategory[3].objects).toBe(0)
  })

  it('are the same for any order of images and categories, even where scores tie', () => {
    const { grid } = cases
    const whole = evaluate(grid).result()
    const orders = [grid.images, grid.categories].map((all) =>
      fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length })
    )
    fc.assert(
      fc.property(...(orders as [(typeof orders)[0], (typeof orders)[0]]), (images, categories) => {
        expect(evaluate(grid, images, categories).result()).toEqual(whole)
      }),
      { numRuns: 20 }
    )
  })

  it('are the same for any order of detections with distinct scores', () => {
    const { smooth } = cases
    const whole = evaluate(smooth).result()
    const { length } = smooth.detections
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...smooth.detections], { minLength: length, maxLength: length }),
        (detections) => {
          expect(evaluate({ ...smooth, detections }).result()).toEqual(whole)
        }
      ),
      { numRuns: 20 }
    )
  })

  it('of merged shards equal the whole to the last digit, through JSON too', () => {
    const { grid } = cases
    const whole = evaluate(grid).result()
    const labels = fc.array(fc.nat(3), { minLength: grid.images.length, maxLength: grid.images.length })
    fc.assert(
      fc.property(labels, (labels) => {
        const merged = new CocoAccumulator(grid.categories)
        for (let shard = 0; shard <= 3; shard++) {
          const part = evaluate(
            grid,
            grid.images.filter((_, index) => labels[index] === shard)
          )
          merged.merge(CocoAccumulator.decode(JSON.parse(JSON.stringify(part.encode())) as CocoShard))
        }
        expect(merged.result()).toEqual(whole)
      }),
      { numRuns: 20 }
    )
  })

  it('weigh an image as often as a resample holds it', () => {
    const { smooth } = cases
    const half = smooth.images.slice(0, 20)
    const weights = Uint16Array.from(smooth.images, (_, index) => (index < 20 ? 1 : 0))
    const [all, some] = [evaluate(smooth).evaluation(), evaluate(smooth, half).evaluation()]
    for (const metric of ['ap', 'ap75', 'ap_small', 'ar1', 'ar_large'] as const) {
      expect(all.value(metric, weights)).toBe(some.value(metric))
      expect(
        all.value(
          metric,
          weights.map((weight) => 3 * weight)
        )
      ).toBeCloseTo(some.value(metric) ?? NaN, 12)
    }
    expect(all.value('ap', new Uint16Array(40))).toBeNull()
  })

  it('have nothing to say about an empty set, or one without objects', () => {
    expect(Object.values(new CocoAccumulator([1]).result().metrics)).toEqual(Array(12).fill(null))
    const alone = new CocoAccumulator([1])
    alone.add(1, truthOf([]), detectionsOf([[1, 1, 0, 0, 9, 9, 0.5]]))
    expect(alone.result().metrics.ap).toBeNull()
  })

  it('count an image with NaN in its output as one without detections, and say so', () => {
    const truth = truthOf([[1, 1, 0, 0, 9, 9, 81, 0]])
    const found = [1, 1, 0, 0, 9, 9, 0.5] as const
    const accumulator = new CocoAccumulator([1])
    accumulator.add(1, truth, detectionsOf([found]))
    accumulator.add(2, truth, detectionsOf([found, [2, 1, NaN, 0, 9, 9, 0.4]]))
    accumulator.add(3, truth, detectionsOf([found, [3, 1, 0, 0, 9, 9, Infinity]]))
    const result = CocoAccumulator.decode(accumulator.encode()).result()
    expect(result.nonFinite).toBe(2)
    expect(result.metrics.ar100).toBeCloseTo(1 / 3, 12)
  })
})

describe('a COCO accumulator', () => {
  const truth = truthOf([[1, 5, 0, 0, 9, 9, 81, 0]])
  const none = detectionsOf([])

  it('refuses an object of a category that the data set does not list', () => {
    expect(() => new CocoAccumulator([1, 2]).add(7, truth, none)).toThrow(
      /image 7 has an object of category 5, which is not among the data set's 2 categories/
    )
  })

  it('leaves out detections of other categories, as pycocotools does', () => {
    const accumulator = new CocoAccumulator([5])
    accumulator.add(
      1,
      truth,
      detectionsOf([
        [1, 6, 0, 0, 9, 9, 0.9],
        [1, 5, 0, 0, 9, 9, 0.5]
      ])
    )
    expect(accumulator.result().metrics.ap).toBeCloseTo(1, 12)
  })

  it('refuses overlapping shards and shards of other categories', () => {
    const [one, same, other] = [[5], [5], [5, 6]].map((categories) => new CocoAccumulator(categories))
    for (const shard of [one, same, other]) shard.add(1, truth, none)
    expect(() => one.add(1, truth, none)).toThrow(/image 1 was evaluated twice/)
    expect(() => one.merge(same)).toThrow(FileError)
    expect(() => one.merge(other)).toThrow(RuntimeError)
  })

  it.each(['score', 'found', 'objects', 'image'] as const)('refuses a shard whose column %s is damaged', (column) => {
    const shard = evaluate(cases.smooth).encode()
    const cut = (text: string) => Buffer.from(text, 'base64').subarray(16).toString('base64')
    const damaged = { ...shard, columns: { ...shard.columns, [column]: cut(shard.columns[column]) } }
    expect(() => CocoAccumulator.decode(damaged)).toThrow(FileError)
    const odd = Buffer.from(shard.columns[column], 'base64').subarray(1).toString('base64')
    expect(() => CocoAccumulator.decode({ ...shard, columns: { ...shard.columns, [column]: odd } })).toThrow(/damaged/)
    expect(() => CocoAccumulator.decode({ ...shard, imageIds: [1] })).toThrow(/damaged/)
  })
})

describe('intersection over union', () => {
  const box = fc
    .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 1, max: 60 })))
    .map((b) => Float64Array.from(b))

  it('is symmetric, 1 for equal boxes, and the share of the detection inside a crowd', () => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        const [iou, crowd] = [boxIou(a, 0, b, 0), boxIou(a, 0, b, 0, true)]
        expect(iou).toBe(boxIou(b, 0, a, 0))
        expect(boxIou(a, 0, a, 0)).toBe(1)
        // pixels counted one by one: corners are integers
        let both = 0
        for (let x = a[0]; x < a[0] + a[2]; x++) {
          for (let y = a[1]; y < a[1] + a[3]; y++) {
            if (x >= b[0] && x < b[0] + b[2] && y >= b[1] && y < b[1] + b[3]) both++
          }
        }
        expect(iou).toBe(both / (a[2] * a[3] + b[2] * b[3] - both))
        expect(crowd).toBe(both / (a[2] * a[3]))
      })
    )
  })
})
