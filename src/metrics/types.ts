/**
 * A task's metric, fed batch by batch. Every implementation keeps the outcome of each sample, because the verdict is
 * paired: it asks what happened to the same sample in FP32 and in the variant.
 *
 * @typeParam Output what the network gives for a batch.
 * @typeParam Truth what the data set says about one sample.
 * @typeParam Summary metrics and per-sample outcomes.
 */
export interface MetricAccumulator<Output, Truth, Summary> {
  /**
   * @param truths one per sample of the batch, in the order of the output's first dimension.
   * @param ids names of the samples, for messages.
   */
  add(output: Output, truths: readonly Truth[], ids?: readonly string[]): void
  /** Appends the samples of another accumulator after this one's, such as those of the next shard. */
  merge(other: MetricAccumulator<Output, Truth, Summary>): void
  /** The state so far; adding afterwards does not change what was returned. */
  result(): Summary
}

/** Metrics in 0..1 by name; null where there is nothing to average. */
export type Metrics = Readonly<Record<string, number | null>>
