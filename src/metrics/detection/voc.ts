import { FileError, RuntimeError } from '../../errors.js'
import { pixelBoxIou } from './iou.js'
import { byDescendingScore, groupByCategory, isFinite, type BoxTruth, type Detections } from './types.js'
import { decodeVocRows, encodeVocRows, type EncodedVocColumns } from './voc-columns.js'
import { VocEvaluation, type VocCategoryResult, type VocRow, type VocYear } from './voc-evaluation.js'

export interface VocResult {
  readonly images: number
  readonly nonFinite: number
  /** Mean over the categories that have an object to be found, 0..1; null where none has. */
  readonly map: number | null
  readonly perCategory: readonly VocCategoryResult[]
}

export interface VocShard {
  readonly kind: 'voc'
  readonly iou: number
  readonly categories: readonly number[]
  readonly imageIds: readonly number[]
  readonly nonFinite: readonly number[]
  readonly columns: EncodedVocColumns
}

/**
 * Average precision as the development kit of Pascal VOC computes it (VOCevaldet.m): a detection is compared with the one
 * object that it overlaps most; the second detection of an object is false; a difficult object is neither found nor
 * missed; boxes include their last pixel. Equal scores rank by image id, then in the order of the detections.
 */
export class VocAccumulator {
  readonly #categories: readonly number[]
  readonly #imageIds = new Set<number>()
  readonly #nonFinite: number[] = []
  readonly #rows: VocRow[] = []

  /** @param iou least overlap of a match; VOC's own is 0.5. */
  constructor(
    categories: Iterable<number>,
    readonly iou = 0.5
  ) {
    this.#categories = [...new Set(categories)].sort((a, b) => a - b)
  }

  /** @throws FileError where an object's category is not in the list, or the image came before. */
  add(imageId: number, truth: BoxTruth, detections: Detections): void {
    this.#addImage(imageId)
    const objects = groupByCategory(truth.categories)
    const finite = isFinite(detections)
    if (!finite) this.#nonFinite.push(imageId)
    const detected = groupByCategory(finite ? detections.categories : [])
    for (const category of new Set([...objects.keys(), ...detected.keys()])) {
      if (!this.#categories.includes(category)) {
        if (!objects.has(category)) continue
        throw new FileError(`image ${imageId} has an object of category ${category}, which the data set does not list`)
      }
      const own = objects.get(category) ?? []
      const ranked = byDescendingScore(detected.get(category) ?? [], detections.scores)
      this.#rows.push({
        image: imageId,
        category,
        objects: own.filter((object) => truth.difficult?.[object] !== 1).length,
        scores: ranked.map((detection) => detections.scores[detection]),
        outcomes: matchVoc(truth, own, detections, ranked, this.iou)
      })
    }
  }

  /** @throws RuntimeError where the other was made with other categories or another IoU. */
  merge(other: VocAccumulator): void {
    if (other.iou !== this.iou || other.#categories.join() !== this.#categories.join()) {
      throw new RuntimeError('the shards have different categories or IoU: they were not made from one config')
    }
    for (const id of other.#imageIds) this.#addImage(id)
    this.#nonFinite.push(...other.#nonFinite)
    for (const row of other.#rows) this.#rows.push(row)
  }

  /** Of the images so far; `imageIds` of the evaluation are in the order in which they were added. */
  evaluation(): VocEvaluation {
    return new VocEvaluation(this.#rows, this.#categories, [...this.#imageIds])
  }

  result(year: VocYear): VocResult {
    const evaluation = this.evaluation()
    return {
      images: this.#imageIds.size,
      nonFinite: this.#nonFinite.length,
      map: evaluation.value(year),
      perCategory: evaluation.perCategory(year)
    }
  }

  encode(): VocShard {
    return {
      kind: 'voc',
      iou: this.iou,
      categories: this.#categories,
      imageIds: [...this.#imageIds],
      nonFinite: [...this.#nonFinite],
      columns: encodeVocRows(this.#rows, [...this.#imageIds], this.#categories)
    }
  }

  /** @throws FileError where the columns do not belong together. */
  static decode({ iou, categories, imageIds, nonFinite, columns }: VocShard): VocAccumulator {
    const result = new VocAccumulator(categories, iou)
    for (const id of imageIds) result.#addImage(id)
    result.#nonFinite.push(...nonFinite)
    for (const row of decodeVocRows(columns, imageIds, result.#categories)) result.#rows.push(row)
    return result
  }

  #addImage(id: number): void {
    if (this.#imageIds.has(id)) throw new FileError(`image ${id} was evaluated twice: the shards overlap`)
    this.#imageIds.add(id)
  }
}

function matchVoc(
  truth: BoxTruth,
  objects: readonly number[],
  detections: Detections,
  ranked: readonly number[],
  least: number
): number[] {
  const taken = new Set<number>()
  return ranked.map((detection) => {
    let [overlap, match] = [-Infinity, -1]
    for (const object of objects) {
      const iou = pixelBoxIou(detections.boxes, 4 * detection, truth.boxes, 4 * object)
      if (iou > overlap) [overlap, match] = [iou, object]
    }
    if (overlap < least) return 0
    if (truth.difficult?.[match] === 1) return -1
    if (taken.has(match)) return 0
    taken.add(match)
    return 1
  })
}
