import { batches, type BatchOptions } from './batches.js'
import { compilePreprocess, type PreprocessTarget } from './preprocess/compile.js'
import { selectEvenly } from './select.js'
import type { Batch, Dataset, PreprocessStep } from './types.js'

/** A data set together with what turns its samples into a model's input: the one path that all inference takes. */
export interface SampleStream {
  readonly dataset: Dataset
  /** @see batches: an input is valid until the next-but-one batch is asked for. */
  batches(options: Omit<BatchOptions, 'input'>): AsyncIterable<Batch>
  /** At most `count` samples, spread evenly. */
  atMost(count: number): SampleStream
  select(indices: readonly number[]): SampleStream
}

/**
 * @param steps ignored for tensor data sets only where empty
 * @throws ConfigurationError before any image is read, if the steps do not lead to the model's input
 */
export function sampleStream(dataset: Dataset, steps: readonly PreprocessStep[], input: PreprocessTarget): SampleStream {
  const needed = dataset.content.kind === 'image' || steps.length > 0
  const preprocess = needed ? compilePreprocess(steps, input) : undefined
  const withDataset = (dataset: Dataset): SampleStream => ({
    dataset,
    batches: (options) => batches(dataset, preprocess, { ...options, input }),
    atMost: (count) => withDataset(selectEvenly(dataset, count)),
    select: (indices) => withDataset(dataset.select(indices))
  })
  return withDataset(dataset)
}
