import type { GraphProto, ModelInMemory, OnnxModel } from '../model/index.js'
import type { Tensor } from '../tensor.js'

export type Provider = 'cpu' | 'webgpu' | 'cuda' | 'tensorrt'

/** A graph input or output. A symbolic or unknown dimension is its name ('' if unnamed). */
export interface ValueInfo {
  readonly name: string
  /** An ElementType, or another name where the value cannot cross into JavaScript. */
  readonly type: string
  readonly dims: readonly (number | string)[]
}

export interface SessionOptions {
  readonly provider: Provider
  readonly device?: number
  /** Intra-op threads; 0 = one per physical core, as ONNX Runtime chooses. */
  readonly threads: number
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all'
  /**
   * How a QDQ model computes on the CPU. `exact` (the default): integer kernels that do not saturate on this processor;
   * `default`: those that ONNX Runtime takes unasked; `simulated`: none, in float between Q/DQ pairs.
   */
  readonly kernels?: 'exact' | 'default' | 'simulated'
  /** Refuse a model of which the provider cannot run every node; without it ONNX Runtime runs the rest on the CPU. */
  readonly strict?: boolean
}

export interface Session {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** Only `fetches` are copied out of the runtime; all outputs where it is left out. */
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>>
  /**
   * Writes outputs into the memory of tensors that have their types and shapes.
   * @throws RuntimeError where they have not.
   */
  fill(feeds: Readonly<Record<string, Tensor>>, into: Readonly<Record<string, Tensor>>): Promise<void>
  release(): Promise<void>
}

/** A session whose runs the profiler observes until it is asked. */
export interface ProfiledSession extends Session {
  /**
   * What ran until now; the session goes on without the profiler. Only once, after a run.
   * @throws RuntimeError where the profile is not complete (a full disk).
   */
  endProfile(): Promise<ExecutedProfile>
}

/** What precision a layer really executed in. `simulated`: rounded to the low precision, computed in float. */
export type ExecutedPrecision = 'int8' | 'fp16' | 'fp32' | 'simulated'

export interface ExecutedCounts {
  readonly int8: number
  readonly fp16: number
  readonly fp32: number
  readonly simulated: number
}

export interface ExecutedLayer {
  /** Node name in the optimized graph. */
  readonly name: string
  readonly op: string
  readonly provider: string
  readonly executed: ExecutedPrecision
  /** Tensors that it makes, by their names in the optimized graph. */
  readonly outputs: readonly string[]
}

/** A node of the optimized graph, and who ran it: a Provider, or ONNX Runtime's name of another one. */
export interface PlacedNode {
  readonly name: string
  readonly op: string
  readonly provider: string
}

export interface ExecutedProfile {
  /** undefined: the provider does not show what runs inside it (TensorRT). */
  readonly layers: readonly ExecutedLayer[] | undefined
  /** Copies between providers left out. */
  readonly nodes: readonly PlacedNode[]
}

/** What is known of a GPU. */
export interface GpuFacts {
  readonly gpu: string
  readonly driver: string
  readonly gpuMemoryMiB: number
}

/** The GPU's facts are absent on the CPU provider, and where no driver tool tells them. */
export interface Environment extends Partial<GpuFacts> {
  /** Versions of the GPU libraries that are loaded, by name, as far as their files tell them (Linux). */
  readonly libraries?: Readonly<Record<string, string>>
  readonly onnxruntime: string
  readonly runtimePath: string
  readonly provider: Provider
  readonly node: string
  readonly os: string
  readonly cpu: string
  readonly cpuCores: number
  /** Instruction-set flags that decide INT8 accuracy and speed. */
  readonly cpuFlags: readonly string[]
  readonly vnni: boolean
  /** Whether session.x64quantprecision=1 was set (x64 without VNNI). */
  readonly x64QuantPrecision: boolean
  readonly threads: number
}

/** Whether a provider really runs here; if not, why, and what would help. */
export type ProbeResult =
  { readonly works: true } | { readonly works: false; readonly reason: string; readonly remedy: string }

export interface Runtime {
  readonly version: string
  /** Directory of the onnxruntime-node package that was loaded. */
  readonly path: string
  readonly environment: (options: SessionOptions) => Environment
  /** Runs a one-node model on the provider with fallback to the CPU forbidden. The result is remembered. */
  probe(provider: Provider, device?: number): Promise<ProbeResult>
  /** Sessions are created from a file, so that external data works and nothing is copied through JavaScript. */
  createSession(modelFile: string, options: SessionOptions): Promise<Session>
  /** As `createSession`; tells of its first runs which kernels ran, and where. */
  createProfiledSession(modelFile: string, options: SessionOptions): Promise<ProfiledSession>
  /**
   * For models that are made to be run and thrown away. Their weights must stay in memory until the session is released.
   * @param name stands for a file in messages.
   */
  createSessionInMemory(name: string, model: ModelInMemory, options: SessionOptions): Promise<Session>
  /** Prepares a graph for a session that is filled on the CPU: where this runtime allows it, nothing is copied. */
  prepareFill(graph: GraphProto): Promise<void>
  /** Constants and batch normalization folded by ONNX Runtime's basic level; still standard operators. */
  optimizeBasic(modelFile: string, outputFile: string): Promise<void>
  /**
   * Element type and shape of every graph input and node output, unoptimized.
   * @param model the loaded file, where the caller has it; its nodes and weights stay as they are.
   */
  inspect(modelFile: string, model?: OnnxModel): Promise<ReadonlyMap<string, ValueInfo>>
  /** Runs once under the profiler: which kernels ran, and where. */
  profile(modelFile: string, feeds: Readonly<Record<string, Tensor>>, options: SessionOptions): Promise<ExecutedProfile>
  /** The layers of `profile`. @throws RuntimeError where the provider does not show them. */
  executedLayers(
    modelFile: string,
    feeds: Readonly<Record<string, Tensor>>,
    options: SessionOptions
  ): Promise<readonly ExecutedLayer[]>
}
