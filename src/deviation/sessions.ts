import path from 'node:path'
import { mergeModels, saveModel, setOpsetVersion } from '../model/index.js'
import type { Runtime, Session, SessionOptions } from '../runtime/index.js'
import type { Half } from './halves.js'
import { dequantizeWeights, dropDead, isolateLayers } from './isolate.js'
import type { Observation } from './observe.js'
import { addStatistics, type StatisticsKind, type StatisticsOutput } from './statistics.js'
import type { DeviationRule, ObservedLayer } from './types.js'

/** Two models of which one is the FP32 reference, what of them is compared, and where that runs. */
export interface Comparison {
  readonly reference: Half
  readonly variant: Half
  readonly observation: Observation
  readonly rule: DeviationRule
  readonly runtime: Runtime
  readonly session: SessionOptions
  /** Folder for the merged model. */
  readonly workDirectory: string
}

export interface MergedSession {
  readonly session: Session
  readonly statistics: readonly StatisticsOutput[]
  /** Outputs of the variant; none where its layers are isolated. */
  readonly outputs: readonly string[]
}

const PREFIX = 'fp32::'

/**
 * A session of both models on one input, with the statistics of `layers`.
 * @param kind `isolated`: each layer of the variant reads FP32 values.
 */
export async function openMerged(
  comparison: Comparison,
  layers: readonly ObservedLayer[],
  kind: StatisticsKind
): Promise<MergedSession> {
  const { reference, variant, observation, rule, runtime, session, workDirectory } = comparison
  const model = await variant.load()
  const isolated = kind === 'isolated'
  const outputs = kind !== 'network' ? [] : model.graph.output.map(({ name }) => name)
  const referenceName = mergeModels(model, await reference.load(), PREFIX)
  if (kind !== 'network') model.graph.output = []
  if (isolated) {
    const halves = observation.layers.flatMap(({ source }) =>
      source.kind === 'float' && source.half ? [source.name] : []
    )
    isolateLayers(model, observation.boundaries, new Set(halves), referenceName)
    dequantizeWeights(model)
  }
  const statistics = addStatistics(model, layers, referenceName, rule, kind)
  setOpsetVersion(model, 1, 'com.microsoft')
  dropDead(model.graph)
  const file = path.join(workDirectory, 'layers.onnx')
  await saveModel(model, file)
  return { session: await runtime.createSession(file, session), statistics, outputs }
}
