import type { GateConfig, TaskName } from '../config/index.js'
import { FileError } from '../errors.js'
import { decodeOutcomes, summarizeTopK } from '../metrics/index.js'
import { DetectionOutcomes, imageIdsOf, SegmentationOutcomes } from '../outcomes/index.js'
import type { Samples } from '../result.js'
import type { VariantComparison } from '../verdict/index.js'
import { judgedMetrics, weightedScores } from './bootstrap.js'
import { classificationJudge, topKScores } from './classification.js'
import { detectionJudge } from './detection.js'
import { segmentationJudge } from './segmentation.js'
import type { Scores, TaskJudge } from './types.js'

/** A task whose outputs were scored before: no model and no image is needed to judge them. */
export interface StoredTask extends TaskJudge {
  /**
   * The scores that a variant had.
   * @param flips which outcomes do not tell.
   * @throws FileError where they are missing or do not belong together.
   */
  scores(variant: string, flips: VariantComparison['flips']): Scores
}

/** @param limits of the config, whose metrics get intervals. */
export function storedTask(
  name: TaskName,
  samples: Samples,
  limits: Pick<GateConfig, 'thresholds' | 'expect'>
): StoredTask {
  const { classes, ids, labels, outcomes, detection, segmentation } = samples
  switch (name) {
    case 'classification':
      return {
        ...(classificationJudge(new Set(labels).size) as TaskJudge),
        scores: (variant) => topKScores(summarizeTopK(decodeOutcomes(find(outcomes, variant)), classes))
      }
    case 'detection':
      return {
        ...(detectionJudge(judgedMetrics('map', limits)) as TaskJudge),
        scores(variant, flips) {
          const value = find(detection, variant)
          const { metrics, nonFinite } = DetectionOutcomes.decode(value, imageIdsOf(samples), classes)
          const stored = () => ({ field: 'detection', value, imageIds: imageIdsOf(samples) }) as const
          return weightedScores(metrics, { samples: ids.length, nonFinite, classes, flips, stored })
        }
      }
    case 'segmentation':
      return {
        ...(segmentationJudge(judgedMetrics('miou', limits)) as TaskJudge),
        scores(variant, flips) {
          const value = find(segmentation, variant)
          const { metrics, nonFinite, perClass } = SegmentationOutcomes.decode(value, ids.length, classes)
          const stored = () => ({ field: 'segmentation', value }) as const
          const scores = weightedScores(metrics, { samples: ids.length, nonFinite, classes, flips, stored })
          return { ...scores, perClass } as Scores
        }
      }
  }
}

function find<Value>(stored: Readonly<Record<string, Value>> | undefined, variant: string): Value {
  if (stored !== undefined && Object.hasOwn(stored, variant)) return stored[variant]
  throw new FileError(`samples.json has no outcomes of ${variant}`)
}
