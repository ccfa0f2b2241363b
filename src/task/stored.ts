import type { GateConfig, TaskName } from '../config/index.js'
import { FileError } from '../errors.js'
import { decodeOutcomes, summarizeAnswers, summarizeTopK } from '../metrics/index.js'
import { BoxAgreementOutcomes, DetectionOutcomes, imageIdsOf, SegmentationOutcomes } from '../outcomes/index.js'
import type { Samples } from '../result.js'
import type { VariantComparison } from '../verdict/index.js'
import { answerJudge, answerScores } from './agreement/classification.js'
import { boxJudge } from './agreement/detection.js'
import { pixelJudge } from './agreement/segmentation.js'
import { judgedMetrics, weightedScores, type WeightedScores } from './bootstrap.js'
import { classificationJudge, topKScores } from './classification.js'
import { detectionJudge } from './detection.js'
import { segmentationJudge } from './segmentation.js'
import type { Scores, TaskJudge } from './types.js'

/** A task whose outputs were scored before: no model and no image is needed to judge them. */
export interface StoredTask extends TaskJudge {
  /**
   * The scores that a variant had.
   * @param facts which outcomes do not tell.
   * @throws FileError where they are missing or do not belong together.
   */
  scores(variant: string, facts: StoredFacts): Scores
}

/** What outcomes do not tell. */
export interface StoredFacts extends Pick<VariantComparison, 'flips' | 'changed'>, Pick<Scores, 'constant'> {}

type StoredLimits = Pick<GateConfig, 'thresholds' | 'expect' | 'agreement'>

/** @param limits of the config, whose metrics get intervals. */
export function storedTask(name: TaskName, samples: Samples, limits: StoredLimits): StoredTask {
  if (limits.agreement !== undefined) return storedAgreement(name, samples, limits, limits.agreement.minScore)
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
        scores(variant, { flips }) {
          const value = find(detection, variant)
          const { metrics, nonFinite } = DetectionOutcomes.decode(value, imageIdsOf(samples), classes)
          const stored = () => ({ field: 'detection', value, imageIds: imageIdsOf(samples) }) as const
          return weightedScores(metrics, { samples: ids.length, nonFinite, classes, flips, stored })
        }
      }
    case 'segmentation':
      return {
        ...(segmentationJudge(judgedMetrics('miou', limits)) as TaskJudge),
        scores(variant, { flips }) {
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

function storedAgreement(name: TaskName, samples: Samples, limits: StoredLimits, minScore: number): StoredTask {
  const { classes, ids, outcomes, detection, segmentation } = samples
  const judged = judgedMetrics('agreement', limits)
  switch (name) {
    case 'classification':
      return {
        ...(answerJudge() as TaskJudge),
        scores: (variant, { constant }) =>
          answerScores(summarizeAnswers(decodeOutcomes(find(outcomes, variant)), classes), constant)
      }
    case 'detection':
      return {
        ...(boxJudge(judged, minScore) as TaskJudge),
        scores(variant, facts) {
          const value = find(detection, variant)
          const imageIds = imageIdsOf(samples)
          const { metrics, nonFinite } = BoxAgreementOutcomes.decode(value, imageIds, classes)
          const stored = () => ({ field: 'detection', value, imageIds }) as const
          return weightedScores(metrics, { ...agreementFacts(facts), samples: ids.length, nonFinite, classes, stored })
        }
      }
    case 'segmentation':
      return {
        ...(pixelJudge(judged) as TaskJudge),
        scores(variant, facts) {
          const value = find(segmentation, variant)
          const { metrics, nonFinite } = SegmentationOutcomes.decode(value, ids.length, classes)
          const stored = () => ({ field: 'segmentation', value }) as const
          return weightedScores(metrics, { ...agreementFacts(facts), samples: ids.length, nonFinite, classes, stored })
        }
      }
  }
}

function agreementFacts({ changed = 0, constant }: StoredFacts): Pick<WeightedScores, 'changed' | 'constant'> {
  return { changed, ...(constant !== undefined && { constant }) }
}
