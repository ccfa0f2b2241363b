import { RuntimeError } from '../errors.js'
import type { Tensor } from '../tensor.js'

export type Scores = Exclude<Tensor['data'], BigInt64Array | BigUint64Array>

/**
 * Class scores as numbers that rank alike, whatever the output's type.
 * @throws RuntimeError where the output's type is no score.
 */
export function scoresOf({ type, data }: Tensor): Scores {
  if (type === 'float16') return Float32Array.from(data as Uint16Array, float16SortKey)
  if (type === 'bool' || data instanceof BigInt64Array || data instanceof BigUint64Array) {
    throw new RuntimeError(
      `the network's output has type ${type}, which is not a score per class`,
      'cut the ArgMax or TopK off the end of the model: the gate ranks the scores itself'
    )
  }
  return data
}

/** Scores a sample. @throws RuntimeError where the output is not one row of at least two for each of them. */
export function classesOf({ dims, data }: Tensor, rows: number): number {
  const classes = dims.length < 2 ? 0 : Math.max(...dims.slice(1))
  if (dims[0] !== rows || classes < 2 || data.length !== rows * classes) {
    throw new RuntimeError(
      `the network's output has shape [${dims.join(', ')}]; classification of ${rows} samples needs [${rows}, classes] with at least 2 classes`,
      'check that the task is classification; where another output than the first holds the class scores, name it: `decode: {output: NAME}`'
    )
  }
  return classes
}

/** Half-precision bits as a number that sorts alike; NaN and infinities stay non-finite. */
function float16SortKey(bits: number): number {
  const magnitude = bits & 0x7fff
  if (magnitude >= 0x7c00) return NaN
  return bits & 0x8000 ? -magnitude : magnitude
}
