import type { ClassificationConfig } from '../config/index.js'
import type { Dataset } from '../dataset/index.js'
import { FileError } from '../errors.js'
import { encodeOutcomes, Outcome, TopKAccumulator, type TopKResult } from '../metrics/index.js'
import { canonicalDecoding, unknownOutput } from '../postprocess/index.js'
import type { ValueInfo } from '../runtime/index.js'
import { firstRows } from '../tensor.js'
import { compareTopK, type Guess } from '../verdict/index.js'
import { checkOutputs } from './outputs.js'
import type { ScoredModel, Scores, Task, TaskJudge } from './types.js'

export interface ClassificationScores extends Scores {
  readonly topK: TopKResult
}

/** How the output that holds the scores is found. */
export interface ScoresOutput {
  readonly decoding: string
  /** @throws FileError where a model has no output of that name. */
  readonly nameIn: (model: ScoredModel) => string
}

/**
 * One output holds one score a class: the one that the config names, else the first.
 *
 * @param outputs of the FP32 model.
 * @throws ConfigurationError where it has none of that name.
 */
export function scoresOutput({ output }: ClassificationConfig, outputs: readonly ValueInfo[]): ScoresOutput {
  const decoding = canonicalDecoding({ output: output ?? null })
  if (output === undefined) return { decoding, nameIn: (model) => model.outputs[0].name }
  const names = outputs.map(({ name }) => name)
  if (!names.includes(output)) throw unknownOutput('decode.output', output, names)
  return {
    decoding,
    nameIn(model) {
      checkOutputs(model, [output])
      return output
    }
  }
}

/** A sample is right or wrong. */
export function classificationTask(
  dataset: Dataset,
  { decoding, nameIn }: ScoresOutput
): Task<unknown, ClassificationScores> {
  const labels = new Set(dataset.samples.map(({ label }) => label)).size
  return {
    ...classificationJudge(labels),
    decoding,
    isLabelled: true,
    denseOutput: nameIn,
    truth: () => Promise.resolve(undefined),
    forProvider: (truth) => truth,
    truthHash: () => undefined,
    scorer(model) {
      const topK = new TopKAccumulator()
      const output = nameIn(model)
      return {
        outputs: [output],
        add(outputs, { samples }) {
          const truths = samples.map(({ label }) => label ?? -1)
          topK.add(
            firstRows(outputs[output], samples.length),
            truths,
            samples.map(({ id }) => id)
          )
        },
        result: () => topKScores(topK.result())
      }
    }
  }
}

/** @param labels different ones in the test set. */
export function classificationJudge(labels: number): TaskJudge<ClassificationScores> {
  return {
    name: 'classification',
    metric: 'top1',
    evidence({ metrics: { top1 }, classes }) {
      const works = top1 !== null && top1 > Math.max(0.5, 2 / Math.max(classes, 1))
      return works ? `FP32 is right on ${(100 * top1).toFixed(0)} %` : undefined
    },
    compare(reference, variant, model) {
      checkClasses(reference, variant, model)
      return compareTopK(reference.topK, variant.topK)
    },
    guess: () => guessLabel(labels)
  }
}

/** A network that knows nothing answers one of `labels` labels. */
export function guessLabel(labels: number): Guess | undefined {
  if (labels < 2) return undefined
  return {
    metric: 'top1',
    value: 1 / labels,
    what: `guessing one of ${labels} labels`,
    check: 'the order of the classes, class_offset and the preprocessing'
  }
}

export function topKScores(topK: TopKResult): ClassificationScores {
  const { metrics, samples, classes, outcomes } = topK
  const nonFinite: number[] = []
  outcomes.forEach((outcome, index) => {
    if ((outcome & Outcome.nonFinite) !== 0) nonFinite.push(index)
  })
  const stored = () => ({ field: 'outcomes', value: encodeOutcomes(outcomes) }) as const
  return { metrics, samples, classes, nonFinite, stored, topK }
}

/** A finished model may be another network altogether. */
export function checkClasses(reference: Scores, { classes }: Scores, model: string): void {
  if (reference.classes === classes) return
  throw new FileError(
    `${model} gives ${classes} scores an image and the FP32 model ${reference.classes}: they cannot be compared`,
    'name a model with the same classes, in the same order'
  )
}
