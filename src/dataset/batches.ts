import { ConfigurationError, FileError, GateError } from '../errors.js'
import { elementCount, type ElementType } from '../tensor.js'
import { sha256 } from '../util/hash.js'
import { releaseMemory } from '../util/release.js'
import { collectYoungGarbage } from '../util/young-garbage.js'
import { decodeImage } from './decode/decode.js'
import { allocate } from './elements.js'
import type { Preprocessor, PreprocessTarget } from './preprocess/compile.js'
import { tensorWriter } from './tensor-input.js'
import type { Size } from './preprocess/geometry.js'
import type { Batch, Dataset, Pixels, Sample } from './types.js'

export interface BatchOptions {
  /** Samples a batch; the last one may be smaller. */
  readonly batch: number
  /** The model's input. Needed for tensor data sets, whose records are checked against it and cast to its type. */
  readonly input?: PreprocessTarget
  /** Samples that are read and decoded ahead of the one in use. Default: two batches, between 8 and 64. */
  readonly concurrency?: number
  readonly signal?: AbortSignal
  /** Called once a sample, before its batch is yielded, with the SHA-256 of its encoded bytes. */
  readonly onBytes?: (index: number, sha256: string) => void
}

/** Decoded pixels that may wait at a time: large photographs are decoded fewer ahead. */
const WAITING_BYTES = 256 << 20
/** What was read between two collections of garbage: bytes of decoded samples, or samples, whichever comes first. */
const COLLECT = { bytes: 2 << 20, samples: 64 }
/** Batches alternate between buffers, so that one can be looked at beside the one before it. */
const BUFFERS = 2

/** What a sample becomes in the batch buffer. */
interface SampleWriter<T> {
  readonly dims: readonly number[]
  readonly type: ElementType
  decode(bytes: Buffer, sample: Sample): Promise<T> | T
  write(decoded: T, id: string, out: Batch['input']['data'], offset: number): void
  bytes(decoded: T): number
  /** Of the image; tensors have none. */
  size?(decoded: T): Size
}

/**
 * Reads a data set in order, as batches for a session. Images are decoded ahead in the decoder's own threads while the
 * caller's inference blocks the event loop; memory is bounded whatever the size of the set.
 *
 * **A batch's `input` is valid until the next-but-one batch is asked for**: two buffers are used in turn.
 *
 * @param preprocess needed for images; tensors go into the model as they are.
 * @throws FileError naming the sample; ConfigurationError if tensors do not fit the model; the signal's reason.
 */
export function batches(
  dataset: Dataset,
  preprocess: Preprocessor | undefined,
  options: BatchOptions
): AsyncIterable<Batch> {
  const { content } = dataset
  if (content.kind === 'tensor') {
    return generate(dataset, tensorSamples(content, options.input), options)
  }
  if (preprocess === undefined)
    throw new ConfigurationError([{ message: 'images need compiled preprocessing' }], 'add `preprocess`')
  return generate(dataset, imageSamples(preprocess), options)
}

async function* generate<T>(dataset: Dataset, sample: SampleWriter<T>, options: BatchOptions): AsyncGenerator<Batch> {
  const { batch, signal } = options
  const total = dataset.samples.length
  const size = elementCount(sample.dims)
  const buffers = Array.from({ length: BUFFERS }, () => allocate(sample.type, Math.min(batch, total) * size))
  const most = options.concurrency ?? Math.min(64, Math.max(8, 2 * batch))
  const queue: Promise<T>[] = []
  const garbage = new Garbage()
  let window = most
  let started = 0
  const load = async (index: number): Promise<T> => {
    signal?.throwIfAborted()
    const bytes = await dataset.read(index)
    options.onBytes?.(index, sha256(bytes))
    return sample.decode(bytes, dataset.samples[index])
  }
  const fill = (): void => {
    while (started < total && queue.length < window) {
      const loading = load(started++)
      // Awaited in order; until then a failure must not count as unhandled.
      loading.catch(() => undefined)
      queue.push(loading)
    }
  }
  try {
    for (let start = 0; start < total; start += batch) {
      const samples = dataset.samples.slice(start, start + batch)
      const buffer = buffers[(start / batch) % BUFFERS]
      const sizes: Size[] = []
      for (const [position, { id }] of samples.entries()) {
        signal?.throwIfAborted()
        fill()
        const decoded = await queue[0]
        void queue.shift()
        window = Math.max(1, Math.min(most, Math.floor(WAITING_BYTES / sample.bytes(decoded))))
        sample.write(decoded, id, buffer, position * size)
        if (sample.size !== undefined) sizes.push(sample.size(decoded))
        garbage.add(sample.bytes(decoded), window)
      }
      fill()
      const data = samples.length === batch ? buffer : buffer.subarray(0, samples.length * size)
      yield { start, samples, sizes, input: { type: sample.type, dims: [samples.length, ...sample.dims], data } }
    }
  } finally {
    await Promise.allSettled(queue)
  }
}

/** Sees to it that what samples leave behind does not grow with their number. */
class Garbage {
  #bytes = 0
  #samples = 0

  /** @param ahead samples being decoded: what outlives two collections counts as old, and is kept for much longer. */
  add(bytes: number, ahead: number): void {
    this.#bytes += bytes
    this.#samples++
    const due = this.#bytes >= COLLECT.bytes ? this.#samples >= 2 * ahead : this.#samples >= COLLECT.samples
    if (!due) return
    collectYoungGarbage()
    this.#bytes = 0
    this.#samples = 0
  }
}

function imageSamples(preprocess: Preprocessor): SampleWriter<Pixels> {
  return {
    dims: preprocess.sampleDims,
    type: preprocess.type,
    async decode(bytes, { id, size }) {
      const pixels = await decodeImage(bytes, id)
      releaseMemory([bytes])
      return sized(pixels, id, size)
    },
    bytes: ({ data }) => data.length,
    size: ({ width, height }) => ({ width, height }),
    write(pixels, id, out, offset) {
      try {
        preprocess.run(pixels, out, offset)
      } catch (error) {
        throw error instanceof GateError
          ? new FileError(`image ${id}: ${error.message}`, error.hint, { cause: error })
          : error
      }
    }
  }
}

function sized(pixels: Pixels, id: string, annotated: Size | undefined): Pixels {
  const { width, height } = pixels
  if (annotated !== undefined && (annotated.width !== width || annotated.height !== height))
    throw new FileError(
      `image ${id} is ${width}x${height}, its annotations are for ${annotated.width}x${annotated.height}`,
      'annotate the image as it is stored: EXIF orientation is not applied'
    )
  return pixels
}

function tensorSamples(
  content: Extract<Dataset['content'], { kind: 'tensor' }>,
  input: PreprocessTarget | undefined
): SampleWriter<Buffer> {
  const { type, write } = tensorWriter(content, input)
  return {
    dims: content.dims,
    type,
    decode: (bytes) => bytes,
    bytes: (record) => record.length,
    write(record, _id, out, offset) {
      write(record, out, offset)
      releaseMemory([record])
    }
  }
}
