import type { QuantizationTarget } from '../config/types.js'

/** How the placement of Q/DQ pairs treats an operator. */
export type OperatorRole =
  /** Has an integer kernel on some target: its activations are quantized. */
  | 'quantized'
  /** Moves or selects values without computing: works on 8-bit data and keeps the scale of its input. */
  | 'passthrough'
  /** Clips: disappears into the range of the tensor that it makes, where the target's types allow it. */
  | 'activation'
  | 'float'

/** Operators with weights, and the axis of W along which output channels lie. */
export const WEIGHTED = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul'])

const PASSTHROUGH = new Set([
  'DepthToSpace',
  'Expand',
  'Flatten',
  'Gather',
  'Identity',
  'MaxPool',
  'Pad',
  'Reshape',
  'Resize',
  'Slice',
  'SpaceToDepth',
  'Split',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze'
])

const CPU_QUANTIZED = new Set([
  ...WEIGHTED,
  'Add',
  'AveragePool',
  'Concat',
  'GlobalAveragePool',
  'HardSigmoid',
  'HardSwish',
  'LeakyRelu',
  'Mul',
  'ReduceMean',
  'Sigmoid',
  'Softmax'
])

/**
 * TensorRT quantizes the inputs of the operators that it has INT8 kernels for and moves Q/DQ over the others itself;
 * explicit pairs on Concat, Reshape, Slice, Softmax, Sigmoid or Transpose only block its fusions.
 */
const TENSORRT_QUANTIZED = new Set([...WEIGHTED, 'Add', 'AveragePool', 'GlobalAveragePool', 'Mul', 'ReduceMean'])

const ACTIVATIONS = new Set(['Relu', 'Clip'])

export function operatorRole(op: string, target: QuantizationTarget): OperatorRole {
  if (target === 'tensorrt') return TENSORRT_QUANTIZED.has(op) ? 'quantized' : 'float'
  if (CPU_QUANTIZED.has(op)) return 'quantized'
  if (PASSTHROUGH.has(op)) return 'passthrough'
  return ACTIVATIONS.has(op) ? 'activation' : 'float'
}

/**
 * An operator that makes a graph output in float from quantized inputs at the speed of integers, or whose output is
 * too coarse in 256 steps: a probability of 1/255 ties the best classes. Only Conv is worth an integer output.
 */
export function quantizesGraphOutput(op: string): boolean {
  return op === 'Conv' || op === 'ConvTranspose'
}

/** Inputs that hold data (the others are shapes, axes, sizes); undefined = all. */
export function dataInputs(op: string): readonly number[] | undefined {
  if (op === 'Conv' || op === 'ConvTranspose' || op === 'Gemm') return [0, 1]
  if (op === 'Clip' || op === 'ReduceMean' || PASSTHROUGH.has(op)) return [0]
  return undefined
}
