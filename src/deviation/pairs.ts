import { attributeInt, tensorData, type GraphIndex, type NodeProto, type OnnxModel } from '../model/index.js'
import type { CodeMeaning } from './types.js'

/** An activation that the variant stores in 8 bits. */
export interface QuantizedTensor {
  /** The float that is quantized. */
  readonly float: string
  readonly codes: string
  /** What readers of the activation read. */
  readonly dequantized: readonly string[]
  readonly quantization: CodeMeaning
}

/** Every QuantizeLinear of an activation; weights that carry a pair of their own are none. */
export function quantizedTensors(model: OnnxModel, index: GraphIndex): QuantizedTensor[] {
  return model.graph.node.filter(isQuantize).flatMap((node) => {
    const [float, scaleName, zeroPointName = ''] = node.input
    if (isConstant(float, index)) return []
    const [codes] = node.output
    const dequantized = index
      .consumers(codes)
      .filter(({ opType }) => opType === 'DequantizeLinear')
      .map(({ output }) => output[0])
    const range = rangeOf(model, index, scaleName, zeroPointName)
    const axis = attributeInt(node, 'axis')
    return [{ float, codes, dequantized, quantization: { scaleName, zeroPointName, axis, domain: node.domain, range } }]
  })
}

export function isQuantize({ opType }: NodeProto): boolean {
  return opType === 'QuantizeLinear'
}

function isConstant(tensor: string, index: GraphIndex): boolean {
  return index.initializer(tensor) !== undefined || index.producer(tensor)?.opType === 'Constant'
}

/** What DequantizeLinear makes of the first and the last code, to the bit. */
function rangeOf(model: OnnxModel, index: GraphIndex, scaleName: string, zeroPointName: string): CodeMeaning['range'] {
  const scale = scalar(model, index, scaleName)
  const zero = zeroPointName === '' ? { value: 0, type: 'uint8' } : scalar(model, index, zeroPointName)
  if (scale === undefined || zero === undefined) return undefined
  const ends = CODES[zero.type]
  if (ends === undefined) return undefined
  const [min, max] = ends.map((code) => Math.fround((code - zero.value) * scale.value))
  return { min, max, step: scale.value, zeroPoint: zero.value, type: zero.type }
}

const CODES: Readonly<Record<string, readonly [number, number] | undefined>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767]
}

function scalar(model: OnnxModel, index: GraphIndex, name: string): { value: number; type: string } | undefined {
  const initializer = index.initializer(name)
  if (initializer === undefined) return undefined
  const { data, type } = tensorData(model, initializer)
  return data.length === 1 ? { value: Number(data[0]), type } : undefined
}
