import { AnswerAgreement, encodeOutcomes, highestClasses, Outcome, type AgreementResult } from '../../metrics/index.js'
import { firstRows } from '../../tensor.js'
import { compareAnswers } from '../../verdict/index.js'
import { checkClasses, type ScoresOutput } from '../classification.js'
import type { Scores, Task, TaskJudge } from '../types.js'
import { guessConstant, type ConstantAnswer } from './constant.js'

/** FP32's classes of one batch. */
interface Answers {
  reference?: Int32Array
}

interface AnswerScores extends Scores {
  readonly result: AgreementResult
}

/** A sample agrees where the highest score is FP32's. */
export function answerAgreement({ decoding, nameIn }: ScoresOutput): Task<Answers, AnswerScores> {
  return {
    ...answerJudge(),
    decoding,
    isLabelled: false,
    denseOutput: nameIn,
    truth: () => Promise.resolve({}),
    forProvider: () => ({}),
    truthHash: () => undefined,
    scorer(model) {
      const answers = new AnswerAgreement()
      const output = nameIn(model)
      return {
        outputs: [output],
        add(outputs, { samples }, truth) {
          const scores = firstRows(outputs[output], samples.length)
          const own = highestClasses(scores, samples.length)
          answers.add((truth.reference ??= own), own, scores.data.length / samples.length)
        },
        result() {
          const result = answers.result()
          return answerScores(result, constantOf(result))
        }
      }
    }
  }
}

export function answerJudge(): TaskJudge<AnswerScores> {
  return {
    name: 'classification',
    metric: 'agreement',
    evidence: () => undefined,
    compare(reference, variant, model) {
      checkClasses(reference, variant, model)
      return compareAnswers(reference.result, variant.result)
    },
    guess: ({ constant, samples }) => guessConstant(constant, samples)
  }
}

/** @param constant what FP32 answers on every sample. */
export function answerScores(result: AgreementResult, constant?: ConstantAnswer): AnswerScores {
  const { samples, classes, outcomes, agreement } = result
  const nonFinite: number[] = []
  outcomes.forEach((outcome, index) => {
    if ((outcome & Outcome.nonFinite) !== 0) nonFinite.push(index)
  })
  return {
    metrics: { agreement },
    samples,
    classes,
    nonFinite,
    ...(constant !== undefined && { constant }),
    stored: () => ({ field: 'outcomes', value: encodeOutcomes(outcomes) }),
    result
  }
}

function constantOf({ commonest, samples }: AgreementResult): ConstantAnswer | undefined {
  if (commonest?.samples !== samples) return undefined
  const what = `class ${commonest.answer} for every image`
  return { what, key: what }
}
