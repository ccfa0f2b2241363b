import path from 'node:path'
import { mergeModels, saveModel, setOpsetVersion } from '../model/index.js'
import type { Runtime, Session, SessionOptions } from '../runtime/index.js'
import { releaseWeights, type Half } from './halves.js'
import { dropDead, isolateLayers } from './isolate.js'
import type { Observation } from './observe.js'
import { GraphWriter } from './graph-writer.js'
import { addStatistics, readVariant, type StatisticsKind, type StatisticsOutput } from './statistics.js'
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
  }
  const statistics = addStatistics(model, layers, referenceName, rule, kind)
  setOpsetVersion(model, 1, 'com.microsoft')
  dropDead(model.graph)
  const file = path.join(workDirectory, 'layers.onnx')
  await saveModel(model, file)
  releaseWeights(model)
  return { session: await runtime.createSession(file, session), statistics, outputs }
}

export interface TensorSession {
  readonly session: Session
  /** Names of both outputs of each layer, as float32. */
  readonly tensors: readonly { readonly layer: ObservedLayer; readonly reference: string; readonly variant: string }[]
}

/** A session of both models whose outputs are the tensors themselves. */
export async function openTensors(comparison: Comparison, layers: readonly ObservedLayer[]): Promise<TensorSession> {
  const { reference, variant, runtime, session, workDirectory } = comparison
  const model = await variant.load()
  const referenceName = mergeModels(model, await reference.load(), PREFIX)
  const writer = new GraphWriter(model)
  // Copies: a tensor may be the graph's input, and the variant's own outputs have their names already.
  const copied = (tensor: string): string => writer.output(writer.add('Identity', [tensor]))
  const tensors = layers.map((layer) => ({
    layer,
    reference: copied(referenceName(layer.tensor)),
    variant: copied(readVariant(writer, layer.source))
  }))
  model.graph.node.push(...writer.nodes)
  const file = path.join(workDirectory, 'tensors.onnx')
  await saveModel(model, file)
  releaseWeights(model)
  return { session: await runtime.createSession(file, session), tensors }
}
