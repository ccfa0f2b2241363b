import type { GateConfig, TaskName } from '../config/index.js'
import { FileError } from '../errors.js'
import { decodeOutcomes, summarizeAnswers, summarizeTopK } from '../metrics/index.js'
import { storedOutcomes } from '../outcomes/index.js'
import type { Samples } from '../result.js'
import type { VariantComparison } from '../verdict/index.js'
import { answerJudge, answerScores } from './agreement/classification.js'
import { boxJudge } from './agreement/detection.js'
import { pixelJudge } from './agreement/segmentation.js'
import { judgedMetrics, weightedScores } from './bootstrap.js'
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
  const { agreement } = limits
  const { classes, labels, outcomes } = samples
  const answers = (variant: string) => decodeOutcomes(find(outcomes, variant))
  if (name === 'classification') {
    if (agreement === undefined) {
      const judge = classificationJudge(new Set(labels).size) as TaskJudge
      return { ...judge, scores: (variant) => topKScores(summarizeTopK(answers(variant), classes)) }
    }
    return {
      ...(answerJudge() as TaskJudge),
      scores: (variant, { constant }) => answerScores(summarizeAnswers(answers(variant), classes), constant)
    }
  }
  return {
    ...resampledJudge(name, limits),
    scores(variant, { flips, changed = 0, constant }) {
      const facts = agreement === undefined ? { flips } : { changed, ...(constant !== undefined && { constant }) }
      return resampledScores(samples, variant, facts)
    }
  }
}

function resampledJudge(name: Exclude<TaskName, 'classification'>, limits: StoredLimits): TaskJudge {
  const { agreement } = limits
  if (name === 'detection') {
    const judge =
      agreement === undefined
        ? detectionJudge(judgedMetrics('map', limits))
        : boxJudge(judgedMetrics('agreement', limits), agreement.minScore)
    return judge
  }
  if (agreement === undefined) return segmentationJudge(judgedMetrics('miou', limits))
  return pixelJudge(judgedMetrics('agreement', limits))
}

function resampledScores(samples: Samples, variant: string, facts: StoredFacts): Scores {
  const outcomes = storedOutcomes(samples, variant)
  if (outcomes === undefined) throw missing(variant)
  const { ids, classes } = samples
  const { metrics, nonFinite } = outcomes
  const stored = () => outcomes.stored()
  const scores = weightedScores(metrics, { ...facts, samples: ids.length, nonFinite, classes, stored })
  return 'perClass' in outcomes ? ({ ...scores, perClass: outcomes.perClass } as Scores) : scores
}

function find(stored: Readonly<Record<string, string>>, variant: string): string {
  if (Object.hasOwn(stored, variant)) return stored[variant]
  throw missing(variant)
}

function missing(variant: string): FileError {
  return new FileError(`samples.json has no outcomes of ${variant}`)
}
