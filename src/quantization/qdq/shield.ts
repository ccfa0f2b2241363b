import { attributeInt, type NodeProto } from '../../model/index.js'
import type { Tensor } from '../../tensor.js'
import { scaleTensor, type QdqNodes } from './writer.js'

const SHIELDED = new Set(['Conv', 'ConvTranspose', 'Gemm'])
/** Smallest normal exponent of float32. */
const MIN_EXPONENT = -126

/**
 * Keeps the weights of a float layer float. ONNX Runtime (from 1.20 on, CPU) quantizes the weights of a Conv,
 * ConvTranspose or Gemm by itself, per tensor, where it reads a DequantizeLinear and a QuantizeLinear reads it: a layer
 * that `keep` names would run in int8 after all. It leaves alone what has a bias that is no plain initializer
 * (weight_bias_quantization.cc), so the bias goes through a DequantizeLinear that reproduces it to the bit: a float32
 * is a 24-bit integer times a power of two.
 */
export function shieldFromRuntime(node: NodeProto, nodes: QdqNodes): void {
  if (!SHIELDED.has(node.opType)) return
  const weight = nodes.floats(node.input[1])
  if (weight === undefined) return
  const name = node.input[2] ?? ''
  const bias = name === '' ? new Float32Array(outputChannels(node, weight.dims)) : nodes.floats(name)?.data
  if (bias === undefined) return
  const codes = new Int32Array(bias.length)
  const scales = new Float32Array(bias.length)
  bias.forEach((value, i) => {
    scales[i] = 2 ** unitExponent(value)
    codes[i] = value / scales[i]
  })
  const dims = [bias.length]
  const stored: Tensor = { type: 'int32', dims, data: codes }
  const zeroPoint: Tensor = { type: 'int32', dims, data: new Int32Array(bias.length) }
  const base = name === '' ? `${node.output[0]}_bias` : name
  const inputs = [...node.input]
  inputs[2] = nodes.dequantized(base, stored, scaleTensor(scales, 0), zeroPoint, 0)
  node.input = inputs
}

/** e with value / 2^e an integer of 24 bits. */
function unitExponent(value: number): number {
  if (value === 0) return 0
  return Math.max(MIN_EXPONENT, Math.floor(Math.log2(Math.abs(value))) - 23)
}

function outputChannels(node: NodeProto, dims: readonly number[]): number {
  switch (node.opType) {
    case 'Conv':
      return dims[0]
    case 'ConvTranspose':
      return dims[1] * attributeInt(node, 'group', 1)
    default:
      return attributeInt(node, 'transB', 0) === 1 ? dims[0] : dims[1]
  }
}
