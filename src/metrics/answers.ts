import { RuntimeError } from '../errors.js'
import { countOutcomes, Outcome } from './outcomes.js'

export interface AgreementResult {
  readonly samples: number
  /** Scores per sample; 0 before the first batch. */
  readonly classes: number
  /** `Outcome.top1`: the answer is FP32's; `Outcome.nonFinite`: the output held NaN or infinity. */
  readonly outcomes: Uint8Array
  readonly nonFinite: number
  /** Share of samples with FP32's answer; null without samples. */
  readonly agreement: number | null
  /** FP32's commonest answer and the samples that it gives it for; absent where it gave none. */
  readonly commonest?: { readonly answer: number; readonly samples: number }
}

/** A classifier's answers beside FP32's on the same samples: one byte a sample, and FP32's answers counted. */
export class AnswerAgreement {
  readonly #outcomes: number[] = []
  readonly #answers = new Map<number, number>()
  #classes = 0

  /**
   * @param reference FP32's class for each sample; -1 where its output was not finite, with which nothing agrees.
   * @param own the variant's classes; FP32's own for FP32 itself.
   * @throws RuntimeError where the number of classes changes.
   */
  add(reference: Int32Array, own: Int32Array, classes: number): void {
    if (this.#outcomes.length > 0 && classes !== this.#classes) {
      throw new RuntimeError(`the network gave ${classes} scores per sample, and ${this.#classes} before`)
    }
    this.#classes = classes
    own.forEach((answer, row) => {
      const expected = reference[row]
      this.#outcomes.push(answer < 0 ? Outcome.nonFinite : answer === expected ? Outcome.top1 : 0)
      if (expected >= 0) this.#answers.set(expected, (this.#answers.get(expected) ?? 0) + 1)
    })
  }

  result(): AgreementResult {
    const [commonest] = [...this.#answers].sort(([a, x], [b, y]) => y - x || a - b)
    return {
      ...summarizeAnswers(Uint8Array.from(this.#outcomes), this.#classes),
      ...(commonest !== undefined && { commonest: { answer: commonest[0], samples: commonest[1] } })
    }
  }
}

/** The result that belongs to stored outcomes, such as those of several merged shards. */
export function summarizeAnswers(outcomes: Uint8Array, classes: number): Omit<AgreementResult, 'commonest'> {
  const samples = outcomes.length
  return {
    samples,
    classes,
    outcomes,
    nonFinite: countOutcomes(outcomes, Outcome.nonFinite),
    agreement: samples === 0 ? null : countOutcomes(outcomes, Outcome.top1) / samples
  }
}
