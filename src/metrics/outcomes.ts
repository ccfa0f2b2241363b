import { FileError } from '../errors.js'

/** What happened to one classified sample, as bits of one byte. */
export const Outcome = {
  /** The label has the highest score. */
  top1: 1,
  /** The label is among the five highest scores. */
  top5: 2,
  /** The output holds NaN or infinity: wrong by definition, so the other bits are off. */
  nonFinite: 4
} as const

const ALL_BITS = Outcome.top1 | Outcome.top5 | Outcome.nonFinite

/** Samples with this bit set. */
export function countOutcomes(outcomes: Uint8Array, flag: number): number {
  let count = 0
  for (const outcome of outcomes) if ((outcome & flag) !== 0) count++
  return count
}

/** One digit (0-7) a sample: compact in the side file, and two runs can be compared with diff. */
export function encodeOutcomes(outcomes: Uint8Array): string {
  return Buffer.from(outcomes.map((outcome) => outcome + 48)).toString('latin1')
}

/** @throws FileError where a character is not an outcome. */
export function decodeOutcomes(text: string): Uint8Array {
  return Uint8Array.from(text, (digit, index) => {
    const outcome = digit.charCodeAt(0) - 48
    if (outcome < 0 || outcome > ALL_BITS) {
      throw new FileError(
        `the outcome of sample ${index} is ${JSON.stringify(digit)}, expected a digit from 0 to ${ALL_BITS}`
      )
    }
    return outcome
  })
}
