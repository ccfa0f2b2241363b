import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { FileError, RuntimeError } from '../../src/errors.js'
import { SegmentationAccumulator, type SegmentationShard } from '../../src/metrics/index.js'
import { reference } from './boxes.js'

interface Expected {
  confusion: number[]
  iou: (number | null)[]
  dice: (number | null)[]
  miou: number
  meanDice: number
  pixelAccuracy: number
  meanAccuracy: number
}
interface Reference {
  classes: number
  ignore: number
  images: { truth: string; reference: string; variant: string }[]
  expected: Record<'reference' | 'variant', Expected>
}
// script/references/metrics.py: scikit-learn
const { images, expected, classes, ignore } = reference<Reference>('segmentation.json')
const labels = (digits: string) => Uint8Array.from(digits, Number)

function evaluate(side: 'reference' | 'variant', of = images.map((_, id) => id)): SegmentationAccumulator {
  const accumulator = new SegmentationAccumulator({ classes, ignore })
  for (const id of of) accumulator.add(id, labels(images[id].truth), labels(images[id][side]))
  return accumulator
}

/** Of a single image. */
function single(truth: number[], prediction: number[] | undefined, options: { classes: number; ignore?: number }) {
  const accumulator = new SegmentationAccumulator(options)
  accumulator.add(1, Uint8Array.from(truth), prediction && Int32Array.from(prediction))
  return accumulator.result()
}

describe('segmentation metrics', () => {
  it.each(['reference', 'variant'] as const)('equal scikit-learn for %s', (side) => {
    const { metrics, perClass, confusion } = evaluate(side).result()
    const { miou, meanDice, pixelAccuracy, meanAccuracy, ...rest } = expected[side]
    expect([...confusion]).toEqual(rest.confusion)
    expect(metrics.miou).toBeCloseTo(miou, 12)
    expect(metrics.dice).toBeCloseTo(meanDice, 12)
    expect(metrics.pixel_accuracy).toBeCloseTo(pixelAccuracy, 12)
    expect(metrics.mean_accuracy).toBeCloseTo(meanAccuracy, 12)
    perClass.forEach(({ iou, dice }, index) => {
      expect(iou ?? -1).toBeCloseTo(rest.iou[index] ?? -1, 12)
      expect(dice ?? -1).toBeCloseTo(rest.dice[index] ?? -1, 12)
    })
  })

  it('leave a class that occurs nowhere out of the mean, and count one that is only predicted as 0', () => {
    const { metrics, perClass } = single([0, 0, 1, 1], [0, 0, 1, 2], { classes: 4 })
    expect(perClass.map(({ iou }) => iou)).toEqual([1, 0.5, 0, null])
    expect(metrics.miou).toBe(0.5)
    expect(perClass.map(({ accuracy }) => accuracy)).toEqual([1, 0.5, null, null])
  })

  it('do not count ignored pixels, whatever was predicted there', () => {
    const { metrics } = single([0, 255, 1, 255], [0, 1, 1, 0], { classes: 2, ignore: 255 })
    expect(metrics).toEqual({ miou: 1, dice: 1, pixel_accuracy: 1, mean_accuracy: 1 })
  })

  it('give the ignored class no figure where it is one of the classes, as torchmetrics does', () => {
    // class 0 predicted on a pixel of class 1 is a miss of class 1
    const { metrics, perClass } = single([0, 0, 1, 1], [0, 1, 1, 0], { classes: 2, ignore: 0 })
    expect(perClass.map(({ iou }) => iou)).toEqual([null, 0.5])
    expect(metrics.miou).toBe(0.5)
  })

  it('have null where every pixel is ignored', () => {
    const nothing = { miou: null, dice: null, pixel_accuracy: null, mean_accuracy: null }
    expect(single([255, 255], [0, 1], { classes: 2, ignore: 255 }).metrics).toEqual(nothing)
    expect(new SegmentationAccumulator({ classes: 2 }).result().metrics).toEqual(nothing)
  })

  it('count no pixel of a non-finite output as right', () => {
    const { metrics, nonFinite } = single([0, 1, 1], undefined, { classes: 2 })
    expect(metrics).toEqual({ miou: 0, dice: 0, pixel_accuracy: 0, mean_accuracy: 0 })
    expect(nonFinite).toBe(1)
  })

  it('of merged shards equal the whole to the last digit, for any order of images', () => {
    const whole = evaluate('variant').result()
    const all = images.map((_, id) => id)
    const order = fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })
    fc.assert(
      fc.property(order, fc.nat(all.length), (ids, cut) => {
        const merged = evaluate('variant', ids.slice(0, cut))
        const rest = JSON.parse(JSON.stringify(evaluate('variant', ids.slice(cut)).encode())) as SegmentationShard
        merged.merge(SegmentationAccumulator.decode(rest))
        expect(merged.result()).toEqual(whole)
      }),
      { numRuns: 20 }
    )
  })

  it('are the same under any renaming of the classes', () => {
    const whole = evaluate('reference').result()
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5, maxLength: 5 }), (names) => {
        const renamed = new SegmentationAccumulator({ classes, ignore })
        const rename = (digits: string) => labels(digits).map((label) => names[label] ?? label)
        images.forEach((image, id) => renamed.add(id, rename(image.truth), rename(image.reference)))
        const { metrics, perClass } = renamed.result()
        for (const name of ['miou', 'dice', 'pixel_accuracy']) {
          expect(metrics[name]).toBeCloseTo(whole.metrics[name] ?? NaN, 12)
        }
        names.forEach((name, index) => expect(perClass[name].iou).toBe(whole.perClass[index].iou))
      }),
      { numRuns: 20 }
    )
  })

  it('weigh an image as often as a resample holds it', () => {
    const half = images.map((_, id) => id).slice(0, 20)
    const weights = Uint16Array.from(images, (_, id) => (id < 20 ? 3 : 0))
    for (const metric of ['miou', 'dice', 'pixel_accuracy', 'mean_accuracy'] as const) {
      const value = evaluate('reference', half).evaluation().value(metric) ?? NaN
      expect(evaluate('reference').evaluation().value(metric, weights)).toBeCloseTo(value, 12)
    }
  })
})

describe('a segmentation accumulator', () => {
  it('refuses labels that are neither a class nor ignored, and says which', () => {
    expect(() => single([0, 7], [0, 1], { classes: 2, ignore: 255 })).toThrow(
      /mask of image 1 has label 7; the classes are 0 to 1, and 255 is ignored/
    )
    expect(() => single([0, 255], [0, 1], { classes: 2 })).toThrow(/no label is ignored/)
    expect(() => single([0, 1], [0, 2], { classes: 2 })).toThrow(RuntimeError)
    expect(() => single([0, 1], [0, -1], { classes: 2 })).toThrow(RuntimeError)
  })

  it('refuses a prediction of another size', () => {
    expect(() => single([0, 1], [0], { classes: 2 })).toThrow(/2 labelled pixels and 1 predicted/)
  })

  it('refuses overlapping, foreign and damaged shards', () => {
    expect(() => evaluate('reference', [1]).merge(evaluate('variant', [1]))).toThrow(FileError)
    expect(() => evaluate('reference').merge(new SegmentationAccumulator({ classes }))).toThrow(RuntimeError)
    const shard = evaluate('reference').encode()
    expect(() => SegmentationAccumulator.decode({ ...shard, imageIds: [1, 2] })).toThrow(/damaged/)
    expect(() => SegmentationAccumulator.decode({ ...shard, counts: shard.counts.slice(0, -8) })).toThrow(FileError)
  })
})
