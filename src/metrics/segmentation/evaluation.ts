import type { Metrics } from '../types.js'
import type { SegmentationOptions } from './accumulator.js'

export type SegmentationMetric = 'miou' | 'dice' | 'pixel_accuracy' | 'mean_accuracy'

export interface SegmentationClassResult {
  readonly index: number
  /** Pixels of the class in the ground truth. */
  readonly pixels: number
  /** 0..1; null where the class occurs neither in the truth nor in the prediction. */
  readonly iou: number | null
  readonly dice: number | null
  /** Share of the class's pixels that were predicted so; null where it has none. */
  readonly accuracy: number | null
}

/** Figures of counted images, over all of them or a resample. */
export class SegmentationEvaluation {
  /** @param counts per image and class: pixels of both, of the truth, of the prediction. */
  constructor(
    private readonly counts: Uint32Array,
    readonly imageIds: readonly number[],
    private readonly options: SegmentationOptions
  ) {}

  /**
   * One figure in 0..1, null where there is nothing to average. Means are over the classes whose own figure exists.
   * @param weights how often each image counts, in the order of `imageIds`; once where absent.
   */
  value(metric: SegmentationMetric, weights?: Uint16Array): number | null {
    const classes = this.#results(weights)
    switch (metric) {
      case 'miou':
        return mean(classes.map(({ iou }) => iou))
      case 'dice':
        return mean(classes.map(({ dice }) => dice))
      case 'mean_accuracy':
        return mean(classes.map(({ accuracy }) => accuracy))
      case 'pixel_accuracy': {
        const pixels = classes.reduce((sum, result) => sum + result.pixels, 0)
        return pixels === 0 ? null : classes.reduce((sum, { right }) => sum + right, 0) / pixels
      }
    }
  }

  metrics(): Metrics {
    const names: SegmentationMetric[] = ['miou', 'dice', 'pixel_accuracy', 'mean_accuracy']
    return Object.fromEntries(names.map((name) => [name, this.value(name)]))
  }

  perClass(): SegmentationClassResult[] {
    return this.#results().map(({ index, pixels, iou, dice, accuracy }) => ({ index, pixels, iou, dice, accuracy }))
  }

  #results(weights?: Uint16Array): (SegmentationClassResult & { readonly right: number })[] {
    const { classes, ignore } = this.options
    const sums = new Float64Array(3 * classes)
    for (let image = 0; image < this.imageIds.length; image++) {
      const weight = weights === undefined ? 1 : weights[image]
      if (weight === 0) continue
      const start = image * sums.length
      for (let i = 0; i < sums.length; i++) sums[i] += weight * this.counts[start + i]
    }
    return Array.from({ length: classes }, (_, index) => {
      const [both, truth, prediction] = sums.subarray(3 * index, 3 * index + 3)
      const counted = index !== ignore && truth + prediction > 0
      return {
        index,
        pixels: truth,
        right: both,
        iou: counted ? both / (truth + prediction - both) : null,
        dice: counted ? (2 * both) / (truth + prediction) : null,
        accuracy: truth > 0 ? both / truth : null
      }
    })
  }
}

function mean(values: readonly (number | null)[]): number | null {
  const measured = values.filter((value) => value !== null)
  return measured.length === 0 ? null : measured.reduce((sum, value) => sum + value, 0) / measured.length
}
