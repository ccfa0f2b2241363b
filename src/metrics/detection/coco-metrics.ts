import type { Metrics } from '../types.js'
import type { CocoColumns } from './coco-columns.js'
import { CategoryCurves, type CurveValues, type ImageWeights } from './coco-curves.js'
import { IOU_THRESHOLDS, MOST_DETECTIONS, type AreaRange } from './coco-match.js'

interface Definition {
  readonly curve: 'precision' | 'recall'
  readonly area: AreaRange
  /** Position in `IOU_THRESHOLDS`; all ten where absent. */
  readonly threshold?: number
  readonly maxDetections?: number
}

/** The twelve figures of pycocotools' summary, in its order. */
export const COCO_METRICS = {
  ap: { curve: 'precision', area: 'all' },
  ap50: { curve: 'precision', area: 'all', threshold: 0 },
  ap75: { curve: 'precision', area: 'all', threshold: 5 },
  ap_small: { curve: 'precision', area: 'small' },
  ap_medium: { curve: 'precision', area: 'medium' },
  ap_large: { curve: 'precision', area: 'large' },
  ar1: { curve: 'recall', area: 'all', maxDetections: 1 },
  ar10: { curve: 'recall', area: 'all', maxDetections: 10 },
  ar100: { curve: 'recall', area: 'all' },
  ar_small: { curve: 'recall', area: 'small' },
  ar_medium: { curve: 'recall', area: 'medium' },
  ar_large: { curve: 'recall', area: 'large' }
} as const satisfies Record<string, Definition>

export type CocoMetric = keyof typeof COCO_METRICS
const NAMES = Object.keys(COCO_METRICS) as CocoMetric[]

export interface CocoCategoryResult {
  /** Category id of the data set. */
  readonly category: number
  /** Objects to be found, crowds left out. */
  readonly objects: number
  /** The twelve figures of this category alone. */
  readonly metrics: Metrics
}

/** Everything that can be asked of matched images; made once, asked often. */
export class CocoEvaluation {
  readonly #curves = new Map<string, readonly CategoryCurves[]>()
  readonly #sorted: readonly Uint32Array[]
  readonly #objectRows: readonly Uint32Array[]

  /** @param imageIds their order breaks ties between equal scores of different images, as in pycocotools. */
  constructor(
    private readonly columns: CocoColumns,
    private readonly categories: readonly number[],
    readonly imageIds: Float64Array
  ) {
    this.#sorted = sortByScore(columns, categories.length, imageIds)
    this.#objectRows = rowsByCategory(columns.objectCategory, categories.length)
  }

  /**
   * One figure in 0..1: the mean over the categories that have objects, null where none has.
   * @param weights how often each image counts; once where absent.
   */
  value(metric: CocoMetric, weights?: ImageWeights): number | null {
    return average(
      this.#curvesOf(metric).map((curves) => curves.values(weights)),
      metric
    )
  }

  metrics(): Metrics {
    return Object.fromEntries(NAMES.map((name) => [name, this.value(name)]))
  }

  perCategory(): CocoCategoryResult[] {
    return this.categories.map((category, index) => ({
      category,
      objects: this.#objectRows[index].reduce((sum, row) => sum + this.columns.objects[4 * row], 0),
      metrics: Object.fromEntries(
        NAMES.map((name) => [name, average([this.#curvesOf(name)[index].values()], name)] as const)
      )
    }))
  }

  #curvesOf(metric: CocoMetric): readonly CategoryCurves[] {
    const { area, maxDetections = MOST_DETECTIONS }: Definition = COCO_METRICS[metric]
    const key = `${area} ${maxDetections}`
    let curves = this.#curves.get(key)
    if (curves === undefined) {
      curves = this.#sorted.map(
        (rows, index) => new CategoryCurves(this.columns, rows, this.#objectRows[index], area, maxDetections)
      )
      this.#curves.set(key, curves)
    }
    return curves
  }
}

function average(categories: readonly (CurveValues | null)[], metric: CocoMetric): number | null {
  const { curve, threshold }: Definition = COCO_METRICS[metric]
  let [sum, count] = [0, 0]
  for (const values of categories) {
    if (values === null) continue
    if (threshold === undefined) for (const value of values[curve]) sum += value
    else sum += values[curve][threshold]
    count += threshold === undefined ? IOU_THRESHOLDS.length : 1
  }
  return count === 0 ? null : sum / count
}

/** Rows of each category by falling score; equal scores by image id, then in the order in which they were added. */
function sortByScore(
  { category, image, score }: CocoColumns,
  categories: number,
  imageIds: Float64Array
): Uint32Array[] {
  return rowsByCategory(category, categories).map((rows) =>
    rows.sort((a, b) => score[b] - score[a] || imageIds[image[a]] - imageIds[image[b]] || a - b)
  )
}

function rowsByCategory(category: Uint16Array, categories: number): Uint32Array[] {
  const sizes = new Uint32Array(categories)
  for (const index of category) sizes[index]++
  const rows = Array.from(sizes, (size) => new Uint32Array(size))
  sizes.fill(0)
  for (let row = 0; row < category.length; row++) rows[category[row]][sizes[category[row]]++] = row
  return rows
}
