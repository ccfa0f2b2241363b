import path from 'node:path'
import {
  dropInitializerInputs,
  loadModel,
  nameNodes,
  opsetVersion,
  readModelButWeights,
  upgradeOpset,
  type OnnxModel
} from '../model/index.js'
import type { Runtime, ValueInfo } from '../runtime/index.js'
import { releaseMemory } from '../util/release.js'
import type { TypedModel } from './observe.js'

/** First opset in which every statistic can be written. */
const STATISTICS_OPSET = 13

/**
 * A model file that takes part in a comparison: its graph is read once, its weights stay in the file until a session maps
 * them. Each graph that is built from it starts from a fresh copy.
 */
export class Half {
  private constructor(
    private readonly file: string,
    private readonly workspace: string,
    private readonly bytes: Uint8Array,
    private unused: OnnxModel | undefined,
    readonly values: ReadonlyMap<string, ValueInfo>
  ) {}

  /** The name of the model's input: what the runtime lists first. */
  get input(): string {
    const [input = ''] = this.values.keys()
    return input
  }

  static async open(file: string, workspace: string, runtime: Runtime): Promise<Half> {
    const bytes = await readModelButWeights(path.resolve(file))
    const model = await loadModel(file, { workspace, bytes })
    return new Half(file, workspace, bytes, model, await runtime.inspect(file, model))
  }

  /** Named as everywhere else: unnamed nodes by operator and first output. */
  async load(): Promise<OnnxModel> {
    const model = this.unused ?? (await loadModel(this.file, { workspace: this.workspace, bytes: this.bytes }))
    this.unused = undefined
    if (opsetVersion(model) < STATISTICS_OPSET) upgradeOpset(model, STATISTICS_OPSET, this.values)
    dropInitializerInputs(model)
    nameNodes(model.graph)
    return model
  }

  async typed(): Promise<TypedModel> {
    return { model: await this.load(), values: this.values }
  }

  /** Nothing may be built from it any more. */
  release(): void {
    releaseMemory([this.bytes])
  }
}
