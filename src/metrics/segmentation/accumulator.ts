import { FileError, RuntimeError } from '../../errors.js'
import { Column, decodeColumn, encodeColumn } from '../columns.js'
import type { Metrics } from '../types.js'
import { SegmentationEvaluation, type SegmentationClassResult } from './evaluation.js'

/** One class index per pixel. */
export type Labels = Uint8Array | Uint16Array | Uint32Array | Int32Array

export interface SegmentationOptions {
  readonly classes: number
  /** Pixels with this label in the ground truth are not counted. Where it is one of the classes, that class has no figure. */
  readonly ignore?: number
}

export interface SegmentationResult {
  readonly images: number
  /** Images whose output held NaN or infinity. */
  readonly nonFinite: number
  readonly metrics: Metrics
  readonly perClass: readonly SegmentationClassResult[]
  /** Pixels of all images by [truth * classes + prediction]. */
  readonly confusion: Float64Array
}

export interface SegmentationShard {
  readonly kind: 'segmentation'
  readonly classes: number
  readonly ignore?: number
  readonly imageIds: readonly number[]
  readonly nonFinite: readonly number[]
  readonly counts: string
  readonly confusion: string
}

const uint32 = (from: number | ArrayBuffer): Uint32Array => new Uint32Array(from as number)
const float64 = (from: number | ArrayBuffer): Float64Array => new Float64Array(from as number)

/**
 * Confusion of predicted and true classes, pixel by pixel, over all images; IoU, Dice and accuracy follow from it
 * (docs/metrics.md). Of each image three counts a class remain, which is what a resample of the images needs.
 */
export class SegmentationAccumulator {
  readonly #imageIds: number[] = []
  readonly #seen = new Set<number>()
  readonly #nonFinite: number[] = []
  /** Per image and class: pixels of both, of the truth, of the prediction. */
  readonly #counts = new Column(uint32)
  #confusion: Float64Array

  constructor(readonly options: SegmentationOptions) {
    this.#confusion = float64(options.classes ** 2)
  }

  /**
   * @param truth one label a pixel, as many as `prediction` has.
   * @param prediction class indices; undefined where the output held NaN or infinity: then no pixel is right.
   * @throws FileError where a label is neither a class nor the ignore label, or the image came before.
   * @throws RuntimeError where the sizes differ or a predicted class does not exist.
   */
  add(imageId: number, truth: Labels, prediction: Labels | undefined): void {
    const { classes, ignore } = this.options
    if (prediction !== undefined && prediction.length !== truth.length) {
      throw new RuntimeError(
        `image ${imageId} has ${truth.length} labelled pixels and ${prediction.length} predicted ones`,
        'the prediction must be resized to the mask before it is compared'
      )
    }
    const own = new Float64Array(classes ** 2)
    const missed = new Uint32Array(classes)
    for (let pixel = 0; pixel < truth.length; pixel++) {
      const label = truth[pixel]
      if (label === ignore) continue
      if (!(label < classes && label >= 0)) throw badLabel(imageId, label, this.options)
      if (prediction === undefined) {
        missed[label]++
        continue
      }
      if (!(prediction[pixel] < classes && prediction[pixel] >= 0)) {
        throw new RuntimeError(`class ${prediction[pixel]} was predicted for image ${imageId}; there are ${classes}`)
      }
      own[label * classes + prediction[pixel]]++
    }
    this.#addImage(imageId)
    if (prediction === undefined) this.#nonFinite.push(imageId)
    for (let c = 0; c < classes; c++) {
      let [inTruth, inPrediction] = [missed[c], 0]
      for (let other = 0; other < classes; other++) {
        inTruth += own[c * classes + other]
        inPrediction += own[other * classes + c]
      }
      for (const count of [own[c * classes + c], inTruth, inPrediction]) this.#counts.push(count)
    }
    for (let cell = 0; cell < own.length; cell++) this.#confusion[cell] += own[cell]
  }

  /** @throws RuntimeError where the other has other classes. */
  merge(other: SegmentationAccumulator): void {
    if (other.options.classes !== this.options.classes || other.options.ignore !== this.options.ignore) {
      throw new RuntimeError('the shards have different classes or ignore labels: they were not made from one config')
    }
    for (const id of other.#imageIds) this.#addImage(id)
    this.#nonFinite.push(...other.#nonFinite)
    this.#counts.append(other.#counts.view())
    other.#confusion.forEach((count, cell) => (this.#confusion[cell] += count))
  }

  evaluation(): SegmentationEvaluation {
    return new SegmentationEvaluation(this.#counts.view(), [...this.#imageIds], this.options)
  }

  result(): SegmentationResult {
    const evaluation = this.evaluation()
    return {
      images: this.#imageIds.length,
      nonFinite: this.#nonFinite.length,
      metrics: evaluation.metrics(),
      perClass: evaluation.perClass(),
      confusion: this.#confusion.slice()
    }
  }

  encode(): SegmentationShard {
    return {
      kind: 'segmentation',
      ...this.options,
      imageIds: [...this.#imageIds],
      nonFinite: [...this.#nonFinite],
      counts: encodeColumn(this.#counts.view()),
      confusion: encodeColumn(this.#confusion)
    }
  }

  /** @throws FileError where the parts do not belong together. */
  static decode({
    classes,
    ignore,
    imageIds,
    nonFinite,
    counts,
    confusion
  }: SegmentationShard): SegmentationAccumulator {
    const result = new SegmentationAccumulator({ classes, ...(ignore !== undefined && { ignore }) })
    for (const id of imageIds) result.#addImage(id)
    result.#nonFinite.push(...nonFinite)
    result.#counts.append(decodeColumn(counts, uint32, 'counts'))
    result.#confusion = decodeColumn(confusion, float64, 'confusion')
    if (result.#counts.length !== 3 * classes * imageIds.length || result.#confusion.length !== classes ** 2) {
      throw new FileError('the stored segmentation results do not belong together: the file is cut off or damaged')
    }
    return result
  }

  #addImage(id: number): void {
    if (this.#seen.has(id)) throw new FileError(`image ${id} was evaluated twice: the shards overlap`)
    this.#seen.add(id)
    this.#imageIds.push(id)
  }
}

function badLabel(image: number, label: number, { classes, ignore }: SegmentationOptions): FileError {
  return new FileError(
    `the mask of image ${image} has label ${label}; the classes are 0 to ${classes - 1}` +
      (ignore === undefined ? ', and no label is ignored' : `, and ${ignore} is ignored`),
    'check the class map and the ignore label of the data set'
  )
}
