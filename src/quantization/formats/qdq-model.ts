import { FileError } from '../../errors.js'
import {
  attributeTensor,
  float16ToFloat32,
  GraphIndex,
  isDefaultDomain,
  tensorData,
  type NodeProto,
  type OnnxModel,
  type TensorProto
} from '../../model/index.js'
import type { Tensor } from '../../tensor.js'
import type { Range } from '../scale.js'

/** Codes of an 8-bit type. Symmetric int8 is [-127, 127], as TensorRT and this program compute a scale from a range. */
const CODES = { int8: [-128, 127], uint8: [0, 255] } as const

/**
 * Ranges of the activations that a model quantizes explicitly, such as one of quantization-aware training: from the scale
 * and zero point of every QuantizeLinear that reads an activation. Weights have their own and are passed over.
 *
 * @returns by the name of the float tensor that is quantized; the graph's own name where the pair makes a graph output
 * @throws FileError naming the node whose scale is not one constant 8-bit number for the whole tensor
 */
export function rangesOfQdqModel(model: OnnxModel): ReadonlyMap<string, Range> {
  const index = new GraphIndex(model.graph)
  const constants = constantTensors(model)
  const ranges = new Map<string, Range>()
  for (const node of model.graph.node) {
    if (node.opType !== 'QuantizeLinear' || constants.has(node.input[0])) continue
    const range = rangeOfNode(node, model, index)
    const tensor = outputOfPair(node, index) ?? node.input[0]
    const known = ranges.get(tensor)
    if (known !== undefined && (known.min !== range.min || known.max !== range.max)) {
      throw new FileError(
        `${model.file}: ${tensor} is quantized twice with different ranges, [${known.min}, ${known.max}] and [${range.min}, ${range.max}]`,
        'A tensor has one range here. Judge this model as it is: `variants: {x: {model: ...}}`.'
      )
    }
    ranges.set(tensor, range)
  }
  if (ranges.size > 0) return ranges
  throw new FileError(
    `${model.file} quantizes no activation: it has no QuantizeLinear node that reads one`,
    'Ranges are read from models with explicit Q/DQ nodes. QOperator models (QLinearConv) and float models have none.'
  )
}

function rangeOfNode(node: NodeProto, model: OnnxModel, index: GraphIndex): Range {
  const [tensor, scaleName, zeroPointName = ''] = node.input
  const refuse = (what: string): FileError =>
    new FileError(
      `${model.file}: ${node.name === '' ? 'a QuantizeLinear' : `QuantizeLinear ${node.name}`} on ${tensor} ${what}`,
      'Ranges are read from constant scales, one for the whole tensor, of type int8 or uint8. Judge this model as it is: `variants: {x: {model: ...}}`.'
    )
  const scales = constantOf(scaleName, model, index)
  if (scales === undefined) throw refuse('has a scale that is computed, not constant')
  if (scales.data.length !== 1) throw refuse(`has ${scales.data.length} scales: one for each channel or block`)
  const scale = scales.type === 'float16' ? float16ToFloat32(scales.data as Uint16Array)[0] : Number(scales.data[0])
  if (!Number.isFinite(scale) || scale <= 0) throw refuse(`has the scale ${scale}`)

  const zeroPoints = zeroPointName === '' ? undefined : constantOf(zeroPointName, model, index)
  if (zeroPointName !== '' && zeroPoints === undefined)
    throw refuse('has a zero point that is not a constant of 8 bits')
  const type = zeroPoints?.type ?? 'uint8'
  if (type !== 'int8' && type !== 'uint8') throw refuse(`quantizes to ${type}`)
  const zeroPoint = Number(zeroPoints?.data[0] ?? 0)
  if (type === 'int8' && zeroPoint === 0) return { min: -127 * scale, max: 127 * scale }
  const [low, high] = CODES[type]
  return { min: scale * (low - zeroPoint), max: scale * (high - zeroPoint) }
}

/** The graph output that the pair makes: there the float tensor had to be renamed. */
function outputOfPair(node: NodeProto, index: GraphIndex): string | undefined {
  return index
    .consumers(node.output[0])
    .filter(({ opType }) => opType === 'DequantizeLinear')
    .map(({ output }) => output[0])
    .find((output) => index.isGraphOutput(output))
}

/** Initializers, and all that is computed from nothing else. */
function constantTensors({ graph }: OnnxModel): ReadonlySet<string> {
  const constants = new Set(graph.initializer.map(({ name }) => name))
  for (const node of graph.node) {
    const inputs = node.input.filter((name) => name !== '')
    if (!inputs.every((name) => constants.has(name))) continue
    for (const output of node.output) constants.add(output)
  }
  return constants
}

/** The value of an initializer or a Constant node; undefined for anything else and for types that are not read here. */
function constantOf(name: string, model: OnnxModel, index: GraphIndex): Tensor | undefined {
  const tensor = index.initializer(name) ?? constantNode(index.producer(name))
  if (tensor === undefined) return undefined
  try {
    return tensorData(model, tensor)
  } catch (error) {
    if (error instanceof FileError) return undefined
    throw error
  }
}

function constantNode(node: NodeProto | undefined): TensorProto | undefined {
  return node?.opType === 'Constant' && isDefaultDomain(node.domain) ? attributeTensor(node, 'value') : undefined
}
