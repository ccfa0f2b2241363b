import { describe, expect, it } from '@jest/globals'
import { FileError } from '../../src/errors.js'
import { CocoAccumulator, SegmentationAccumulator, VocAccumulator } from '../../src/metrics/index.js'
import {
  BoxAgreementOutcomes,
  DetectionOutcomes,
  SegmentationOutcomes,
  storedMetrics
} from '../../src/outcomes/index.js'
import { parseSamples, serializeSamples, type Samples } from '../../src/result.js'
import { uniform } from '../../src/util/random.js'

const IMAGES = 40
const next = uniform(3)
const box = () => [60 * next(), 60 * next(), 10 + 130 * next(), 10 + 130 * next()]

function detections(): [CocoAccumulator, VocAccumulator] {
  const [coco, voc] = [new CocoAccumulator([0, 1, 2]), new VocAccumulator([0, 1, 2], 0.5)]
  for (let image = 0; image < IMAGES; image++) {
    const boxes = Array.from({ length: Math.floor(4 * next()) }, box)
    const categories = boxes.map(() => Math.floor(3 * next()))
    const truth = { categories, boxes: Float32Array.from(boxes.flat()) }
    const near = boxes.flatMap((own) => own.map((value) => value + 6 * next()))
    const extra = box()
    const found = {
      categories: [...categories, 1],
      boxes: Float32Array.from([...near, ...extra]),
      scores: Float32Array.from({ length: boxes.length + 1 }, next)
    }
    for (const accumulator of [coco, voc]) accumulator.add(900 - 2 * image, truth, found)
  }
  return [coco, voc]
}

function segmentation(comparedWith?: 'fp32'): SegmentationOutcomes {
  const pixels = new SegmentationAccumulator({ classes: 300, ignore: 255 })
  const label = () => Math.floor(300 * next())
  for (let image = 0; image < IMAGES; image++) {
    const truth = Uint16Array.from({ length: 50 }, label)
    pixels.add(
      image,
      truth,
      truth.map((own) => (next() < 0.7 ? own : label()))
    )
  }
  return new SegmentationOutcomes(pixels, [], comparedWith)
}

const common = {
  schemaVersion: 2 as const,
  dataset: 'd',
  ids: Array.from({ length: IMAGES }, (_, i) => `${i}.png`),
  labels: Array<number>(IMAGES).fill(-1),
  outcomes: {}
}
const boxes = new DetectionOutcomes(...detections(), [3])
const [answers] = detections()
const count = () => Array.from({ length: IMAGES }, () => Math.floor(5 * next()))
const partners = new BoxAgreementOutcomes(answers, { matched: count(), unmatched: count() }, [])
const answered = segmentation('fp32')
const pixels = segmentation()
const detected: Samples = { ...common, classes: 3, imageIds: [...boxes.imageIds], detection: { ours: boxes.encode() } }
const segmented: Samples = { ...common, classes: 300, segmentation: { ours: pixels.encode() } }
const partnered: Samples = {
  ...common,
  classes: 3,
  imageIds: [...partners.imageIds],
  detection: { ours: partners.encode() }
}
const agreeing: Samples = { ...common, classes: 300, segmentation: { ours: answered.encode() } }

describe.each([
  ['detection', detected, boxes],
  ['segmentation', segmented, pixels],
  ['agreement of boxes', partnered, partners],
  ['agreement of pixels', agreeing, answered]
] as const)('outcomes of %s', (_, samples, { metrics }) => {
  const restored = storedMetrics(parseSamples(serializeSamples(samples)), 'ours')

  it('give every metric again, of all images and of any draw of them, to the last digit', () => {
    expect([...(restored?.keys() ?? [])]).toEqual([...metrics.keys()])
    for (let draw = 0; draw < 20; draw++) {
      const weights = Uint16Array.from({ length: IMAGES }, () => Math.floor(3 * next()))
      for (const [name, metric] of metrics) expect(restored?.get(name)?.(weights)).toBe(metric(weights))
    }
    for (const [name, metric] of metrics) {
      expect(metric()).toBeGreaterThan(0)
      expect([name, restored?.get(name)?.()]).toEqual([name, metric()])
    }
  })

  it('are missing for another variant', () => {
    expect(storedMetrics(samples, 'theirs')).toBeUndefined()
  })

  it('are refused where images or classes are missing', () => {
    expect(() => storedMetrics({ ...samples, ids: ['a'], imageIds: [1] }, 'ours')).toThrow(FileError)
    expect(() => storedMetrics({ ...samples, classes: 1 }, 'ours')).toThrow(FileError)
  })
})

it('agreement has names of its own', () => {
  expect([...partners.metrics.keys()]).toEqual(['agreement', 'agreement_matched'])
  expect([...answered.metrics.keys()]).toEqual(['agreement', 'agreement_miou'])
})

it('a column that was cut off is refused by its name', () => {
  const { ours } = detected.detection!
  const cut = { ...detected, detection: { ours: { ...ours, coco: { ...ours.coco, score: ours.coco.score.slice(8) } } } }
  expect(() => storedMetrics(cut, 'ours')).toThrow(/column score is cut off or damaged/)
  const voc = { ...ours.voc!, columns: { ...ours.voc!.columns, outcome: ours.voc!.columns.image } }
  expect(() => storedMetrics({ ...detected, detection: { ours: { ...ours, voc } } }, 'ours')).toThrow(/do not belong/)
})
