import type { InferenceSession } from 'onnxruntime-common'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { messageOf, RuntimeError } from '../errors.js'
import { type GraphProto, loadModel } from '../model/index.js'
import { createTemporaryFolder, type TemporaryFolder, withTemporaryFolder } from '../util/files.js'
import type { OnnxRuntime } from './binding.js'
import { externalInitializers } from './optimize.js'
import { createNative } from './session.js'
import { type MachineSettings, type NativeSettings, nativeSettings } from './settings.js'
import type { SessionOptions } from './types.js'

/** One kernel that ran, as ONNX Runtime's profiler reports it. */
export interface Kernel {
  /** Node name in the optimized graph, or `<op>_<index>` where the node has none. */
  readonly name: string
  readonly nodeIndex: string
  readonly op: string
  /** For example CPUExecutionProvider. */
  readonly provider: string
  /** Element types by the profiler's names: float, float16, uint8, int8, int32, int64, bool, … */
  readonly inputTypes: readonly string[]
  readonly outputTypes: readonly string[]
}

export interface Profile {
  /** In execution order. A node in a loop's body appears once. */
  readonly kernels: readonly Kernel[]
  /** The graph that was executed, after every optimization; weights left out. */
  readonly graph: GraphProto
}

/** ONNX Runtime's profiler in a session: its settings, and its file, which is gone in the end. */
export class Profiler {
  private constructor(private readonly folder: TemporaryFolder) {}

  static async create(): Promise<Profiler> {
    return new Profiler(await createTemporaryFolder())
  }

  get settings(): NativeSettings {
    return { enableProfiling: true, profileFilePrefix: join(this.folder.path, 'profile') }
  }

  /** Ends the profile of a session that has these settings: what it runs from now on is not observed, and not slower. */
  async end(native: InferenceSession, modelFile: string): Promise<Kernel[]> {
    try {
      native.endProfiling()
      return await readKernels(this.folder.path, basename(modelFile))
    } finally {
      await this.discard()
    }
  }

  discard(): Promise<void> {
    return this.folder.remove()
  }
}

/**
 * The graph that a session with these settings executes. It takes a session of its own: one that writes its graph
 * keeps a second copy of the weights until it is released.
 * A file as large as the model's weights is written to the system's temporary folder and removed.
 */
export function executedGraph(
  ort: OnnxRuntime,
  machine: MachineSettings,
  modelFile: string,
  options: SessionOptions
): Promise<GraphProto> {
  return withTemporaryFolder(async (folder) => {
    const optimized = join(folder, 'optimized.onnx')
    const native = await createNative(ort, modelFile, {
      ...nativeSettings(options, machine, externalInitializers('optimized.data')),
      optimizedModelFilePath: optimized
    })
    await native.release()
    return (await loadModel(optimized, { workspace: folder })).graph
  })
}

interface Event {
  readonly cat?: string
  readonly name?: string
  readonly args?: {
    readonly op_name?: string
    readonly provider?: string
    readonly node_index?: string
    readonly input_type_shape?: readonly Readonly<Record<string, unknown>>[]
    readonly output_type_shape?: readonly Readonly<Record<string, unknown>>[]
  }
}

const SUFFIX = '_kernel_time'

async function readKernels(folder: string, model: string): Promise<Kernel[]> {
  // The package drops the file name that ONNX Runtime returns: <prefix>_<date>_<time>.json.
  const file = (await readdir(folder)).find((name) => name.startsWith('profile') && name.endsWith('.json'))
  if (file === undefined) throw new RuntimeError(`ONNX Runtime wrote no profile of ${model}`)
  return parseProfile(await readFile(join(folder, file), 'utf8'), model)
}

/** @throws RuntimeError where the text is no profile of ONNX Runtime, or one that names no kernel. */
export function parseProfile(json: string, model: string): Kernel[] {
  let events: readonly Event[]
  try {
    events = JSON.parse(json) as readonly Event[]
  } catch (error) {
    throw new RuntimeError(
      `the profile of ${model} cannot be read: ${messageOf(error)}`,
      'is the disk full? free some space in the folder for temporary files, or set TMPDIR to a larger disk',
      { cause: error }
    )
  }
  const kernels = new Map<string, Kernel>()
  for (const { cat, name, args } of events) {
    if (cat !== 'Node' || args?.op_name === undefined || !name?.endsWith(SUFFIX)) continue
    const kernel: Kernel = {
      name: name.slice(0, -SUFFIX.length),
      nodeIndex: args.node_index ?? '',
      op: args.op_name,
      provider: args.provider ?? '',
      inputTypes: types(args.input_type_shape),
      outputTypes: types(args.output_type_shape)
    }
    const key = JSON.stringify([kernel.name, kernel.nodeIndex])
    if (!kernels.has(key)) kernels.set(key, kernel)
  }
  if (kernels.size === 0) throw new RuntimeError(`the profile of ${model} names no kernel`)
  return [...kernels.values()]
}

function types(entries: readonly Readonly<Record<string, unknown>>[] = []): string[] {
  return entries.flatMap((entry) => Object.keys(entry))
}
