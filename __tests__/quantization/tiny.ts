import { GraphIndex, makeNode, makeTensor, saveModel, type NodeProto, type OnnxModel } from '../../src/model/index.js'
import type { QuantizationTarget } from '../../src/config/types.js'
import { insertQdq } from '../../src/quantization/qdq/index.js'
import { planPlacement, type Placement } from '../../src/quantization/placement.js'
import type { Range } from '../../src/quantization/scale.js'
import type { ValueInfo } from '../../src/runtime/index.js'
import { makeModel } from '../model/helpers.js'

export function weight(name: string, dims: readonly number[], value: (index: number) => number) {
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => value(i))
  return makeTensor(name, { type: 'float32', dims, data })
}

/** Every tensor of these graphs is float32; shapes do not matter to the placement. */
export function floatValues(model: OnnxModel): ReadonlyMap<string, ValueInfo> {
  const names = [...model.graph.input.map(({ name }) => name), ...model.graph.node.flatMap(({ output }) => output)]
  return new Map(names.map((name) => [name, { name, type: 'float32', dims: [1] }]))
}

export function place(
  model: OnnxModel,
  target: QuantizationTarget,
  kept: ReadonlySet<NodeProto> = new Set()
): Placement {
  return planPlacement({ model, index: new GraphIndex(model.graph), values: floatValues(model), target, kept })
}

/**
 * x [1,1,4,4] -> Conv (2 channels, 3x3, padded) -> Relu -> MaxPool 2x2 -> Conv 1x1 -> Add with the pooled tensor ->
 * Flatten -> Gemm -> y [1,3]
 */
export function smallNetwork(): OnnxModel {
  return makeModel({
    inputs: { x: [1, 1, 4, 4] },
    outputs: ['y'],
    nodes: [
      makeNode('Conv', ['x', 'w1', 'b1'], ['c1'], { name: 'conv1', attributes: { pads: { ints: [1, 1, 1, 1] } } }),
      makeNode('Relu', ['c1'], ['r1'], { name: 'relu1' }),
      makeNode('MaxPool', ['r1'], ['p1'], {
        name: 'pool1',
        attributes: { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } }
      }),
      makeNode('Conv', ['p1', 'w2', 'b2'], ['c2'], { name: 'conv2' }),
      makeNode('Add', ['c2', 'p1'], ['a1'], { name: 'add1' }),
      makeNode('Flatten', ['a1'], ['f1'], { name: 'flatten1' }),
      makeNode('Gemm', ['f1', 'w3', 'b3'], ['y'], { name: 'gemm1', attributes: { transB: { int: 1 } } })
    ],
    initializers: [
      weight('w1', [2, 1, 3, 3], (i) => Math.sin(i + 1)),
      weight('b1', [2], (i) => 0.1 * (i + 1)),
      weight('w2', [2, 2, 1, 1], (i) => Math.cos(i)),
      weight('b2', [2], (i) => -0.2 * i),
      weight('w3', [3, 8], (i) => Math.sin(3 * i)),
      weight('b3', [3], (i) => i - 1)
    ]
  })
}

export const SMALL_RANGES: ReadonlyMap<string, Range> = new Map([
  ['x', { min: -1, max: 1.55 }],
  ['r1', { min: 0, max: 5.1 }],
  ['c2', { min: -2, max: 3.1 }],
  ['a1', { min: -1, max: 7 }]
])

export async function quantized(
  model: OnnxModel,
  target: QuantizationTarget,
  ranges: ReadonlyMap<string, Range>,
  file: string
) {
  insertQdq(model, place(model, target), ranges, { reduceRange: false })
  await saveModel(model, file)
  return model
}
