import type { Result, Samples } from '../result.js'

/** The part of a result that is known before its limits are judged. */
export type RunFigures = Pick<
  Result,
  'tool' | 'task' | 'model' | 'dataset' | 'preprocessing' | 'decoding' | 'environment' | 'variants' | 'run'
>

/** An earlier run. */
export interface Baseline {
  /** As it was given. */
  readonly path: string
  readonly result: Result
  /** What happened to each sample, where its samples.json is there. */
  readonly samples?: Samples
  /** Why there are no samples. */
  readonly notes: readonly string[]
}
