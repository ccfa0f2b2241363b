import { RuntimeError } from '../../errors.js'
import { boxIou } from './iou.js'
import { byDescendingScore, groupByCategory, isFinite, type BoxTruth, type Detections } from './types.js'

export interface FoundOptions {
  /** Least overlap of a match. */
  readonly iou: number
  /** Detections below it are not shown to anybody and find nothing. */
  readonly score: number
}

/** What a user calls found: the object's box overlaps a confident detection of its category by half. */
export const FOUND: FoundOptions = { iou: 0.5, score: 0.5 }

/** One object of one image. */
export const Found = { missed: 0, found: 1, crowd: 2 } as const

/**
 * Which objects of one image are found: COCO's greedy matching at one IoU, by falling score.
 * @returns one `Found` value an object, in the order of the ground truth; crowds are nobody's to find.
 */
export function foundObjects(
  truth: BoxTruth,
  detections: Detections,
  { iou, score }: FoundOptions = FOUND
): Uint8Array {
  const found = Uint8Array.from({ length: truth.categories.length }, (_, object) =>
    truth.crowd?.[object] === 1 ? Found.crowd : Found.missed
  )
  if (!isFinite(detections)) return found
  const objects = groupByCategory(truth.categories)
  for (const [category, all] of groupByCategory(detections.categories)) {
    const own = objects.get(category) ?? []
    for (const detection of byDescendingScore(all, detections.scores)) {
      if (detections.scores[detection] < score) break
      let [best, match] = [iou, -1]
      for (const object of own) {
        if (found[object] !== Found.missed) continue
        const overlap = boxIou(detections.boxes, 4 * detection, truth.boxes, 4 * object)
        if (overlap >= best) [best, match] = [overlap, object]
      }
      if (match >= 0) found[match] = Found.found
    }
  }
  return found
}

export interface ObjectFlips {
  readonly objects: number
  /** Found by FP32 and missed by the variant. */
  readonly lost: number
  /** Missed by FP32 and found by the variant. */
  readonly gained: number
}

/**
 * Pairs what FP32 and a variant found of the same objects: of one image, or of many in the same order.
 * @throws RuntimeError where they did not see the same objects.
 */
export function countObjectFlips(reference: Uint8Array, variant: Uint8Array): ObjectFlips {
  const same =
    reference.length === variant.length &&
    reference.every((value, index) => (value === Found.crowd) === (variant[index] === Found.crowd))
  if (!same)
    throw new RuntimeError('FP32 and the variant were not matched with the same objects: they cannot be paired')
  let [objects, lost, gained] = [0, 0, 0]
  reference.forEach((before, index) => {
    if (before === Found.crowd) return
    objects++
    if (before > variant[index]) lost++
    else if (before < variant[index]) gained++
  })
  return { objects, lost, gained }
}
