import path from 'node:path'
import {
  dropInitializerInputs,
  loadModel,
  nameNodes,
  opsetVersion,
  readModelBytes,
  upgradeOpset,
  type OnnxModel
} from '../model/index.js'
import type { Runtime, ValueInfo } from '../runtime/index.js'
import { releaseMemory } from '../util/release.js'
import type { TypedModel } from './observe.js'

/** First opset in which every statistic can be written. */
const STATISTICS_OPSET = 13

/**
 * A model file that takes part in a comparison: read once, its weights stay in memory until it is released. Each graph
 * that is built from it starts from a fresh copy, whose weights are views on the same bytes.
 */
export class Half {
  private constructor(
    private readonly file: string,
    private readonly workspace: string,
    private readonly bytes: Uint8Array,
    readonly values: ReadonlyMap<string, ValueInfo>
  ) {}

  /** The name of the model's input: what the runtime lists first. */
  get input(): string {
    const [input = ''] = this.values.keys()
    return input
  }

  static async open(file: string, workspace: string, runtime: Runtime): Promise<Half> {
    const bytes = await readModelBytes(path.resolve(file))
    return new Half(file, workspace, bytes, await runtime.inspect(file, bytes))
  }

  /** Named as everywhere else: unnamed nodes by operator and first output. */
  async load(): Promise<OnnxModel> {
    const model = await loadModel(this.file, { workspace: this.workspace, bytes: this.bytes })
    if (opsetVersion(model) < STATISTICS_OPSET) upgradeOpset(model, STATISTICS_OPSET, this.values)
    dropInitializerInputs(model)
    nameNodes(model.graph)
    return model
  }

  async typed(): Promise<TypedModel> {
    return { model: await this.load(), values: this.values }
  }

  /** No session may read the weights any more. */
  release(): void {
    if (this.bytes.byteLength > OWNED_BYTES) releaseMemory([this.bytes])
  }
}

/** Smaller arrays may share their memory with others. */
const OWNED_BYTES = 2 ** 20
