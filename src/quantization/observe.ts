import path from 'node:path'
import type { SampleStream } from '../dataset/index.js'
import { loadModel, saveModel, type OnnxModel } from '../model/index.js'
import type { Runtime, Session, SessionOptions, ValueInfo } from '../runtime/index.js'
import type { Tensor } from '../tensor.js'
import type { ProgressReporter } from '../util/progress.js'
import { releaseMemory } from '../util/release.js'
import { exposeTensors } from './instrument.js'
import { groupBySize, valuesOf } from '../util/group-by-size.js'

/** A float model and the images to run through it while looking at its tensors. */
export interface ObservationInput {
  readonly runtime: Runtime
  readonly session: SessionOptions
  readonly modelFile: string
  /** Folder for the instrumented copy. */
  readonly workDirectory: string
  readonly values: ReadonlyMap<string, ValueInfo>
  readonly tensors: readonly string[]
  readonly images: SampleStream
  /** Most bytes of activations to hold at a time; beyond it the network runs once per group of tensors. */
  readonly memoryBytes?: number
  readonly signal?: AbortSignal
  readonly progress?: ProgressReporter
  /** Names the work on the progress line. */
  readonly label: string
}

const DEFAULT_MEMORY = 512 * 2 ** 20

/**
 * Shows every wanted tensor of every image to `visit`; the data is valid during the call only.
 *
 * @param afterImage called when all tensors of an image were shown
 */
export async function observeTensors(
  input: ObservationInput,
  visit: (tensor: string, data: Float32Array, image: string) => void,
  afterImage?: () => void
): Promise<void> {
  const session = await instrumentedSession(input, (model) => exposeTensors(model, input.tensors))
  const inputName = session.inputs[0].name
  const observesInput = input.tensors.includes(inputName)
  const groups = groupByMemory(
    input.tensors.filter((tensor) => tensor !== inputName),
    input
  )
  await forEachImage(input, session, async (feed, image) => {
    if (observesInput && feed.data instanceof Float32Array) visit(inputName, feed.data, image)
    for (const group of groups) {
      const outputs = await session.run({ [inputName]: feed }, group)
      for (const tensor of group) {
        const { data } = outputs[tensor]
        if (data instanceof Float32Array) visit(tensor, data, image)
        releaseMemory([data])
      }
    }
    afterImage?.()
  })
}

export async function instrumentedSession(
  { runtime, session, modelFile, workDirectory }: ObservationInput,
  instrument: (model: OnnxModel) => void
): Promise<Session> {
  const model = await loadModel(modelFile, { workspace: path.dirname(modelFile) })
  instrument(model)
  const file = path.join(workDirectory, 'instrumented.onnx')
  await saveModel(model, file)
  return runtime.createSession(file, session)
}

/**
 * Images go through one at a time: with batches, the kernels that ONNX Runtime picks depend on the batch size and
 * results differ in the last bit, so that what is measured would depend on batching and order.
 */
export async function forEachImage(
  { images, signal, progress, label }: ObservationInput,
  session: Session,
  visit: (feed: Tensor, image: string) => Promise<void>
): Promise<void> {
  const task = progress?.start(label, images.dataset.samples.length)
  try {
    let done = 0
    for await (const batch of images.batches({ batch: 1, signal })) {
      await visit(batch.input, batch.samples[0].id)
      task?.update(++done)
    }
  } finally {
    task?.finish()
    await session.release()
  }
}

/** Groups whose float32 activations for one image fit into the memory limit together. */
function groupByMemory(
  tensors: readonly string[],
  { values, memoryBytes = DEFAULT_MEMORY }: ObservationInput
): string[][] {
  return groupBySize(tensors, memoryBytes, (tensor) => 4 * valuesOf(values.get(tensor)?.dims ?? []))
}
