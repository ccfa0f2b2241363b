import type { Candidates } from './candidates.js'

/** Boxes that were kept, in the order of falling scores. */
export interface Kept {
  readonly count: number
  /** x1, y1, x2, y2 in pixels of the network's input. */
  readonly corners: Float64Array
  readonly scores: Float32Array
  readonly categories: Int32Array
  readonly nonFinite: number
}

/** Writes the corners of a box of the network's output. */
export type Corners = (anchor: number, out: Float64Array) => void

/**
 * Greedy non-maximum suppression: by falling score, a box is kept unless it overlaps a kept one (of its class, or of any
 * where `agnostic`) with an IoU above the limit, as in torchvision.ops.nms and ONNX's NonMaxSuppression. Going through
 * all classes at once gives the same boxes as class by class, and ends as soon as `most` are kept.
 *
 * @param nms undefined: the highest scores, whatever they overlap.
 */
export function suppress(
  candidates: Candidates,
  corners: Corners,
  nms: { readonly iou: number; readonly agnostic: boolean } | undefined,
  most: number
): Kept {
  const size = Math.min(most, candidates.count)
  const kept = {
    corners: new Float64Array(4 * size),
    scores: new Float32Array(size),
    categories: new Int32Array(size)
  }
  const box = new Float64Array(4)
  let count = 0
  let nonFinite = candidates.nonFinite
  candidates.order()
  for (let next = candidates.next(); next >= 0 && count < most; next = candidates.next()) {
    corners(candidates.anchors[next], box)
    if (!isFinite(box[0] + box[1] + box[2] + box[3])) {
      nonFinite++
      continue
    }
    const category = candidates.categories[next]
    const only = nms === undefined || nms.agnostic ? undefined : kept.categories
    if (nms !== undefined && overlaps(box, kept.corners, count, nms.iou, category, only)) continue
    kept.corners.set(box, 4 * count)
    kept.scores[count] = candidates.scores[next]
    kept.categories[count++] = category
  }
  return { ...kept, count, nonFinite }
}

/** @param categories of the kept boxes, where only those of `category` are compared. */
function overlaps(
  box: Float64Array,
  kept: Float64Array,
  count: number,
  limit: number,
  category: number,
  categories: Int32Array | undefined
): boolean {
  const [x1, y1, x2, y2] = box
  const area = (x2 - x1) * (y2 - y1)
  for (let i = 0, at = 0; i < count; i++, at += 4) {
    if (categories !== undefined && categories[i] !== category) continue
    const width = Math.min(x2, kept[at + 2]) - Math.max(x1, kept[at])
    const height = Math.min(y2, kept[at + 3]) - Math.max(y1, kept[at + 1])
    if (width <= 0 || height <= 0) continue
    const shared = width * height
    const other = (kept[at + 2] - kept[at]) * (kept[at + 3] - kept[at + 1])
    if (shared > limit * (area + other - shared)) return true
  }
  return false
}
