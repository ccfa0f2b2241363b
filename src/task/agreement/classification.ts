import { AnswerAgreement, encodeOutcomes, highestClasses, Outcome, type AgreementResult } from '../../metrics/index.js'
import { firstRows } from '../../tensor.js'
import { compareAnswers } from '../../verdict/index.js'
import { checkClasses } from '../classification.js'
import type { Scores, Task } from '../types.js'
import { guessConstant } from './constant.js'

/** FP32's classes of one batch. */
interface Answers {
  reference?: Int32Array
}

interface AnswerScores extends Scores {
  readonly result: AgreementResult
}

/** The first output holds one score a class; a sample agrees where the highest is FP32's. */
export function answerAgreement(): Task<Answers, AnswerScores> {
  return {
    name: 'classification',
    metric: 'agreement',
    isLabelled: false,
    denseOutput: ({ outputs }) => outputs[0].name,
    evidence: () => undefined,
    truth: () => Promise.resolve({}),
    forProvider: () => ({}),
    truthHash: () => undefined,
    scorer(model) {
      const answers = new AnswerAgreement()
      const output = model.outputs[0].name
      return {
        outputs: [output],
        add(outputs, { samples }, truth) {
          const scores = firstRows(outputs[output], samples.length)
          const own = highestClasses(scores, samples.length)
          answers.add((truth.reference ??= own), own, scores.data.length / samples.length)
        },
        result: () => scoresOf(answers.result())
      }
    },
    compare(reference, variant, model) {
      checkClasses(reference, variant, model)
      return compareAnswers(reference.result, variant.result)
    },
    guess: ({ result: { commonest, samples } }) =>
      guessConstant(
        commonest?.samples === samples
          ? { what: `class ${commonest.answer} for every image`, images: samples }
          : undefined
      )
  }
}

function scoresOf(result: AgreementResult): AnswerScores {
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
    stored: () => ({ field: 'outcomes', value: encodeOutcomes(outcomes) }),
    result
  }
}
