import { FileError } from '../errors.js'
import type { ScoredModel } from './types.js'

/** @throws FileError where a finished model has other outputs than the FP32 model that `decode` was written for. */
export function checkOutputs({ file, outputs }: ScoredModel, needed: readonly string[]): void {
  const names = outputs.map(({ name }) => name)
  const missing = needed.find((name) => !names.includes(name))
  if (missing === undefined) return
  throw new FileError(
    `${file} has no output '${missing}', which the FP32 model has; its outputs are ${names.join(', ')}`,
    'export it with the same outputs'
  )
}
