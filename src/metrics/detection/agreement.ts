import { boxIou } from './iou.js'
import { byDescendingScore, groupByCategory, isFinite, type Detections } from './types.js'

/** Sums over images, so that shards merge by addition. */
export interface BoxAgreement {
  readonly images: number
  readonly matched: number
  /** Boxes that one side has alone. */
  readonly referenceOnly: number
  readonly variantOnly: number
  /** Over the matched pairs. */
  readonly iouSum: number
  readonly scoreDifferenceSum: number
  /** Images in which either side gave NaN or infinity: nothing of them is matched. */
  readonly nonFinite: number
}

export const NO_AGREEMENT: BoxAgreement = {
  images: 0,
  matched: 0,
  referenceOnly: 0,
  variantOnly: 0,
  iouSum: 0,
  scoreDifferenceSum: 0,
  nonFinite: 0
}

export interface AgreementOptions {
  /** Least overlap of a pair. */
  readonly iou: number
  /** Boxes below it on their own side are left out. */
  readonly score: number
}

/**
 * Compares the boxes of two models on one image, without ground truth: class by class, the reference's boxes by falling
 * score each take the free box of the variant that overlaps most, at or above the IoU. Never element by element: the two
 * lists differ in order and length.
 *
 * A box at the score limit on one side and just below it on the other counts as one side's alone.
 */
export function compareBoxes(reference: Detections, variant: Detections, options: AgreementOptions): BoxAgreement {
  if (!isFinite(reference) || !isFinite(variant)) {
    const [referenceOnly, variantOnly] = [reference, variant].map(({ categories }) => categories.length)
    return { ...NO_AGREEMENT, images: 1, nonFinite: 1, referenceOnly, variantOnly }
  }
  const [ours, theirs] = [groupByCategory(reference.categories), groupByCategory(variant.categories)]
  let total: BoxAgreement = { ...NO_AGREEMENT, images: 1 }
  for (const category of new Set([...ours.keys(), ...theirs.keys()])) {
    const above = ({ scores }: Detections, boxes: readonly number[] = []) =>
      byDescendingScore(boxes, scores).filter((box) => scores[box] >= options.score)
    const [a, b] = [above(reference, ours.get(category)), above(variant, theirs.get(category))]
    total = addAgreement(total, compareCategory(reference, a, variant, b, options.iou))
  }
  return total
}

function compareCategory(
  reference: Detections,
  ranked: readonly number[],
  variant: Detections,
  candidates: readonly number[],
  least: number
): BoxAgreement {
  const free = new Set(candidates)
  let [matched, iouSum, scoreDifferenceSum] = [0, 0, 0]
  for (const box of ranked) {
    let [best, match] = [least, -1]
    for (const candidate of free) {
      const iou = boxIou(reference.boxes, 4 * box, variant.boxes, 4 * candidate)
      // of equal overlaps the higher score, which comes first
      if (iou > best || (iou === best && match < 0)) [best, match] = [iou, candidate]
    }
    if (match < 0) continue
    free.delete(match)
    matched++
    iouSum += best
    scoreDifferenceSum += Math.abs(reference.scores[box] - variant.scores[match])
  }
  return {
    ...NO_AGREEMENT,
    matched,
    referenceOnly: ranked.length - matched,
    variantOnly: free.size,
    iouSum,
    scoreDifferenceSum
  }
}

export function addAgreement(a: BoxAgreement, b: BoxAgreement): BoxAgreement {
  const names = Object.keys(NO_AGREEMENT) as (keyof BoxAgreement)[]
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as unknown as BoxAgreement
}

export interface BoxAgreementSummary {
  /** Matched boxes of both sides / all boxes of both sides, 0..1: F1 of either side against the other; 1 where neither has a box. */
  readonly matchedShare: number
  /** Over the matched pairs; null where there is none. */
  readonly meanIou: number | null
  readonly meanScoreDifference: number | null
}

/** @returns null where no image was compared, or an output was not finite: that is no agreement. */
export function summarizeAgreement(sums: BoxAgreement): BoxAgreementSummary | null {
  const { images, matched, referenceOnly, variantOnly, iouSum, scoreDifferenceSum, nonFinite } = sums
  if (images === 0 || nonFinite > 0) return null
  const boxes = 2 * matched + referenceOnly + variantOnly
  return {
    matchedShare: boxes === 0 ? 1 : (2 * matched) / boxes,
    meanIou: matched === 0 ? null : iouSum / matched,
    meanScoreDifference: matched === 0 ? null : scoreDifferenceSum / matched
  }
}
