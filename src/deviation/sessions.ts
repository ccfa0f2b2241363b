import { inMemory, mergeModels, setOpsetVersion, type OnnxModel } from '../model/index.js'
import type { Runtime, Session, SessionOptions } from '../runtime/index.js'
import type { Half } from './halves.js'
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
}

export interface MergedSession {
  readonly session: Session
  readonly statistics: readonly StatisticsOutput[]
  /** Outputs of the variant; none where its layers are isolated. */
  readonly outputs: readonly string[]
}

export const PREFIX = 'fp32::'
export const MERGED = 'the merged model'

/**
 * A session of both models on one input, with the statistics of `layers`.
 * @param kind `isolated`: each layer of the variant reads FP32 values.
 */
export async function openMerged(
  comparison: Comparison,
  layers: readonly ObservedLayer[],
  kind: StatisticsKind
): Promise<MergedSession> {
  const { model, statistics, outputs } = await mergeWithStatistics(comparison, layers, kind)
  const { runtime, session } = comparison
  // Cut layers are no kernels of the variant's, and run for a few images: optimizing would cost more than it saves.
  const options = kind === 'isolated' ? ({ ...session, optimization: 'basic' } as const) : session
  return { session: await runtime.createSessionInMemory(MERGED, inMemory(model), options), statistics, outputs }
}

/** The graph of such a session. */
export async function mergeWithStatistics(
  { reference, variant, observation, rule }: Comparison,
  layers: readonly ObservedLayer[],
  kind: StatisticsKind
): Promise<Omit<MergedSession, 'session'> & { readonly model: OnnxModel }> {
  const model = await variant.load()
  const outputs = kind !== 'network' ? [] : model.graph.output.map(({ name }) => name)
  const referenceName = mergeModels(model, await reference.load(), PREFIX)
  if (kind !== 'network') model.graph.output = []
  if (kind === 'isolated') {
    const halves = observation.layers.flatMap(({ source }) =>
      source.kind === 'float' && source.half ? [source.name] : []
    )
    isolateLayers(model, observation.boundaries, new Set(halves), referenceName)
  }
  const statistics = addStatistics(model, layers, referenceName, rule, kind)
  setOpsetVersion(model, 1, 'com.microsoft')
  dropDead(model.graph)
  return { model, statistics, outputs }
}

export interface TensorSession {
  readonly session: Session
  /** Names of both outputs of each layer, as float32. */
  readonly tensors: readonly { readonly layer: ObservedLayer; readonly reference: string; readonly variant: string }[]
}

/** A session of both models whose outputs are the tensors themselves. */
export async function openTensors(comparison: Comparison, layers: readonly ObservedLayer[]): Promise<TensorSession> {
  const { reference, variant, runtime, session } = comparison
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
  return { session: await runtime.createSessionInMemory(MERGED, inMemory(model), session), tensors }
}
