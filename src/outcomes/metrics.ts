import type { Samples } from '../result.js'
import type { WeightedMetric } from '../verdict/index.js'
import { BoxAgreementOutcomes } from './box-agreement.js'
import { DetectionOutcomes } from './detection.js'
import { SegmentationOutcomes } from './segmentation.js'

/**
 * The metrics of a variant that are no mean over samples, computed again from its stored outcomes.
 * @returns undefined where the file keeps none of it.
 * @throws FileError where what is stored does not belong together.
 */
export function storedMetrics(samples: Samples, variant: string): ReadonlyMap<string, WeightedMetric> | undefined {
  const { ids, classes, detection, segmentation } = samples
  if (detection !== undefined && Object.hasOwn(detection, variant)) {
    const stored = detection[variant]
    const imageIds = imageIdsOf(samples)
    return stored.partners === undefined
      ? DetectionOutcomes.decode(stored, imageIds, classes).metrics
      : BoxAgreementOutcomes.decode(stored, imageIds, classes).metrics
  }
  if (segmentation !== undefined && Object.hasOwn(segmentation, variant)) {
    return SegmentationOutcomes.decode(segmentation[variant], ids.length, classes).metrics
  }
  return undefined
}

/** Numbers by which equal scores of different images rank. */
export function imageIdsOf({ ids, imageIds }: Samples): readonly number[] {
  return imageIds ?? ids.map((_, position) => position)
}
