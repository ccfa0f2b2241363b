import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { CocoAccumulator, VocAccumulator } from '../../src/metrics/index.js'
import { sharedFixtures } from '../fixtures.js'
import {
  addImages,
  detectionsOf,
  expectFigures,
  reference,
  truthOf,
  type DetectionRow,
  type TruthRow
} from '../metrics/boxes.js'
import { fixture } from './workspace.js'

const onFixtures = sharedFixtures === undefined ? describe.skip : describe

interface Annotations {
  images: { id: number }[]
  categories: { id: number }[]
  annotations: { image_id: number; category_id: number; bbox: number[]; area: number; iscrowd?: number }[]
}
type Results = { image_id: number; category_id: number; bbox: number[]; score: number }[]

function readJson<T>(...parts: string[]): T {
  return JSON.parse(readFileSync(fixture('third-party', ...parts), 'utf8')) as T
}

function evaluate({ images, categories, annotations }: Annotations, results: Results): CocoAccumulator {
  const truth = annotations.map(
    ({ image_id, category_id, bbox, area, iscrowd }) =>
      [image_id, category_id, ...bbox, area, iscrowd ?? 0] as unknown as TruthRow
  )
  const detections = results.map(
    ({ image_id, category_id, bbox, score }) => [image_id, category_id, ...bbox, score] as unknown as DetectionRow
  )
  const accumulator = new CocoAccumulator(categories.map(({ id }) => id))
  return addImages(
    accumulator,
    { truth, detections },
    images.map(({ id }) => id)
  )
}

// script/references/metrics.py: pycocotools
const expected =
  reference<Record<string, { expected: Record<string, number>; perCategory: Record<string, number>[] }>>(
    'fixtures.json'
  )

/** Published figures are cut off rather than rounded: 0.24568668046… is printed as 0.2456866804. */
const cutOff = (value: number | null) => String(Math.floor((value ?? NaN) * 1e10) / 1e10)

onFixtures('published figures of average precision', () => {
  it('are reached to the last digit: the twelve of COCO', () => {
    const truth = readJson<Annotations>('average-precision', 'coco', 'gts', 'sampled_gts_bbox_area.json')
    const results = readJson<Results>('average-precision', 'coco', 'cocoapi_results.json')
    const { metrics, perCategory } = evaluate(truth, results).result()
    expect(Object.values(metrics).map((value) => value?.toFixed(6))).toEqual([
      ...['0.503647', '0.696973', '0.571667', '0.593252', '0.557991', '0.489363'],
      ...['0.386813', '0.593680', '0.595353', '0.654764', '0.603130', '0.553744']
    ])
    expectFigures(metrics, expected['average-precision'].expected)
    perCategory.forEach((row, index) => expectFigures(row.metrics, expected['average-precision'].perCategory[index]))
  })

  it.each([
    [0.3, '0.2456866804', '0.2683982683'],
    [0.5, '0.0222222222', '0.0303030303']
  ])('are reached to the last digit: the four of Pascal VOC, IoU %p', (iou, allPoints, elevenPoints) => {
    const folder = fixture('third-party', 'average-precision', 'voc')
    const rows = (kind: string, name: string) =>
      readFileSync(`${folder}/${kind}/${name}`, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' ').slice(1).map(Number))
    const accumulator = new VocAccumulator([1], iou)
    for (const [image, name] of readdirSync(`${folder}/gts`).sort().entries()) {
      const truth = rows('gts', name).map((box) => [image, 1, ...box, 0, 0] as unknown as TruthRow)
      const boxes = rows('dets', name).map(([score, ...box]) => [image, 1, ...box, score] as unknown as DetectionRow)
      accumulator.add(image, truthOf(truth), detectionsOf(boxes))
    }
    expect(cutOff(accumulator.result(2012).map)).toBe(allPoints)
    expect(cutOff(accumulator.result(2007).map)).toBe(elevenPoints)
  })
})

onFixtures("a real detector's boxes on real annotations with crowds and gaps in the category ids", () => {
  it('have the figures of pycocotools, in all and for every category', () => {
    const truth = readJson<Annotations>('coco-tiny', 'annotations', 'instances_val2017.json')
    const ids = truth.categories.map(({ id }) => id).sort((a, b) => a - b)
    const results = readJson<Results>('coco-tiny', 'dets_yolox_nano.json').map((result) => ({
      ...result,
      category_id: ids[result.category_id]
    }))
    const { metrics, perCategory } = evaluate(truth, results).result()
    expect(perCategory).toHaveLength(80)
    expectFigures(metrics, expected['coco-tiny'].expected)
    perCategory.forEach((row, index) => expectFigures(row.metrics, expected['coco-tiny'].perCategory[index]))
  })
})
