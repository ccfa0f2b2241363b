import type { TaskName } from '../config/index.js'
import type { Batch } from '../dataset/index.js'
import type { Metrics } from '../metrics/index.js'
import type { StoredOutcomes } from '../outcomes/index.js'
import type { ValueInfo } from '../runtime/index.js'
import type { Tensor } from '../tensor.js'
import type { Guess, VariantComparison } from '../verdict/index.js'
import type { ConstantAnswer } from './agreement/constant.js'

/** What all outputs of one variant came to. */
export interface Scores {
  /** The task's first metric first. */
  readonly metrics: Metrics
  readonly samples: number
  /** Positions of the samples whose output held NaN or infinity. */
  readonly nonFinite: readonly number[]
  /** Classes that the network tells apart. */
  readonly classes: number
  /** Where answers are compared with FP32's own: what it answers on every image alike; absent where its answers differ. */
  readonly constant?: ConstantAnswer
  /** What samples.json keeps of them. */
  stored(): StoredOutcomes
}

/** Takes the outputs of one variant, batch by batch. */
export interface Scorer<Truth, Result extends Scores> {
  /** Names of the outputs that it reads. */
  readonly outputs: readonly string[]
  /** @param truth of the same batch; FP32's scorer sees each batch first. */
  add(outputs: Readonly<Record<string, Tensor>>, batch: Batch, truth: Truth): void
  result(): Result
}

/** The model that outputs belong to. */
export interface ScoredModel {
  readonly file: string
  readonly outputs: readonly ValueInfo[]
}

/** How scores are compared: of a run, or put together from its shards. */
export interface TaskJudge<Result extends Scores = Scores> {
  readonly name: TaskName
  /** The metric that stands for the others. */
  readonly metric: string
  /**
   * A variant beside FP32.
   * @param model file of the variant, for messages.
   */
  compare(reference: Result, variant: Result, model: string): VariantComparison
  /** What FP32 has to be better than, where that can be said. */
  guess(reference: Result): Guess | undefined
  /** Says that FP32 works, so that its input must be right; undefined where it does not. */
  evidence(reference: Result): string | undefined
}

/**
 * What a network is for: how its outputs are read, scored and compared. The gate knows nothing else about a task.
 *
 * @typeParam Truth what the data set says about one batch, read once for all variants.
 */
export interface Task<Truth = unknown, Result extends Scores = Scores> extends TaskJudge<Result> {
  /** How outputs are read, as one text. */
  readonly decoding: string
  /** Answers are compared with labels; false: with FP32's own. */
  readonly isLabelled: boolean
  truth(batch: Batch): Promise<Truth>
  /** The same truth for the scorers of another provider, whose FP32 is another reference. */
  forProvider(truth: Truth): Truth
  /** SHA-256 of what the data set says about a sample beside its label. */
  truthHash(index: number): string | undefined
  /** @throws FileError where the model lacks an output that the task reads. */
  scorer(model: ScoredModel): Scorer<Truth, Result>
  /** The output that means the same, element by element, in two runs; undefined: lists of boxes have none. */
  denseOutput(model: ScoredModel): string | undefined
}
