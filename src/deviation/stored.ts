import { create } from '@bufbuild/protobuf'
import { dataTypeOf, inMemory, mergeModels, usedTensors, type OnnxModel } from '../model/index.js'
import { ValueInfoProtoSchema, type ValueInfoProto } from '../model/proto/onnx_pb.js'
import type { Session, ValueInfo } from '../runtime/index.js'
import { GraphWriter } from './graph-writer.js'
import { dropDead, isolateLayers } from './isolate.js'
import type { Encoding } from './kernel/kernel.js'
import { MERGED, PREFIX, type Comparison } from './sessions.js'
import { readVariant } from './statistics.js'
import type { ObservedLayer, TensorSource } from './types.js'

/** A session that puts out tensors as they are stored. */
export interface StoredSession {
  readonly session: Session
  /** The variant's output of each layer. */
  readonly variant: ReadonlyMap<ObservedLayer, string>
}

export interface StoredNetwork extends StoredSession {
  /** FP32 tensors -> outputs; its input is none. */
  readonly reference: ReadonlyMap<string, string>
  /** The variant's own outputs. */
  readonly outputs: readonly string[]
}

export interface StoredLayers extends StoredSession {
  /** Inputs -> the FP32 tensors that they stand for. */
  readonly feeds: ReadonlyMap<string, string>
}

const FLOAT: Encoding = { stored: 'float32', scale: 1, zeroPoint: 0 }

/** 8-bit codes of one scale are read as they are; other codes are dequantized in the graph. */
export function encodingOf(source: TensorSource): Encoding {
  const range = source.kind === 'codes' ? source.quantization.range : undefined
  if (range === undefined || (range.type !== 'uint8' && range.type !== 'int8')) return FLOAT
  return { stored: range.type, scale: range.step, zeroPoint: range.zeroPoint }
}

/** Both models on one input. @param wanted FP32 tensors. */
export async function openStoredNetwork(
  { reference, variant, runtime, session }: Comparison,
  layers: readonly ObservedLayer[],
  wanted: ReadonlySet<string>
): Promise<StoredNetwork> {
  const model = await variant.load()
  const outputs = model.graph.output.map(({ name }) => name)
  const referenceName = mergeModels(model, await reference.load(), PREFIX)
  const inputs = new Set(model.graph.input.map(({ name }) => name))
  const tensors = new Map(
    [...wanted].map((tensor) => [tensor, referenceName(tensor)] as const).filter(([, name]) => !inputs.has(name))
  )
  const stored = storeVariant(model, layers)
  markOutputs(model, tensors.values())
  await runtime.prepareFill(model.graph)
  const opened = await runtime.createSessionInMemory(MERGED, inMemory(model), session)
  return { session: opened, variant: stored, reference: tensors, outputs }
}

/** The variant cut into its layers, each of which reads FP32 tensors: these are inputs of the graph. */
export async function openStoredLayers(
  { reference, variant, observation, runtime, session }: Comparison,
  layers: readonly ObservedLayer[]
): Promise<StoredLayers> {
  const model = await variant.load()
  const { graph } = model
  const [own] = graph.input.map(({ name }) => name)
  const unique = new GraphWriter(model)
  const names = new Map<string, string>()
  const referenceName = (tensor: string): string => {
    if (tensor === reference.input) return own
    const name = names.get(tensor) ?? unique.name(`${PREFIX}${tensor}`)
    names.set(tensor, name)
    return name
  }
  graph.output = []
  isolateLayers(model, observation.boundaries, new Set(), referenceName)
  const stored = storeVariant(model, layers)
  dropDead(graph)
  const read = new Set(graph.node.flatMap((node) => [...usedTensors(node)]))
  const feeds = new Map<string, string>([[own, reference.input]])
  for (const [tensor, name] of names) {
    if (!read.has(name)) continue
    feeds.set(name, tensor)
    graph.input.push(floatInput(name, reference.values.get(tensor)))
  }
  await runtime.prepareFill(graph)
  // They are no kernels of the variant's, and run for a few images: optimizing would cost more than it saves.
  const options = { ...session, optimization: 'basic' } as const
  const opened = await runtime.createSessionInMemory('the layers by themselves', inMemory(model), options)
  return { session: opened, variant: stored, feeds }
}

function storeVariant(model: OnnxModel, layers: readonly ObservedLayer[]): Map<ObservedLayer, string> {
  const writer = new GraphWriter(model)
  const stored = new Map(
    layers.map((layer) => {
      const { source } = layer
      const asItIs = source.kind === 'float' || encodingOf(source).stored !== 'float32'
      return [layer, asItIs ? source.name : readVariant(writer, source)] as const
    })
  )
  model.graph.node.push(...writer.nodes)
  markOutputs(model, stored.values())
  return stored
}

function markOutputs({ graph }: OnnxModel, names: Iterable<string>): void {
  const known = new Set(graph.output.map(({ name }) => name))
  for (const name of new Set(names)) {
    if (!known.has(name)) graph.output.push(create(ValueInfoProtoSchema, { name }))
  }
}

function floatInput(name: string, value: ValueInfo | undefined): ValueInfoProto {
  const dim = (value?.dims ?? []).map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size }
  }))
  const tensorType = { elemType: dataTypeOf('float32'), shape: { dim } }
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensorType } } })
}
