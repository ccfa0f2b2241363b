import { boxIou } from './iou.js'
import type { BoxTruth, Detections } from './types.js'

/** As numpy.linspace(0.5, 0.95, 10) rounds them: the ninth is 0.8999999999999999. */
export const IOU_THRESHOLDS: readonly number[] = Array.from({ length: 10 }, (_, i) =>
  i === 9 ? 0.95 : i * ((0.95 - 0.5) / 9) + 0.5
)

/** Square pixels, both ends included. */
export const AREA_RANGES = {
  all: [0, 1e10],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e10]
} as const

export type AreaRange = keyof typeof AREA_RANGES
export const AREAS = Object.keys(AREA_RANGES) as AreaRange[]

/** The detections of one category and image that count at all. */
export const MOST_DETECTIONS = 100

/** One category of one image, matched in every area range and at every IoU threshold. */
export interface CategoryMatches {
  /** Per detection and area range: bit t is set where it is a true positive at threshold t. */
  readonly found: Uint16Array
  /** Likewise: it counts neither for nor against, because its object is ignored or its own area is out of range. */
  readonly ignored: Uint16Array
  /** Objects to be found, per area range; null where the image has none of the category, not even a crowd. */
  readonly objects: Uint32Array | null
}

/**
 * The greedy matching of pycocotools' `evaluateImg`: detections by descending score, each takes the free object of the
 * highest IoU at or above the threshold (the last one of equals), and an ignored object only where no other fits. An
 * object is ignored when it is a crowd or its area is out of range; a crowd takes any number of detections.
 *
 * @param objects indices of the category's boxes in `truth`, in the order of the annotation file.
 * @param ranked indices of its detections by descending score, at most `MOST_DETECTIONS`.
 */
export function matchCategory(
  truth: BoxTruth,
  objects: readonly number[],
  detections: Detections,
  ranked: readonly number[]
): CategoryMatches {
  const found = new Uint16Array(ranked.length * AREAS.length)
  const ignored = new Uint16Array(ranked.length * AREAS.length)
  const counts = new Uint32Array(AREAS.length)
  const ious = ranked.map((detection) =>
    Float64Array.from(objects, (object) =>
      boxIou(detections.boxes, 4 * detection, truth.boxes, 4 * object, truth.crowd?.[object] === 1)
    )
  )
  const best = ious.map((row) => row.reduce((most, iou) => (iou > most ? iou : most), 0))
  for (const [area, name] of AREAS.entries()) {
    const [low, high] = AREA_RANGES[name]
    const isIgnored = objects.map((object) => {
      const size = truth.areas?.[object] ?? boxArea(truth.boxes, object)
      return truth.crowd?.[object] === 1 || size < low || size > high
    })
    // ignored objects last, otherwise in the order of the file
    const order = [...objects.keys()].sort((a, b) => Number(isIgnored[a]) - Number(isIgnored[b]) || a - b)
    const regular = isIgnored.filter((is) => !is).length
    counts[area] = regular
    for (const [t, threshold] of IOU_THRESHOLDS.entries()) {
      const taken = new Uint8Array(objects.length)
      for (let rank = 0; rank < ranked.length; rank++) {
        if (best[rank] < threshold) continue
        const match = bestMatch(ious[rank], order, regular, taken, threshold)
        if (match < 0) continue
        const into = isIgnored[match] ? ignored : found
        into[rank * AREAS.length + area] |= 1 << t
        if (truth.crowd?.[objects[match]] !== 1) taken[match] = 1
      }
    }
    for (const [rank, detection] of ranked.entries()) {
      const size = boxArea(detections.boxes, detection)
      const at = rank * AREAS.length + area
      if (size < low || size > high) ignored[at] |= ~found[at] & ALL_THRESHOLDS
    }
  }
  return { found, ignored, objects: objects.length === 0 ? null : counts }
}

const ALL_THRESHOLDS = (1 << IOU_THRESHOLDS.length) - 1

function bestMatch(
  ious: Float64Array,
  order: readonly number[],
  regular: number,
  taken: Uint8Array,
  threshold: number
): number {
  let match = -1
  let least = threshold
  for (const [position, object] of order.entries()) {
    if (position === regular && match >= 0) break
    if (taken[object] === 1 || ious[object] < least) continue
    least = ious[object]
    match = object
  }
  return match
}

function boxArea(boxes: BoxTruth['boxes'], index: number): number {
  return boxes[4 * index + 2] * boxes[4 * index + 3]
}
