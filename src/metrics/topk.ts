import { FileError, RuntimeError } from '../errors.js'
import type { Tensor } from '../tensor.js'
import { countOutcomes, Outcome } from './outcomes.js'
import { classesOf, scoresOf, type Scores } from './scores.js'
import type { MetricAccumulator, Metrics } from './types.js'

export interface TopKResult {
  readonly samples: number
  /** Scores per sample; 0 before the first batch. */
  readonly classes: number
  /** top1, and top5 where there are more than five classes. */
  readonly metrics: Metrics
  /** One byte of `Outcome` bits a sample, in the order in which they were added. */
  readonly outcomes: Uint8Array
  readonly nonFinite: number
}

/**
 * Top-1 and top-5 from logits or probabilities of shape [N, C], further dimensions of size 1 allowed ([N, C, 1, 1]).
 * The label's rank is the number of classes that score higher, plus those of a lower index that score the same: on a
 * tie the lowest index wins, as in numpy's argmax and in a stable descending sort.
 */
export class TopKAccumulator implements MetricAccumulator<Tensor, number, TopKResult> {
  #outcomes = new Uint8Array(1024)
  #samples = 0
  #classes = 0

  /**
   * @param output scores; int8 and uint8 outputs of a finished model rank as well as floats do.
   * @param labels class indices, after the class offset.
   * @throws FileError where a label is no class of the network.
   * @throws RuntimeError where the output is not one row of scores per label.
   */
  add(output: Tensor, labels: readonly number[], ids?: readonly string[]): void {
    const scores = scoresOf(output)
    const classes = this.#checkClasses(classesOf(output, labels.length))
    this.#reserve(labels.length)
    labels.forEach((label, row) => {
      if (!Number.isInteger(label) || label < 0 || label >= classes) {
        throw badLabel(label, classes, ids?.[row] ?? `number ${this.#samples + row}`)
      }
      this.#outcomes[this.#samples + row] = outcomeOf(scores, row * classes, classes, label)
    })
    this.#samples += labels.length
  }

  merge(other: TopKAccumulator): void {
    const { outcomes, classes, samples } = other.result()
    if (samples === 0) return
    this.#checkClasses(classes)
    this.#reserve(samples)
    this.#outcomes.set(outcomes, this.#samples)
    this.#samples += samples
  }

  result(): TopKResult {
    return summarizeTopK(this.#outcomes.slice(0, this.#samples), this.#classes)
  }

  #checkClasses(classes: number): number {
    if (this.#samples > 0 && classes !== this.#classes) {
      throw new RuntimeError(`the network gave ${classes} scores per sample, and ${this.#classes} before`)
    }
    return (this.#classes = classes)
  }

  #reserve(count: number): void {
    if (this.#samples + count <= this.#outcomes.length) return
    const grown = new Uint8Array(Math.max(2 * this.#outcomes.length, this.#samples + count))
    grown.set(this.#outcomes)
    this.#outcomes = grown
  }
}

/** The result that belongs to stored outcomes, such as those of several merged shards. */
export function summarizeTopK(outcomes: Uint8Array, classes: number): TopKResult {
  const share = (flag: number) => (outcomes.length === 0 ? null : countOutcomes(outcomes, flag) / outcomes.length)
  return {
    samples: outcomes.length,
    classes,
    metrics: { top1: share(Outcome.top1), ...(classes > 5 && { top5: share(Outcome.top5) }) },
    outcomes,
    nonFinite: countOutcomes(outcomes, Outcome.nonFinite)
  }
}

function outcomeOf(scores: Scores, start: number, classes: number, label: number): number {
  const own = scores[start + label]
  let rank = 0
  for (let index = 0; index < classes; index++) {
    const score = scores[start + index]
    // x - x is 0 for finite x alone
    if (score - score !== 0) return Outcome.nonFinite
    if (score > own || (score === own && index < label)) rank++
  }
  return (rank === 0 ? Outcome.top1 : 0) | (rank < 5 && classes > 5 ? Outcome.top5 : 0)
}

function badLabel(label: number, classes: number, sample: string): FileError {
  return new FileError(
    `sample ${sample} has label ${label}, and the network has classes 0 to ${classes - 1}`,
    'check the class list and class_offset of the data set'
  )
}
