import { RuntimeError } from '../errors.js'
import { elementCount, type Tensor } from '../tensor.js'
import { classesOf, scoresOf } from './scores.js'

/**
 * Share of equal classes, sample by sample, of two outputs of shape [N, C, ...]: of classes for [N, C], of pixels for
 * [N, C, H, W]. On a tie the lowest index wins on either side. What two models agree on without labels.
 *
 * @returns 0..1 a sample; NaN where either side holds NaN or infinity, which is not an agreement.
 * @throws RuntimeError where the shapes differ.
 */
export function argmaxAgreement(reference: Tensor, variant: Tensor): Float64Array {
  if (reference.dims.join() !== variant.dims.join() || reference.dims.length < 2) {
    throw new RuntimeError(
      `outputs of shape [${reference.dims.join(', ')}] and [${variant.dims.join(', ')}] cannot be compared class by class`
    )
  }
  const [samples, classes] = reference.dims
  const places = elementCount(reference.dims.slice(2))
  const [a, b] = [scoresOf(reference), scoresOf(variant)]
  return Float64Array.from({ length: samples }, (_, sample) => {
    let equal = 0
    for (let place = 0; place < places; place++) {
      const start = sample * classes * places + place
      const own = argmax(a, start, classes, places)
      const other = argmax(b, start, classes, places)
      if (own < 0 || other < 0) return NaN
      if (own === other) equal++
    }
    return equal / places
  })
}

/**
 * Class of the highest score for each sample of an output of shape [N, C], further dimensions of size 1 allowed; -1 where
 * a score is NaN or infinite. On a tie the lowest index wins.
 *
 * @throws RuntimeError where the output is not one row of at least two scores for each of the `samples`.
 */
export function highestClasses(output: Tensor, samples: number): Int32Array {
  const classes = classesOf(output, samples)
  const scores = scoresOf(output)
  return Int32Array.from({ length: samples }, (_, row) => argmax(scores, row * classes, classes, 1))
}

/** Class of the highest score; -1 where one is not finite. */
function argmax(scores: ArrayLike<number>, start: number, classes: number, stride: number): number {
  let best = 0
  for (let c = 0; c < classes; c++) {
    const score = scores[start + c * stride]
    // x - x is 0 for finite x alone
    if (score - score !== 0) return -1
    if (score > scores[start + best * stride]) best = c
  }
  return best
}
