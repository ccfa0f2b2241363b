import {
  dropInitializerInputs,
  loadModel,
  nameNodes,
  opsetVersion,
  upgradeOpset,
  type OnnxModel
} from '../model/index.js'
import type { Runtime, ValueInfo } from '../runtime/index.js'
import { releaseMemory } from '../util/release.js'
import type { TypedModel } from './observe.js'

/** First opset in which every statistic can be written. */
const STATISTICS_OPSET = 13

/** A model file that takes part in a comparison. Each graph that is built from it starts from a fresh copy. */
export class Half {
  private constructor(
    private readonly file: string,
    private readonly workspace: string,
    readonly values: ReadonlyMap<string, ValueInfo>
  ) {}

  static async open(file: string, workspace: string, runtime: Runtime): Promise<Half> {
    return new Half(file, workspace, await runtime.inspect(file))
  }

  /** Named as everywhere else: unnamed nodes by operator and first output. */
  async load(): Promise<OnnxModel> {
    const model = await loadModel(this.file, { workspace: this.workspace })
    if (opsetVersion(model) < STATISTICS_OPSET) upgradeOpset(model, STATISTICS_OPSET, this.values)
    dropInitializerInputs(model)
    nameNodes(model.graph)
    return model
  }

  async typed(): Promise<TypedModel> {
    return { model: await this.load(), values: this.values }
  }
}

/** Smaller arrays may share their memory with others. */
const OWNED_BYTES = 2 ** 20

/** Gives the memory of a model's weights back before ONNX Runtime takes as much: the model is of no use afterwards. */
export function releaseWeights({ graph }: OnnxModel): void {
  const buffers = new Set(graph.initializer.map(({ rawData }) => rawData.buffer))
  graph.initializer = []
  releaseMemory([...buffers].filter(({ byteLength }) => byteLength > OWNED_BYTES).map((buffer) => ({ buffer })))
}
