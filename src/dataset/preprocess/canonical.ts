import { sha256 } from '../../util/hash.js'
import type { PreprocessStep } from '../types.js'

/** Raised whenever the same list starts to give other pixels, so that cached tables of the old ones are not reused. */
const ALGORITHM_VERSION = 1

/**
 * The one text of a preprocessing list: JSON with every field in place, keys in alphabetical order and numbers in their
 * shortest form, so that spellings of the same double are equal. The layout (nchw where none is given) comes last.
 * `cast` is left out: it must name the type of the model's input, and says nothing more.
 */
export function canonicalPreprocess(steps: readonly PreprocessStep[]): string {
  const layout = steps.find((step) => step.step === 'layout') ?? { step: 'layout', to: 'nchw' }
  const others = steps.filter(({ step }) => step !== 'layout' && step !== 'cast')
  return JSON.stringify({ steps: [...others, layout].map(ordered), version: ALGORITHM_VERSION })
}

/** SHA-256 of {@link canonicalPreprocess}, lower-case hex. */
export function hashPreprocess(steps: readonly PreprocessStep[]): string {
  return sha256(canonicalPreprocess(steps))
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, ordered(item)]))
}
