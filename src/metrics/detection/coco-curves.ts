import type { CocoColumns } from './coco-columns.js'
import { AREAS, IOU_THRESHOLDS, MOST_DETECTIONS, type AreaRange } from './coco-match.js'

/** How often each image counts, by its position in the accumulator; a bootstrap's resample. */
export type ImageWeights = Uint16Array

/** Per threshold, summed over the 101 recall steps or as a share of the objects; null where there is no object. */
export interface CurveValues {
  readonly precision: Float64Array
  readonly recall: Float64Array
}

const RECALL_STEPS = 101
/** numpy.spacing(1): the term that pycocotools adds to a denominator. */
const EPSILON = 2 ** -52

/**
 * Precision and recall of one category in one area range with at most `maxDetections` per image. Everything that does
 * not depend on the weights of the images is sorted out once, so that a thousand resamples match nothing again.
 */
export class CategoryCurves {
  /** Image of each detection, in the order of falling scores over all images. */
  readonly #images: Uint32Array
  /** Positions in that order, per threshold. */
  readonly #found: Uint32Array[]
  readonly #ignored: Uint32Array[]
  readonly #objectImages: Uint32Array
  readonly #objects: Uint32Array
  readonly #prefix: Float64Array
  readonly #cumulative: Float64Array
  readonly #precision: Float64Array

  /**
   * @param sorted detections of the category by falling score, equal ones by image and rank; rows of `columns`.
   * @param objectRows rows of the object columns that belong to the category.
   */
  constructor(
    columns: CocoColumns,
    sorted: Uint32Array,
    objectRows: Uint32Array,
    area: AreaRange,
    maxDetections = MOST_DETECTIONS
  ) {
    const at = AREAS.indexOf(area)
    const rows = maxDetections < MOST_DETECTIONS ? sorted.filter((row) => columns.rank[row] < maxDetections) : sorted
    const positions = (bits: Uint16Array, threshold: number): Uint32Array => {
      const list: number[] = []
      for (let i = 0; i < rows.length; i++) if ((bits[rows[i] * AREAS.length + at] >> threshold) & 1) list.push(i)
      return Uint32Array.from(list)
    }
    this.#images = rows.map((row) => columns.image[row])
    this.#found = IOU_THRESHOLDS.map((_, threshold) => positions(columns.found, threshold))
    this.#ignored = IOU_THRESHOLDS.map((_, threshold) => positions(columns.ignored, threshold))
    this.#objectImages = objectRows.map((row) => columns.objectImage[row])
    this.#objects = objectRows.map((row) => columns.objects[row * AREAS.length + at])
    this.#prefix = new Float64Array(rows.length)
    const most = Math.max(...this.#found.map(({ length }) => length))
    this.#cumulative = new Float64Array(most)
    this.#precision = new Float64Array(most)
  }

  /** @returns null where no object of the category is in range: pycocotools' -1, which no mean counts. */
  values(weights?: ImageWeights): CurveValues | null {
    let objects = 0
    for (let i = 0; i < this.#objects.length; i++) {
      objects += this.#objects[i] * (weights === undefined ? 1 : weights[this.#objectImages[i]])
    }
    if (objects === 0) return null
    this.#sumWeights(weights)
    const precision = new Float64Array(IOU_THRESHOLDS.length)
    const recall = new Float64Array(IOU_THRESHOLDS.length)
    for (let threshold = 0; threshold < IOU_THRESHOLDS.length; threshold++) {
      const steps = this.#walk(threshold, weights)
      recall[threshold] = steps === 0 ? 0 : this.#cumulative[steps - 1] / objects
      precision[threshold] = this.#interpolate(steps, objects)
    }
    return { precision, recall }
  }

  #sumWeights(weights: ImageWeights | undefined): void {
    let sum = 0
    for (let i = 0; i < this.#images.length; i++) {
      sum += weights === undefined ? 1 : weights[this.#images[i]]
      this.#prefix[i] = sum
    }
  }

  /** Only a true positive raises recall, and precision peaks there: the false ones between are counted by difference. */
  #walk(threshold: number, weights: ImageWeights | undefined): number {
    const found = this.#found[threshold]
    const ignored = this.#ignored[threshold]
    let [steps, truePositives, skipped, next] = [0, 0, 0, 0]
    for (let i = 0; i < found.length; i++) {
      const position = found[i]
      const weight = weights === undefined ? 1 : weights[this.#images[position]]
      if (weight === 0) continue
      for (; next < ignored.length && ignored[next] < position; next++) {
        skipped += weights === undefined ? 1 : weights[this.#images[ignored[next]]]
      }
      truePositives += weight
      this.#cumulative[steps] = truePositives
      this.#precision[steps++] = truePositives / (this.#prefix[position] - skipped + EPSILON)
    }
    return steps
  }

  /** Sum over the recall steps 0, 0.01 … 1 of the highest precision at that recall or a higher one. */
  #interpolate(steps: number, objects: number): number {
    let [sum, highest, step] = [0, 0, RECALL_STEPS - 1]
    if (steps > 0) while (step * 0.01 > this.#cumulative[steps - 1] / objects) step--
    for (let i = steps - 1; i >= 0; i--) {
      highest = Math.max(highest, this.#precision[i])
      const below = i === 0 ? -1 : this.#cumulative[i - 1] / objects
      for (; step >= 0 && step * 0.01 > below; step--) sum += highest
    }
    return sum / RECALL_STEPS
  }
}
