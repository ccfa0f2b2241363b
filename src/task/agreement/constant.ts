import { wilsonInterval, type Guess } from '../../verdict/index.js'

/** What FP32 does on every image alike. */
export interface ConstantAnswer {
  /** Such as `class 3 for every image`. */
  readonly what: string
  /** Equal in two parts of a test set where the answers in both are the same. */
  readonly key: string
}

/** With so few images, all of them may well deserve one answer. */
const CERTAIN = 0.95

/**
 * FP32 agrees with itself whatever it answers, so that a broken preprocessing would pass unseen. One that answers the same
 * on every image knows nothing: any variant that is as dead agrees with it.
 *
 * @param constant undefined where FP32's answers differ.
 */
export function guessConstant(constant: ConstantAnswer | undefined, images: number): Guess | undefined {
  if (constant === undefined || images === 0) return undefined
  const { what } = constant
  return {
    metric: 'agreement',
    value: 1,
    what: `giving ${what}, which is what FP32 does here: a variant that knows nothing agrees with it`,
    check: 'the preprocessing, and that the images differ',
    certain: wilsonInterval(images, images)[0] > CERTAIN
  }
}
