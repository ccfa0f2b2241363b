import type { BoxTruth, Detections } from '../../src/metrics/index.js'
import { normal, uniform } from './random.js'

/** Rows of a seeded detection task as large as COCO's validation set, as both sides of a comparison read them. */
export interface DetectionTask {
  /** Eight numbers an object: image, category, x, y, width, height, area, crowd. */
  readonly truth: Float64Array
  /** Seven numbers a detection: image, category, x, y, width, height, score. Sorted by image, as `truth` is. */
  readonly detections: Float64Array
}

export interface TaskSize {
  readonly images: number
  readonly objects: number
  readonly detections: number
}

export const COCO_VAL: TaskSize = { images: 5000, objects: 36_000, detections: 500_000 }

const TRUTH_COLUMNS = 8
const DETECTION_COLUMNS = 7

/** COCO's 80 ids, 1 to 90 with gaps. */
const GAPS = new Set([12, 26, 29, 30, 45, 66, 68, 69, 71, 83])
export const CATEGORIES = Array.from({ length: 90 }, (_, i) => i + 1).filter((id) => !GAPS.has(id))

/**
 * Objects are spread over the images as they come, a third of them of the first category; one in a hundred is a crowd.
 * Every image has as many detections: some around each object, with an error that grows as their score falls, the others
 * anywhere. Scores have the 24 bits of a network's output.
 */
export function makeDetectionTask(seed: number, size: TaskSize): DetectionTask {
  const [next, noise] = [uniform(seed), normal(seed + 1)]
  const category = () => CATEGORIES[next() < 0.33 ? 0 : Math.floor(next() * CATEGORIES.length)]
  const side = () => Math.exp(Math.log(10) + next() * Math.log(30))
  const owners = Float64Array.from({ length: size.objects }, () => 1 + Math.floor(next() * size.images)).sort()
  const truth = new Float64Array(size.objects * TRUTH_COLUMNS)
  owners.forEach((image, object) => {
    const [width, height] = [side(), side()]
    const area = width * height * (0.4 + 0.5 * next())
    const crowd = next() < 0.01 ? 1 : 0
    truth.set([image, category(), next() * 500, next() * 400, width, height, area, crowd], object * TRUTH_COLUMNS)
  })
  const detections = new Float64Array(size.detections * DETECTION_COLUMNS)
  let [row, object] = [0, 0]
  for (let image = 1; image <= size.images; image++) {
    const end = Math.round((image * size.detections) / size.images)
    for (; object < size.objects && owners[object] === image; object++) {
      const [, own, x, y, width, height] = truth.subarray(object * TRUTH_COLUMNS)
      for (let copies = Math.floor(next() * 5); copies > 0 && row < end; copies--) {
        const score = Math.fround(next() ** 0.7)
        const error = 0.03 + 0.25 * (1 - score)
        const moved = [x + error * width * noise(), y + error * height * noise()]
        const scaled = [width * Math.exp(error * noise()), height * Math.exp(error * noise())]
        const named = next() < 0.9 ? own : category()
        detections.set([image, named, ...moved, ...scaled, score], row++ * DETECTION_COLUMNS)
      }
    }
    for (; row < end; row++) {
      const box = [next() * 500, next() * 400, side(), side()]
      detections.set([image, category(), ...box, Math.fround(0.5 * next() ** 3)], row * DETECTION_COLUMNS)
    }
  }
  return { truth, detections }
}

/** Image by image, as an evaluation meets them. */
export function* imagesOf(
  { truth, detections }: DetectionTask,
  images: number
): Generator<[number, BoxTruth, Detections]> {
  let [object, detection] = [0, 0]
  for (let image = 1; image <= images; image++) {
    const [firstObject, firstDetection] = [object, detection]
    while (truth[object * TRUTH_COLUMNS] === image) object++
    while (detections[detection * DETECTION_COLUMNS] === image) detection++
    const objects = truth.subarray(firstObject * TRUTH_COLUMNS, object * TRUTH_COLUMNS)
    const boxes = detections.subarray(firstDetection * DETECTION_COLUMNS, detection * DETECTION_COLUMNS)
    yield [
      image,
      {
        categories: column(objects, TRUTH_COLUMNS, 1),
        boxes: column(objects, TRUTH_COLUMNS, 2, 4),
        areas: column(objects, TRUTH_COLUMNS, 6),
        crowd: Uint8Array.from(column(objects, TRUTH_COLUMNS, 7))
      },
      {
        categories: column(boxes, DETECTION_COLUMNS, 1),
        boxes: column(boxes, DETECTION_COLUMNS, 2, 4),
        scores: column(boxes, DETECTION_COLUMNS, 6)
      }
    ]
  }
}

function column(rows: Float64Array, columns: number, first: number, count = 1): Float64Array {
  const values = new Float64Array((rows.length / columns) * count)
  for (let i = 0; i < values.length; i++) values[i] = rows[Math.floor(i / count) * columns + first + (i % count)]
  return values
}
