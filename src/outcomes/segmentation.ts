import {
  SegmentationAccumulator,
  type SegmentationClassResult,
  type SegmentationMetric,
  type SegmentationShard
} from '../metrics/index.js'
import type { Samples } from '../result.js'
import type { WeightedMetric } from '../verdict/index.js'
import type { StoredOutcomes } from './types.js'

type Stored = NonNullable<Samples['segmentation']>[string]

type Names = Readonly<Record<string, SegmentationMetric>>

/** The name in the config of every metric; the first stands for the others. */
const WITH_LABELS: Names = {
  miou: 'miou',
  pixel_accuracy: 'pixel_accuracy',
  dice: 'dice',
  mean_accuracy: 'mean_accuracy'
}
const WITH_FP32: Names = { agreement: 'pixel_accuracy', agreement_miou: 'miou' }

/** The counted pixels of one variant: everything that segmentation's metrics and a resample of the images need. */
export class SegmentationOutcomes {
  /** By the name in the config. */
  readonly metrics: ReadonlyMap<string, WeightedMetric>
  readonly perClass: readonly SegmentationClassResult[]

  /**
   * @param nonFinite positions of the samples whose output was not finite.
   * @param comparedWith FP32: its classes were the truth; undefined: labels.
   */
  constructor(
    private readonly pixels: SegmentationAccumulator,
    readonly nonFinite: readonly number[],
    private readonly comparedWith?: 'fp32'
  ) {
    const evaluation = pixels.evaluation()
    const names = comparedWith === undefined ? WITH_LABELS : WITH_FP32
    this.metrics = new Map(
      Object.entries(names).map(([name, metric]) => [name, (weights) => evaluation.value(metric, weights)])
    )
    this.perClass = evaluation.perClass()
  }

  stored(): StoredOutcomes {
    return { field: 'segmentation', value: this.encode() }
  }

  encode(): Stored {
    const { counts, confusion, ignore } = this.pixels.encode()
    const { comparedWith } = this
    return {
      nonFinite: [...this.nonFinite],
      ...(comparedWith !== undefined && { comparedWith }),
      ...(ignore !== undefined && { ignore }),
      counts,
      confusion
    }
  }

  /** Appends the samples of the next shard. */
  join(next: SegmentationOutcomes): SegmentationOutcomes {
    this.pixels.merge(next.pixels)
    return new SegmentationOutcomes(this.pixels, [...this.nonFinite, ...next.nonFinite], this.comparedWith)
  }

  /**
   * @param start position of the first sample, to which those that are not finite refer.
   * @throws FileError where the stored columns do not belong together.
   */
  static decode(
    { nonFinite, comparedWith, ...stored }: Stored,
    samples: number,
    classes: number,
    start = 0
  ): SegmentationOutcomes {
    const imageIds = Array.from({ length: samples }, (_, index) => start + index)
    const shard: SegmentationShard = { kind: 'segmentation', classes, imageIds, nonFinite: [], ...stored }
    const positions = nonFinite.map((position) => start + position)
    return new SegmentationOutcomes(SegmentationAccumulator.decode(shard), positions, comparedWith)
  }
}
