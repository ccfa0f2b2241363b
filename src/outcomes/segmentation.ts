import {
  SegmentationAccumulator,
  type SegmentationClassResult,
  type SegmentationMetric,
  type SegmentationShard
} from '../metrics/index.js'
import type { Samples } from '../result.js'
import type { WeightedMetric } from '../verdict/index.js'

type Stored = NonNullable<Samples['segmentation']>[string]

const METRICS: readonly SegmentationMetric[] = ['miou', 'pixel_accuracy', 'dice', 'mean_accuracy']

/** The counted pixels of one variant: everything that segmentation's metrics and a resample of the images need. */
export class SegmentationOutcomes {
  /** By the name in the config; `miou` first. */
  readonly metrics: ReadonlyMap<string, WeightedMetric>
  readonly perClass: readonly SegmentationClassResult[]

  /** @param nonFinite positions of the samples whose output was not finite. */
  constructor(
    private readonly pixels: SegmentationAccumulator,
    readonly nonFinite: readonly number[]
  ) {
    const evaluation = pixels.evaluation()
    this.metrics = new Map(METRICS.map((name) => [name, (weights) => evaluation.value(name, weights)]))
    this.perClass = evaluation.perClass()
  }

  encode(): Stored {
    const { counts, confusion, ignore } = this.pixels.encode()
    return { nonFinite: [...this.nonFinite], ...(ignore !== undefined && { ignore }), counts, confusion }
  }

  /** @throws FileError where the stored columns do not belong together. */
  static decode({ nonFinite, ...stored }: Stored, samples: number, classes: number): SegmentationOutcomes {
    const imageIds = Array.from({ length: samples }, (_, index) => index)
    const shard: SegmentationShard = { kind: 'segmentation', classes, imageIds, nonFinite: [], ...stored }
    return new SegmentationOutcomes(SegmentationAccumulator.decode(shard), nonFinite)
  }
}
