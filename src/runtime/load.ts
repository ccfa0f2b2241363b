import type { InferenceSession } from 'onnxruntime-common'
import os from 'node:os'
import { RuntimeError } from '../errors.js'
import { type GraphProto, hashModel, type ModelInMemory, type OnnxModel } from '../model/index.js'
import { findOnnxRuntime, type Installation } from '../provision/index.js'
import type { Tensor } from '../tensor.js'
import { loadBinding, type OnnxRuntime } from './binding.js'
import { hasVnni, readCpuFacts } from './cpu.js'
import { EngineCache, type EngineParts } from './engines.js'
import { nativeMessage } from './failures.js'
import { addUnreturned, returnsNothing } from './fill.js'
import { readGpus } from './gpu.js'
import { loadedLibraries } from './libraries.js'
import { inspectModel } from './inspect.js'
import { classifyLayers } from './layers.js'
import { placedNodes } from './placement.js'
import { optimizeBasic } from './optimize.js'
import { executedGraph, type Kernel, Profiler } from './profile.js'
import { probeProvider } from './providers.js'
import { saturatesU8S8 } from './saturation.js'
import { assertReadable, createNative, OrtSession } from './session.js'
import {
  type MachineSettings,
  type NativeSettings,
  nativeSettings,
  type SessionConfig,
  threadCount
} from './settings.js'
import { tensorrtVersion, writesEngine } from './tensorrt.js'
import type {
  Environment,
  ExecutedLayer,
  ExecutedProfile,
  GpuFacts,
  ProbeResult,
  ProfiledSession,
  Provider,
  Runtime,
  Session,
  SessionOptions,
  ValueInfo
} from './types.js'
import { ObservedSession, WrappedSession } from './wrapped.js'

export interface LoadOptions {
  /** A folder that holds node_modules/onnxruntime-node, or the package itself. */
  readonly runtimePath?: string
  /** Where set-up puts runtimes; default PRECISION_GATE_TOOL_CACHE, RUNNER_TOOL_CACHE, the user's cache folder. */
  readonly toolCache?: string
  /** Where TensorRT's engines are kept from run to run; without it each session builds its own. */
  readonly engineCache?: string
  readonly log?: (message: string) => void
}

/**
 * Finds, loads and tries ONNX Runtime.
 * @throws RuntimeError where it is not installed, too old, or does not load or compute here.
 */
export async function loadRuntime(options: LoadOptions = {}): Promise<Runtime> {
  const installation = findOnnxRuntime(options)
  const log = options.log ?? (() => undefined)
  log(`onnxruntime-node ${installation.version} from ${installation.path}`)
  const ort = loadBinding(installation)
  const cpu = await readCpuFacts()
  const saturates = await saturatesU8S8(ort).catch((error: unknown) => {
    throw new RuntimeError(`ONNX Runtime does not compute on this machine: ${nativeMessage(error)}`, undefined, {
      cause: error
    })
  })
  const engines = options.engineCache === undefined ? undefined : new EngineCache(options.engineCache)
  return new OrtRuntime(ort, installation, { cpu, saturates }, log, engines)
}

/** VNNI in fact: Windows tells no flags, and an emulator may tell its host's, so what was computed has the last word. */
function multipliesExactly({ cpu, saturates }: MachineSettings): boolean {
  const silent = process.arch === 'x64' && cpu.flags.length === 0
  return !saturates && (silent || hasVnni(cpu.flags))
}

class OrtRuntime implements Runtime {
  readonly #probes = new Map<string, Promise<ProbeResult>>()
  #returnsNothing: Promise<boolean> | undefined
  /** Read when a GPU provider works, and not before: the tool takes up to a second. */
  #gpus: readonly GpuFacts[] = []
  #libraries: Readonly<Record<string, string>> = {}

  constructor(
    private readonly ort: OnnxRuntime,
    private readonly installation: Installation,
    private readonly machine: MachineSettings,
    private readonly log: (message: string) => void,
    private readonly engines: EngineCache | undefined
  ) {}

  get version(): string {
    return this.installation.version
  }

  get path(): string {
    return this.installation.path
  }

  readonly environment = (options: SessionOptions): Environment => ({
    onnxruntime: this.version,
    runtimePath: this.path,
    provider: options.provider,
    node: process.versions.node,
    os: `${os.type()} ${os.release()} ${process.arch}`,
    cpu: this.machine.cpu.model,
    cpuCores: this.machine.cpu.physicalCores,
    cpuFlags: this.machine.cpu.flags,
    vnni: multipliesExactly(this.machine),
    x64QuantPrecision: this.machine.saturates,
    threads: threadCount(options.threads, this.machine.cpu),
    ...(options.provider !== 'cpu' && this.#gpus[options.device ?? 0]),
    ...(options.provider !== 'cpu' && Object.keys(this.#libraries).length > 0 && { libraries: this.#libraries })
  })

  probe(provider: Provider, device = 0): Promise<ProbeResult> {
    const key = `${provider} ${device}`
    const known = this.#probes.get(key)
    if (known !== undefined) return known
    const probing = this.#probe(provider, device)
    this.#probes.set(key, probing)
    return probing
  }

  async #probe(provider: Provider, device: number): Promise<ProbeResult> {
    const result = await probeProvider(this.ort, this.installation, provider, device)
    if (result.works && provider !== 'cpu') {
      if (this.#gpus.length === 0) this.#gpus = await readGpus()
      this.#libraries = await loadedLibraries()
    }
    this.log(result.works ? `${provider} provider works` : `${provider} provider does not work: ${result.reason}`)
    return result
  }

  async createSession(modelFile: string, options: SessionOptions): Promise<Session> {
    return (await this.#open(modelFile, options)).session
  }

  async createProfiledSession(modelFile: string, options: SessionOptions): Promise<ProfiledSession> {
    const profiler = await Profiler.create()
    try {
      const { session, native } = await this.#open(modelFile, options, profiler.settings)
      const endProfile = async (): Promise<ExecutedProfile> => {
        const kernels = await profiler.end(native, modelFile)
        return { layers: await this.#executed(kernels, modelFile, options), nodes: placedNodes(kernels) }
      }
      return new ObservedSession(session, endProfile, () => profiler.discard())
    } catch (error) {
      await profiler.discard()
      throw error
    }
  }

  /** A TensorRT engine is one kernel of the profile, and ONNX Runtime refuses to write the graph that it is in. */
  async #executed(
    kernels: readonly Kernel[],
    modelFile: string,
    options: SessionOptions
  ): Promise<readonly ExecutedLayer[] | undefined> {
    if (options.provider === 'tensorrt') return undefined
    return classifyLayers({ kernels, graph: await executedGraph(this.ort, this.machine, modelFile, options) })
  }

  async #open(
    modelFile: string,
    options: SessionOptions,
    extra: NativeSettings = {}
  ): Promise<{ session: Session; native: InferenceSession }> {
    await assertReadable(modelFile)
    await this.#assertWorks(options)
    const create = (file: string, config?: SessionConfig): Promise<InferenceSession> =>
      createNative(this.ort, file, { ...nativeSettings(options, this.machine, config), ...extra })
    const parts = await this.#engineParts(modelFile, options)
    if (parts === undefined || this.engines === undefined) {
      const native = await create(modelFile)
      return { session: await this.#wrap(native, modelFile), native }
    }
    const { session: native, keep } = await this.engines.session(parts, {
      open: (file) => create(file),
      build: (file) => create(modelFile, writesEngine(file)),
      log: this.log
    })
    // An engine with dynamic shapes is built when it first runs: it is kept when its session is released.
    return { session: new WrappedSession(await this.#wrap(native, modelFile), keep), native }
  }

  /** undefined: nothing to keep, or one of the facts that the engine depends on is not known. */
  async #engineParts(modelFile: string, options: SessionOptions): Promise<EngineParts | undefined> {
    if (options.provider !== 'tensorrt' || this.engines === undefined) return undefined
    const tensorrt = await tensorrtVersion()
    const facts = this.#gpus[options.device ?? 0]
    if (tensorrt === undefined || facts === undefined) {
      this.log(`engine cache: not used, since the ${facts === undefined ? 'GPU' : 'version of TensorRT'} is not known`)
      return undefined
    }
    return {
      model: await hashModel(modelFile),
      precision: 'types of the model, TF32 off',
      onnxruntime: this.version,
      tensorrt,
      driver: facts.driver,
      gpu: facts.gpu
    }
  }

  async createSessionInMemory(name: string, model: ModelInMemory, options: SessionOptions): Promise<Session> {
    await this.#assertWorks(options)
    const folder = model.folder && { 'session.model_external_initializers_file_folder_path': model.folder }
    const config = { 'session.graph_optimizations_loop_level': '0', ...folder }
    const settings = {
      ...nativeSettings(options, this.machine, config),
      // It is planned in the first run, and memory of that size taken anew for the second: nothing that a few images earn.
      ...(options.provider === 'cpu' && { enableMemPattern: false }),
      ...(model.files.length > 0 && { externalData: model.files })
    }
    return this.#wrap(await createNative(this.ort, name, settings, model.bytes), name)
  }

  async #wrap(native: InferenceSession, model: string): Promise<Session> {
    try {
      return new OrtSession(this.ort, native, model)
    } catch (error) {
      await native.release()
      throw error
    }
  }

  async prepareFill(graph: GraphProto): Promise<void> {
    if (await (this.#returnsNothing ??= returnsNothing(this.ort))) addUnreturned(graph)
  }

  optimizeBasic(modelFile: string, outputFile: string): Promise<void> {
    return optimizeBasic(this.ort, this.machine, modelFile, outputFile)
  }

  inspect(modelFile: string, model?: OnnxModel): Promise<ReadonlyMap<string, ValueInfo>> {
    return inspectModel(this.ort, this.machine, modelFile, model)
  }

  async executedLayers(
    modelFile: string,
    feeds: Readonly<Record<string, Tensor>>,
    options: SessionOptions
  ): Promise<readonly ExecutedLayer[]> {
    const { layers } = await this.profile(modelFile, feeds, options)
    if (layers === undefined) {
      throw new RuntimeError(
        'what runs inside a TensorRT engine cannot be observed from Node: the profile shows one kernel for all of it',
        'use the cpu, cuda or webgpu provider to count executed layers'
      )
    }
    return layers
  }

  async profile(
    modelFile: string,
    feeds: Readonly<Record<string, Tensor>>,
    options: SessionOptions
  ): Promise<ExecutedProfile> {
    const session = await this.createProfiledSession(modelFile, options)
    try {
      await session.run(feeds)
      return await session.endProfile()
    } finally {
      await session.release()
    }
  }

  /** Before any session: onnxruntime-node runs a provider that it lacks on the CPU with nothing but a warning. */
  async #assertWorks({ provider, device }: SessionOptions): Promise<void> {
    const result = await this.probe(provider, device)
    if (!result.works)
      throw new RuntimeError(`the ${provider} provider does not work here: ${result.reason}`, result.remedy)
  }
}
