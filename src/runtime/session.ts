import type { InferenceSession } from 'onnxruntime-common'
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { FileError, RuntimeError } from '../errors.js'
import { loadModel } from '../model/index.js'
import type { Tensor } from '../tensor.js'
import type { OnnxRuntime } from './binding.js'
import { nativeMessage, runtimeFailure } from './failures.js'
import { fromOutput, toFeeds } from './feeds.js'
import { runInto } from './fill.js'
import type { NativeSettings } from './settings.js'
import type { Session, ValueInfo } from './types.js'

/**
 * A native session from a file, or from bytes that stand for it.
 * @throws RuntimeError naming the file where ONNX Runtime refuses it.
 */
export async function createNative(
  ort: OnnxRuntime,
  modelFile: string,
  settings: NativeSettings,
  bytes?: Uint8Array
): Promise<InferenceSession> {
  try {
    if (bytes !== undefined) return await ort.InferenceSession.create(bytes, settings)
    return await ort.InferenceSession.create(modelFile, settings)
  } catch (error) {
    // Our reader says more about what a file is that is no model (a Git LFS pointer, a web page, a PyTorch file).
    if (bytes === undefined && /Protobuf parsing failed|does not have a graph/.test(nativeMessage(error))) {
      await loadModel(modelFile, { workspace: dirname(modelFile) })
    }
    throw runtimeFailure(error, modelFile, 'cannot be loaded')
  }
}

/** @throws FileError where the model is missing, a folder or unreadable: ONNX Runtime calls all of them missing. */
export async function assertReadable(modelFile: string): Promise<void> {
  const stats = await stat(modelFile).catch((error: unknown) => {
    throw new FileError(`the model ${modelFile} does not exist`, undefined, { cause: error })
  })
  if (!stats.isFile()) throw new FileError(`the model ${modelFile} is not a file`)
  if (stats.size === 0) throw new FileError(`the model ${modelFile} is empty`)
  await access(modelFile, constants.R_OK).catch((error: unknown) => {
    throw new FileError(`the model ${modelFile} cannot be read: permission denied`, undefined, { cause: error })
  })
}

/** A session with typed tensors, checked inputs and errors that name the model. */
export class OrtSession implements Session {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly #model: string

  constructor(
    private readonly ort: OnnxRuntime,
    private readonly native: InferenceSession,
    private readonly modelFile: string
  ) {
    this.inputs = native.inputMetadata.map(toValueInfo)
    this.outputs = native.outputMetadata.map(toValueInfo)
    this.#model = basename(modelFile)
  }

  async run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>> {
    const unknown = fetches?.find((name) => !this.native.outputNames.includes(name))
    if (unknown !== undefined) throw new RuntimeError(`${this.#model} has no output "${unknown}"`)
    const inputs = toFeeds(this.ort, feeds, this.inputs, this.#model)
    const results = await this.native.run(inputs, fetches ?? this.native.outputNames).catch((error: unknown) => {
      throw runtimeFailure(error, this.modelFile, 'cannot be run')
    })
    return Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [name, fromOutput(name, tensor, this.#model)])
    )
  }

  async fill(feeds: Readonly<Record<string, Tensor>>, into: Readonly<Record<string, Tensor>>): Promise<void> {
    const inputs = toFeeds(this.ort, feeds, this.inputs, this.#model)
    const fetches = Object.entries(into).map(([name, { type, data, dims }]) => {
      return [name, new this.ort.Tensor(type as 'float32', data as Float32Array, dims)] as const
    })
    await runInto(this.native, inputs, Object.fromEntries(fetches)).catch((error: unknown) => {
      throw runtimeFailure(error, this.modelFile, 'cannot be run')
    })
  }

  release(): Promise<void> {
    return this.native.release()
  }
}

/** Sequences, maps and optionals have no dimensions; their type is named `not a tensor`. */
export function toValueInfo(metadata: InferenceSession.ValueMetadata): ValueInfo {
  return metadata.isTensor
    ? { name: metadata.name, type: metadata.type, dims: metadata.shape }
    : { name: metadata.name, type: 'not a tensor', dims: [] }
}
