import { FileError, RuntimeError } from '../../errors.js'
import type { Metrics } from '../types.js'
import { CocoColumnStore, type EncodedCocoColumns } from './coco-columns.js'
import { matchCategory, MOST_DETECTIONS } from './coco-match.js'
import { CocoEvaluation, type CocoCategoryResult } from './coco-metrics.js'
import { byDescendingScore, groupByCategory, isFinite, type BoxTruth, type Detections } from './types.js'

export interface CocoResult {
  readonly images: number
  /** Images whose output held NaN or infinity; they count as if nothing had been detected. */
  readonly nonFinite: number
  readonly metrics: Metrics
  readonly perCategory: readonly CocoCategoryResult[]
}

/** Columns as text, for samples.json. */
export interface CocoShard {
  readonly kind: 'coco'
  readonly categories: readonly number[]
  readonly imageIds: readonly number[]
  readonly nonFinite: readonly number[]
  readonly columns: EncodedCocoColumns
}

/**
 * COCO's evaluation of boxes, equal to pycocotools (docs/metrics.md), fed image by image. An image is matched when it is
 * added; 31 bytes a detection and some for every category of an image remain.
 */
export class CocoAccumulator {
  readonly #categories: readonly number[]
  readonly #positions: ReadonlyMap<number, number>
  readonly #imageIds: number[] = []
  readonly #seen = new Set<number>()
  readonly #nonFinite: number[] = []
  #columns = new CocoColumnStore()

  /** @param categories ids of the data set, in any order and with any gaps. */
  constructor(categories: Iterable<number>) {
    this.#categories = [...new Set(categories)].sort((a, b) => a - b)
    this.#positions = new Map(this.#categories.map((category, position) => [category, position]))
  }

  /**
   * @param imageId id of the data set. Equal scores of different images rank by it, whatever the order of adding.
   * @param detections those of other categories are left out, as in pycocotools.
   * @throws FileError where an object's category is not in the list, or the image came before.
   */
  add(imageId: number, truth: BoxTruth, detections: Detections): void {
    const image = this.#addImage(imageId)
    const objects = groupByCategory(truth.categories)
    for (const category of objects.keys()) {
      if (!this.#positions.has(category)) {
        throw new FileError(
          `image ${imageId} has an object of category ${category}, which is not among the data set's ${this.#categories.length} categories`
        )
      }
    }
    const finite = isFinite(detections)
    if (!finite) this.#nonFinite.push(imageId)
    const detected = groupByCategory(finite ? detections.categories : [])
    for (const category of new Set([...objects.keys(), ...detected.keys()])) {
      const position = this.#positions.get(category)
      if (position === undefined) continue
      const ranked = byDescendingScore(detected.get(category) ?? [], detections.scores, MOST_DETECTIONS)
      this.#addCategory(image, position, truth, objects.get(category) ?? [], detections, ranked)
    }
  }

  /** Adds the images of another accumulator. @throws RuntimeError where its categories are others. */
  merge(other: CocoAccumulator): void {
    if (other.#categories.join() !== this.#categories.join()) {
      throw new RuntimeError('the shards have different categories: they were not made from one data set')
    }
    const offset = this.#imageIds.length
    for (const id of other.#imageIds) this.#addImage(id)
    this.#nonFinite.push(...other.#nonFinite)
    this.#columns.append(other.#columns.view(), offset)
  }

  /** Of the images so far; adding afterwards needs another. */
  evaluation(): CocoEvaluation {
    return new CocoEvaluation(this.#columns.view(), this.#categories, Float64Array.from(this.#imageIds))
  }

  result(): CocoResult {
    const evaluation = this.evaluation()
    return {
      images: this.#imageIds.length,
      nonFinite: this.#nonFinite.length,
      metrics: evaluation.metrics(),
      perCategory: evaluation.perCategory()
    }
  }

  encode(): CocoShard {
    return {
      kind: 'coco',
      categories: this.#categories,
      imageIds: [...this.#imageIds],
      nonFinite: [...this.#nonFinite],
      columns: this.#columns.encode()
    }
  }

  /** @throws FileError where the columns do not belong together. */
  static decode(shard: CocoShard): CocoAccumulator {
    const result = new CocoAccumulator(shard.categories)
    for (const id of shard.imageIds) result.#addImage(id)
    result.#nonFinite.push(...shard.nonFinite)
    result.#columns = CocoColumnStore.decode(shard.columns, shard.imageIds.length, shard.categories.length)
    return result
  }

  #addImage(id: number): number {
    if (this.#seen.has(id)) throw new FileError(`image ${id} was evaluated twice: the shards overlap`)
    this.#seen.add(id)
    return this.#imageIds.push(id) - 1
  }

  #addCategory(
    image: number,
    category: number,
    truth: BoxTruth,
    objects: readonly number[],
    detections: Detections,
    ranked: readonly number[]
  ): void {
    const scores = ranked.map((detection) => detections.scores[detection])
    this.#columns.add(image, category, scores, matchCategory(truth, objects, detections, ranked))
  }
}
