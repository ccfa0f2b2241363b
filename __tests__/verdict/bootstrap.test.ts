import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { CocoAccumulator, SegmentationAccumulator, type CocoMetric } from '../../src/metrics/index.js'
import { imagesNeeded, pairedBootstrap } from '../../src/verdict/index.js'
import { addImages, reference, type BoxCase, type DetectionRow } from '../metrics/boxes.js'

interface Reference {
  coco: {
    seed: number
    resamples: number
    variant: DetectionRow[]
    figures: Record<string, { differences: number[]; ci95: [number, number]; valueCi95: [number, number] }>
  }
  miou: { resamples: number; ci95: [number, number]; standardErrorPoints: number }
}
// script/references/metrics.py: pycocotools on copies of the drawn images, numpy.quantile, scipy.stats.bootstrap
const expected = reference<Reference>('bootstrap.json')

const { smooth } = reference<{ smooth: BoxCase }>('coco.json')
const ordered = [...smooth.images].sort((a, b) => a - b)
const evaluation = (detections: readonly DetectionRow[]) =>
  addImages(new CocoAccumulator(smooth.categories), { ...smooth, detections }, ordered).evaluation()

/** A metric that is the mean of one number an image. */
const meanOf = (values: readonly number[]) => (weights?: Uint16Array) =>
  values.reduce((sum, value, i) => sum + value * (weights?.[i] ?? 1), 0) / values.length

describe('paired bootstrap', () => {
  it.each(Object.keys(expected.coco.figures) as CocoMetric[])(
    'gives the figures of pycocotools on copies of the drawn images: %s',
    (metric) => {
      const { seed, resamples, variant, figures } = expected.coco
      const [before, after] = [evaluation(smooth.detections), evaluation(variant)]
      const comparison = pairedBootstrap(
        ordered.length,
        (weights) => before.value(metric, weights),
        (weights) => after.value(metric, weights),
        { seed, resamples }
      )
      const { ci95, valueCi95, differences } = figures[metric]
      expect(comparison.resamples).toBe(differences.length)
      for (const end of [0, 1]) {
        expect(comparison.ci95?.[end]).toBeCloseTo(ci95[end], 9)
        expect(comparison.valueCi95?.[end]).toBeCloseTo(valueCi95[end], 11)
      }
    }
  )

  it("reaches scipy's interval of the drop in mean IoU, with other draws", () => {
    const { images, classes, ignore } = reference<{
      images: { truth: string; reference: string; variant: string }[]
      classes: number
      ignore: number
    }>('segmentation.json')
    const labels = (digits: string) => Uint8Array.from(digits, Number)
    const [before, after] = (['reference', 'variant'] as const).map((side) => {
      const accumulator = new SegmentationAccumulator({ classes, ignore })
      images.forEach((image, id) => accumulator.add(id, labels(image.truth), labels(image[side])))
      return accumulator.evaluation()
    })
    const { ci95 } = pairedBootstrap(
      images.length,
      (weights) => before.value('miou', weights),
      (weights) => after.value('miou', weights),
      { resamples: 10_000, seed: 3 }
    )
    const { miou } = expected
    // the Monte Carlo error of a 2.5 % quantile in 10,000 and 20,000 draws is 0.03 standard errors; this is five times that
    for (const end of [0, 1]) {
      expect(Math.abs((ci95?.[end] ?? NaN) - miou.ci95[end])).toBeLessThan(0.16 * miou.standardErrorPoints)
    }
  })

  it('repeats itself with the same seed, and not with another', () => {
    const metrics = [meanOf([1, 0, 0.5, 1, 0.25, 0.75]), meanOf([0, 0, 0.5, 0.9, 0.3, 0.7])] as const
    const run = (seed: number) => pairedBootstrap(6, ...metrics, { seed, resamples: 200 })
    expect(run(1)).toEqual(run(1))
    expect(run(1).ci95).not.toEqual(run(2).ci95)
  })

  it('finds no drop between a model and itself, and mirrors when the two change places', () => {
    const values = fc.array(fc.tuple(fc.nat(100), fc.nat(100)), { minLength: 2, maxLength: 20 })
    fc.assert(
      fc.property(values, fc.nat(), (pairs, seed) => {
        const [a, b] = [meanOf(pairs.map(([x]) => x / 100)), meanOf(pairs.map(([, y]) => y / 100))]
        const options = { seed, resamples: 100 }
        expect(pairedBootstrap(pairs.length, a, a, options)).toMatchObject({ points: 0, ci95: [0, 0], pValue: 1 })
        const [there, back] = [
          pairedBootstrap(pairs.length, a, b, options),
          pairedBootstrap(pairs.length, b, a, options)
        ]
        expect(there.pValue).toBe(back.pValue)
        expect(there.ci95?.[0]).toBeCloseTo(-(back.ci95?.[1] ?? NaN), 9)
      }),
      { numRuns: 30 }
    )
  })

  it('never says that a difference is impossible, and sees a constant loss as one', () => {
    const worse = Array.from({ length: 50 }, (_, i) => 0.5 + i / 100)
    const { points, ci95, pValue } = pairedBootstrap(50, meanOf(worse), meanOf(worse.map((value) => value - 0.02)), {
      seed: 1,
      resamples: 999
    })
    expect(points).toBeCloseTo(2, 9)
    expect(ci95?.[0]).toBeCloseTo(2, 9)
    expect(pValue).toBe(2 / 1000)
  })

  it('has no interval where there is nothing to compare', () => {
    const nothing = { points: null, ci95: null, pValue: null }
    expect(
      pairedBootstrap(
        0,
        () => null,
        () => null
      )
    ).toMatchObject({ ...nothing, resamples: 0 })
    expect(
      pairedBootstrap(
        3,
        () => null,
        () => 0.5,
        { seed: 1, resamples: 5 }
      )
    ).toMatchObject(nothing)
    expect(() =>
      pairedBootstrap(
        3,
        () => 1,
        () => 1,
        { seed: 1, resamples: 0 }
      )
    ).toThrow(/says nothing/)
  })

  it('leaves out resamples in which a metric does not exist, and counts the others', () => {
    // only image 0 has an object
    const metric = (weights?: Uint16Array) => ((weights?.[0] ?? 1) > 0 ? 0.5 : null)
    const { resamples, ci95 } = pairedBootstrap(4, metric, metric, { seed: 1, resamples: 1000 })
    expect(resamples).toBeGreaterThan(600)
    expect(resamples).toBeLessThan(760)
    expect(ci95).toEqual([0, 0])
  })
})

describe('images needed', () => {
  const drop = { points: 0.5, ci95: [-0.5, 1.5] as const }

  it('shrinks the interval with the root of the number of images', () => {
    expect(imagesNeeded(100, drop, 1)).toBe(400)
    expect(imagesNeeded(100, drop, 0)).toBe(400)
    expect(imagesNeeded(100, drop, 1.5)).toBe(100)
  })

  it('does not exist at the limit itself, or where nothing was measured', () => {
    expect(imagesNeeded(100, drop, 0.5)).toBeUndefined()
    expect(imagesNeeded(100, { points: null, ci95: null }, 1)).toBeUndefined()
  })
})
