import type { Samples } from '../result.js'
import type { WeightedMetric } from '../verdict/index.js'
import { BoxAgreementOutcomes } from './box-agreement.js'
import { DetectionOutcomes } from './detection.js'
import { SegmentationOutcomes } from './segmentation.js'

/** Outcomes of a task whose metrics are no mean over samples. */
export type ResampledOutcomes = DetectionOutcomes | BoxAgreementOutcomes | SegmentationOutcomes

/**
 * The outcomes of a variant in detection or segmentation, with labels or beside FP32.
 * @returns undefined where the file keeps none of it.
 * @throws FileError where what is stored does not belong together.
 */
export function storedOutcomes(samples: Samples, variant: string): ResampledOutcomes | undefined {
  const { ids, classes, detection, segmentation } = samples
  if (detection !== undefined && Object.hasOwn(detection, variant)) {
    const stored = detection[variant]
    const decoder = stored.partners === undefined ? DetectionOutcomes : BoxAgreementOutcomes
    return decoder.decode(stored, imageIdsOf(samples), classes)
  }
  if (segmentation !== undefined && Object.hasOwn(segmentation, variant)) {
    return SegmentationOutcomes.decode(segmentation[variant], ids.length, classes)
  }
  return undefined
}

/** {@link storedOutcomes}' metrics. */
export function storedMetrics(samples: Samples, variant: string): ReadonlyMap<string, WeightedMetric> | undefined {
  return storedOutcomes(samples, variant)?.metrics
}

/** Numbers by which equal scores of different images rank. */
export function imageIdsOf({ ids, imageIds }: Samples): readonly number[] {
  return imageIds ?? ids.map((_, position) => position)
}
