import { FileError } from '../errors.js'
import { CocoAccumulator, type BoxAgreement } from '../metrics/index.js'
import type { Samples } from '../result.js'
import type { WeightedMetric } from '../verdict/index.js'
import type { StoredOutcomes } from './types.js'

type Stored = NonNullable<Samples['detection']>[string]
type Partners = NonNullable<Stored['partners']>

/** Boxes of one variant beside FP32's: everything that a resample of the images needs. */
export class BoxAgreementOutcomes {
  readonly metrics: ReadonlyMap<string, WeightedMetric>

  /**
   * @param coco FP32's boxes were the truth.
   * @param partners per sample, boxes of both sides.
   * @param nonFinite positions of the samples whose output was not finite.
   */
  constructor(
    private readonly coco: CocoAccumulator,
    private readonly partners: Partners,
    readonly nonFinite: readonly number[]
  ) {
    const evaluation = coco.evaluation()
    this.metrics = new Map<string, WeightedMetric>([
      ['agreement', (weights) => whole(evaluation.value('ap', weights))],
      ['agreement_matched', (weights) => matchedShare(partners, weights)]
    ])
  }

  get imageIds(): readonly number[] {
    return [...this.coco.evaluation().imageIds]
  }

  stored(): StoredOutcomes {
    return { field: 'detection', value: this.encode(), imageIds: this.imageIds }
  }

  encode(): Stored {
    return { nonFinite: [...this.nonFinite], coco: this.coco.encode().columns, partners: this.partners }
  }

  /** Appends the samples of the next shard. */
  join(next: BoxAgreementOutcomes): BoxAgreementOutcomes {
    const offset = this.imageIds.length
    this.coco.merge(next.coco)
    const partners = {
      matched: [...this.partners.matched, ...next.partners.matched],
      unmatched: [...this.partners.unmatched, ...next.partners.unmatched]
    }
    const nonFinite = [...this.nonFinite, ...next.nonFinite.map((position) => offset + position)]
    return new BoxAgreementOutcomes(this.coco, partners, nonFinite)
  }

  /** @throws FileError where the stored columns do not belong together. */
  static decode(
    { nonFinite, coco, partners }: Stored,
    imageIds: readonly number[],
    classes: number
  ): BoxAgreementOutcomes {
    if (partners === undefined) throw new FileError('it is not stored which boxes have a partner')
    if ([partners.matched, partners.unmatched].some(({ length }) => length !== imageIds.length)) {
      throw new FileError('the boxes with a partner are not one entry per sample')
    }
    const categories = Array.from({ length: classes }, (_, index) => index)
    const boxes = CocoAccumulator.decode({ kind: 'coco', categories, imageIds, nonFinite: [], columns: coco })
    return new BoxAgreementOutcomes(boxes, partners, nonFinite)
  }
}

/** Boxes of both sides, by sample. */
export function partnersOf(images: readonly BoxAgreement[]): Partners {
  return {
    matched: images.map(({ matched }) => 2 * matched),
    unmatched: images.map(({ referenceOnly, variantOnly }) => referenceOnly + variantOnly)
  }
}

/** COCO's precision has a rounding error in its denominator, so that complete agreement ends just below 1. */
function whole(value: number | null): number | null {
  return value !== null && value > 1 - 1e-12 ? 1 : value
}

/** Matched boxes of both sides / all boxes of both sides, each image as often as its weight says; null without a box. */
function matchedShare({ matched, unmatched }: Partners, weights?: Uint16Array): number | null {
  let [found, all] = [0, 0]
  matched.forEach((pairs, i) => {
    const weight = weights === undefined ? 1 : weights[i]
    found += weight * pairs
    all += weight * (pairs + unmatched[i])
  })
  return all === 0 ? null : found / all
}
