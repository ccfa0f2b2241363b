import { constantArithmetic, GraphIndex, type NodeProto, type OnnxModel } from '../model/index.js'
import type { ValueInfo } from '../runtime/index.js'
import { nameLayer } from './naming.js'
import { hasChannelsSecond, isAbsorbed, movesOnly, selectsOnly } from './operators.js'
import { isQuantize, quantizedTensors, type QuantizedTensor } from './pairs.js'
import { findSelection } from './selection.js'
import type { ObservedLayer, TensorSource } from './types.js'

/** A float model with what the runtime infers of its tensors. */
export interface TypedModel {
  readonly model: OnnxModel
  readonly values: ReadonlyMap<string, ValueInfo>
}

/** What of a variant can be put beside FP32, and how. */
export interface Observation {
  /** In the order of the FP32 model. */
  readonly layers: readonly ObservedLayer[]
  /** Tensors as the variant's nodes read them -> the FP32 tensors that they stand for. */
  readonly boundaries: ReadonlyMap<string, string>
  /** Quantized activations of the variant that FP32 has no tensor for. */
  readonly unmatched: readonly string[]
  /** Nodes that select by value (suppression, sorting): what lies behind them is not compared. */
  readonly selectors: readonly NodeProto[]
}

/** Rows of more values are taken for one channel: figures by channel would be as large as the tensor. */
const MOST_CHANNELS = 16_384

/**
 * Pairs the tensors of the two models by their names, which quantizers keep.
 *
 * In a quantized model the outputs of QuantizeLinear alone are observed: reading a float in front of one keeps ONNX
 * Runtime from fusing the operator into an integer kernel, so that another model would be measured (all integer kernels
 * off and 4e-3 off in the scores of a ResNet-50). Floats that no kernel takes in are observed besides.
 */
export function observe(reference: TypedModel, variant: TypedModel): Observation {
  const theirs = new GraphIndex(reference.model.graph)
  const index = new GraphIndex(variant.model.graph)
  const { selectors, behind } = findSelection(reference.model.graph, theirs)
  const isFloat = (tensor: string): boolean =>
    !behind.has(tensor) &&
    reference.values.get(tensor)?.type === 'float32' &&
    (theirs.producer(tensor) !== undefined || theirs.isGraphInput(tensor))
  const referenceName = (tensor: string): string => (tensor === index.inputs[0] ? theirs.inputs[0] : tensor)

  const sources = new Map<string, TensorSource>()
  const boundaries = new Map<string, string>()
  const unmatched: string[] = []
  const pairs = quantizedTensors(variant.model, index)
  for (const pair of pairs) {
    const tensor = [pair.float, ...pair.dequantized].map(referenceName).find(isFloat)
    if (tensor === undefined) {
      if (!behind.has(pair.float)) unmatched.push(pair.float)
      continue
    }
    for (const name of pair.dequantized) boundaries.set(name, tensor)
    if (pair.float !== index.inputs[0]) boundaries.set(pair.float, tensor)
    if (!sources.has(tensor)) sources.set(tensor, codesOf(pair))
  }
  for (const node of variant.model.graph.node) {
    for (const tensor of node.output) {
      if (tensor === '' || sources.has(tensor) || boundaries.has(tensor) || !isFloat(tensor)) continue
      const type = variant.values.get(tensor)?.type
      if (type !== 'float32' && type !== 'float16') continue
      const producer = theirs.producer(tensor)
      if (producer === undefined || movesOnly(producer.opType)) continue
      if (pairs.length > 0 && !isFree(tensor, index)) continue
      sources.set(tensor, { kind: 'float', name: tensor, half: type === 'float16', rounds16: pairs.length === 0 })
      boundaries.set(tensor, tensor)
    }
  }
  return { layers: describeLayers(reference, theirs, sources), boundaries, unmatched, selectors }
}

function codesOf({ codes, quantization }: QuantizedTensor): TensorSource {
  return { kind: 'codes', name: codes, quantization }
}

/** In a quantized model: no kernel is kept from taking in what reads or quantizes the tensor. */
function isFree(tensor: string, index: GraphIndex): boolean {
  if (index.isGraphOutput(tensor)) return true
  return !index.consumers(tensor).some((node) => isQuantize(node) || isAbsorbed(node.opType))
}

function describeLayers(
  { model, values }: TypedModel,
  index: GraphIndex,
  sources: ReadonlyMap<string, TensorSource>
): ObservedLayer[] {
  const constants = constantArithmetic(model.graph)
  const order = new Map<NodeProto | undefined, number>(model.graph.node.map((node, place) => [node, place]))
  return [...sources]
    .map(([tensor, source]) => ({ tensor, source, place: order.get(index.producer(tensor)) ?? -1 }))
    .sort((a, b) => a.place - b.place)
    .map(({ tensor, source }) => {
      const named = nameLayer(tensor, index, sources, constants)
      const keepsScale = keepsItsScale(tensor, source, index, sources)
      return { ...named, tensor, source, keepsScale, ...layoutOf(values.get(tensor)?.dims ?? [], named.op) }
    })
}

/** What a selecting node reads has the same codes: followed through nodes that are not compared. */
function keepsItsScale(
  tensor: string,
  source: TensorSource,
  index: GraphIndex,
  sources: ReadonlyMap<string, TensorSource>
): boolean {
  const node = index.producer(tensor)
  if (node === undefined || source.kind !== 'codes' || !selectsOnly(node.opType)) return false
  const from = sources.get(node.input[0])
  if (from === undefined) return keepsItsScale(node.input[0], source, index, sources)
  const [one, other] = [source.quantization.range, from.kind === 'codes' ? from.quantization.range : undefined]
  return one !== undefined && one.step === other?.step && one.min === other.min
}

function layoutOf(
  dims: readonly (number | string)[],
  op: string
): Pick<ObservedLayer, 'rank' | 'channels' | 'spatial'> {
  const rank = dims.length
  if (rank < 2) return { rank, channels: 'none', spatial: undefined }
  if (rank === 3 && !hasChannelsSecond(op)) return { rank, channels: 'last', spatial: product([dims[1]]) }
  const [, width] = dims
  const isRow = rank === 2 && !(typeof width === 'number' && width <= MOST_CHANNELS)
  return isRow
    ? { rank, channels: 'none', spatial: product([width]) }
    : { rank, channels: 'second', spatial: product(dims.slice(2)) }
}

function product(dims: readonly (number | string)[]): number | undefined {
  return dims.reduce<number | undefined>(
    (all, size) => (all === undefined || typeof size !== 'number' || size < 1 ? undefined : all * size),
    1
  )
}
