import { CocoAccumulator, VocAccumulator, type CocoMetric } from '../metrics/index.js'
import type { Samples } from '../result.js'
import type { WeightedMetric } from '../verdict/index.js'
import type { StoredOutcomes } from './types.js'

type Stored = NonNullable<Samples['detection']>[string]

const COCO: Readonly<Record<string, CocoMetric>> = {
  map: 'ap',
  map50: 'ap50',
  map75: 'ap75',
  map_small: 'ap_small',
  map_medium: 'ap_medium',
  map_large: 'ap_large',
  ar1: 'ar1',
  ar10: 'ar10',
  ar100: 'ar100'
}
const VOC = { voc07: 2007, voc12: 2012 } as const

/** The matched boxes of one variant: everything that detection's metrics and a resample of the images need. */
export class DetectionOutcomes {
  /** By the name in the config; `map` first. */
  readonly metrics: ReadonlyMap<string, WeightedMetric>

  /** @param nonFinite positions of the samples whose output was not finite. */
  constructor(
    private readonly coco: CocoAccumulator,
    private readonly voc: VocAccumulator | undefined,
    readonly nonFinite: readonly number[]
  ) {
    const evaluation = coco.evaluation()
    const byName = Object.entries(COCO).map(([name, metric]): [string, WeightedMetric] => [
      name,
      (weights) => evaluation.value(metric, weights)
    ])
    const pascal = voc?.evaluation()
    if (pascal !== undefined) {
      for (const [name, year] of Object.entries(VOC)) byName.push([name, (weights) => pascal.value(year, weights)])
    }
    this.metrics = new Map(byName)
  }

  /** By which equal scores of different images rank, in the order of the samples. */
  get imageIds(): readonly number[] {
    return [...this.coco.evaluation().imageIds]
  }

  stored(): StoredOutcomes {
    return { field: 'detection', value: this.encode(), imageIds: this.imageIds }
  }

  encode(): Stored {
    const voc = this.voc?.encode()
    return {
      nonFinite: [...this.nonFinite],
      coco: this.coco.encode().columns,
      ...(voc !== undefined && { voc: { iou: voc.iou, columns: voc.columns } })
    }
  }

  /** Appends the samples of the next shard. */
  join(next: DetectionOutcomes): DetectionOutcomes {
    const offset = this.imageIds.length
    this.coco.merge(next.coco)
    if (this.voc !== undefined && next.voc !== undefined) this.voc.merge(next.voc)
    const nonFinite = [...this.nonFinite, ...next.nonFinite.map((position) => offset + position)]
    return new DetectionOutcomes(this.coco, this.voc, nonFinite)
  }

  /** @throws FileError where the stored columns do not belong together. */
  static decode({ nonFinite, coco, voc }: Stored, imageIds: readonly number[], classes: number): DetectionOutcomes {
    const common = { categories: Array.from({ length: classes }, (_, index) => index), imageIds, nonFinite: [] }
    const boxes = CocoAccumulator.decode({ kind: 'coco', ...common, columns: coco })
    const pascal = voc === undefined ? undefined : VocAccumulator.decode({ kind: 'voc', ...common, ...voc })
    return new DetectionOutcomes(boxes, pascal, nonFinite)
  }
}
