import type { ImageWeights } from './coco-curves.js'

/** 2007: mean precision at recall 0, 0.1 … 1. 2012: the whole area under the interpolated curve (from 2010 on). */
export type VocYear = 2007 | 2012

/** One category of one image, as plain JSON. */
export interface VocRow {
  readonly image: number
  readonly category: number
  /** Objects to be found: difficult ones left out. */
  readonly objects: number
  /** By falling score. */
  readonly scores: readonly number[]
  /** Per detection: 1 found an object, 0 did not, -1 found a difficult one and does not count. */
  readonly outcomes: readonly number[]
}

export interface VocCategoryResult {
  readonly category: number
  readonly objects: number
  readonly ap: number | null
}

interface Ranked {
  /** By falling score over all images: image number and outcome. */
  readonly detections: readonly { readonly image: number; readonly outcome: number }[]
  readonly objects: readonly { readonly image: number; readonly count: number }[]
}

/** Matched images, sorted once and asked often. */
export class VocEvaluation {
  readonly #ranked: readonly Ranked[]

  /** @param imageIds weights refer to their order; equal scores of different images rank by the ids themselves. */
  constructor(
    rows: readonly VocRow[],
    private readonly categories: readonly number[],
    readonly imageIds: readonly number[]
  ) {
    const numbers = new Map(imageIds.map((id, number) => [id, number]))
    const byCategory = new Map<number, VocRow[]>(categories.map((category) => [category, []]))
    for (const row of rows) byCategory.get(row.category)?.push(row)
    this.#ranked = categories.map((category) => {
      const own = (byCategory.get(category) ?? []).sort((a, b) => a.image - b.image)
      const numberOf = (row: VocRow) => numbers.get(row.image) ?? -1
      return {
        detections: own
          .flatMap((row) => row.scores.map((score, i) => ({ score, image: numberOf(row), outcome: row.outcomes[i] })))
          .sort((a, b) => b.score - a.score),
        objects: own.map((row) => ({ image: numberOf(row), count: row.objects }))
      }
    })
  }

  /**
   * Mean over the categories that have an object to be found, 0..1; null where none has.
   * @param weights how often each image counts; once where absent.
   */
  value(year: VocYear, weights?: ImageWeights): number | null {
    const measured = this.#ranked.flatMap((ranked) => averagePrecision(ranked, year, weights) ?? [])
    return measured.length === 0 ? null : measured.reduce((sum, ap) => sum + ap, 0) / measured.length
  }

  perCategory(year: VocYear): VocCategoryResult[] {
    return this.#ranked.map((ranked, index) => ({
      category: this.categories[index],
      objects: ranked.objects.reduce((sum, { count }) => sum + count, 0),
      ap: averagePrecision(ranked, year)
    }))
  }
}

function averagePrecision({ detections, objects }: Ranked, year: VocYear, weights?: ImageWeights): number | null {
  const weightOf = (image: number) => (weights === undefined ? 1 : weights[image])
  const total = objects.reduce((sum, { image, count }) => sum + weightOf(image) * count, 0)
  if (total === 0) return null
  const recall: number[] = []
  const precision: number[] = []
  let [found, counted] = [0, 0]
  for (const { image, outcome } of detections) {
    const weight = weightOf(image)
    if (weight === 0 || outcome < 0) continue
    counted += weight
    if (outcome !== 1) continue
    found += weight
    // precision peaks where recall rises: nothing else needs to be kept
    recall.push(found / total)
    precision.push(found / counted)
  }
  for (let i = precision.length - 2; i >= 0; i--) precision[i] = Math.max(precision[i], precision[i + 1])
  return year === 2007 ? elevenPoints(recall, precision) : areaUnder(recall, precision)
}

/** Grid 0.1 i as numpy.arange(0, 1.1, 0.1) has it, which the Python versions of the kit use: 0.3 is 0.30000000000000004. */
function elevenPoints(recall: readonly number[], precision: readonly number[]): number {
  let sum = 0
  for (let i = 0; i <= 10; i++) {
    const at = recall.findIndex((value) => value >= i * 0.1)
    if (at >= 0) sum += precision[at]
  }
  return sum / 11
}

function areaUnder(recall: readonly number[], precision: readonly number[]): number {
  return recall.reduce((sum, value, i) => sum + (value - (i === 0 ? 0 : recall[i - 1])) * precision[i], 0)
}
