import { batches, type BatchOptions } from './batches.js'
import type { Size } from './preprocess/geometry.js'
import { imageMapping, type ImageMapping } from './preprocess/mapping.js'
import { compilePreprocess, type PreprocessTarget } from './preprocess/compile.js'
import { selectEvenly } from './select.js'
import { checkTensors } from './tensor-input.js'
import type { Batch, Dataset, PreprocessStep } from './types.js'

export interface ImageInput {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly layout: 'nchw' | 'nhwc'
}

/** A data set together with what turns its samples into a model's input: the one path that all inference takes. */
export interface SampleStream {
  readonly dataset: Dataset
  /** What the steps make of an image; undefined for tensors, which stay what they are. */
  readonly input?: ImageInput | undefined
  /** @see batches: an input is valid until the next-but-one batch is asked for. */
  batches(options: Omit<BatchOptions, 'input'>): AsyncIterable<Batch>
  /** Where the pixels of an image of that size come to lie in the model's input. */
  mapping(image: Size): ImageMapping
  /** At most `count` samples, spread evenly. */
  atMost(count: number): SampleStream
  select(indices: readonly number[]): SampleStream
}

/**
 * @param steps for images; tensor data sets have none
 * @throws ConfigurationError before any sample is read, if what the samples become is not the model's input
 */
export function sampleStream(
  dataset: Dataset,
  steps: readonly PreprocessStep[],
  input: PreprocessTarget
): SampleStream {
  const preprocess = dataset.content.kind === 'image' ? compilePreprocess(steps, input) : undefined
  if (dataset.content.kind === 'tensor') checkTensors(dataset.content, steps, input)
  const imageInput = preprocess === undefined ? undefined : inputOf(preprocess.sampleDims, steps)
  const withDataset = (dataset: Dataset): SampleStream => ({
    dataset,
    input: imageInput,
    batches: (options) => batches(dataset, preprocess, { ...options, input }),
    mapping: (image) => imageMapping(steps, image),
    atMost: (count) => withDataset(selectEvenly(dataset, count)),
    select: (indices) => withDataset(dataset.select(indices))
  })
  return withDataset(dataset)
}

function inputOf(dims: readonly number[], steps: readonly PreprocessStep[]): ImageInput {
  const layout = steps.find((step) => step.step === 'layout')?.to ?? 'nchw'
  const [channels, height, width] = layout === 'nchw' ? dims : [dims[2], dims[0], dims[1]]
  return { width, height, channels, layout }
}
