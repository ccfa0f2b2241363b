import { describe, expect, it } from '@jest/globals'
import { GraphIndex, makeNode, makeTensor, type NodeProto } from '../../src/model/index.js'
import { floatHead } from '../../src/quantization/head.js'
import { makeModel } from '../model/helpers.js'
import { place, weight } from './tiny.js'

const int64 = (name: string, ...values: number[]) =>
  makeTensor(name, { type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) })

const TYPES: Readonly<Record<string, string>> = { conv: 'Conv', gemm: 'Gemm' }

/** Two layers, of which the last makes `raw`, and what is done with that. */
function detector(last: 'conv' | 'gemm', tail: NodeProto[], outputs = ['y']) {
  return makeModel({
    inputs: { x: [1, 4] },
    outputs,
    nodes: [
      makeNode(TYPES[last], ['x', 'w'], ['f'], { name: 'first' }),
      makeNode(TYPES[last], ['f', 'w'], ['raw'], { name: 'last' }),
      ...tail
    ],
    initializers: [
      weight('w', last === 'conv' ? [4, 4, 1, 1] : [4, 4], (i) => i / 16),
      weight('stride', [1], () => 160),
      ...[int64('zero', 0), int64('two', 2), int64('four', 4), int64('one', 1)]
    ]
  })
}

const axis = { axis: { int: 1 } }
const BOXES_AND_SCORES = [
  makeNode('Slice', ['raw', 'zero', 'two', 'one'], ['b'], { name: 'boxes' }),
  makeNode('Slice', ['raw', 'two', 'four', 'one'], ['s'], { name: 'scores' }),
  makeNode('Mul', ['b', 'stride'], ['pixels'], { name: 'pixels' }),
  makeNode('Sigmoid', ['s'], ['p'], { name: 'sigmoid' }),
  makeNode('Concat', ['pixels', 'p'], ['y'], { name: 'join', attributes: axis })
]
const names = (nodes: Iterable<NodeProto>) => [...nodes].map(({ name }) => name).sort()
const headOf = (model: ReturnType<typeof detector>) => floatHead(model, new GraphIndex(model.graph))

describe('boxes and scores that meet in one Concat', () => {
  it('share no scale: what follows the last convolution stays in float, and the convolution that makes both', () => {
    const placement = place(detector('conv', BOXES_AND_SCORES), 'cpu')
    expect(names(placement.quantized)).toEqual(['first'])
    expect([...placement.tensors.keys()]).toEqual(['x', 'f'])
  })

  it('come from an integer layer where that has a kernel which writes floats', () => {
    const placement = place(detector('gemm', BOXES_AND_SCORES), 'cpu')
    expect(names(placement.quantized)).toEqual(['first', 'last'])
    expect([...placement.tensors.keys()]).toEqual(['x', 'f'])
  })

  it('are not rounded between the layers of TensorRT either, whose convolutions write floats', () => {
    const placement = place(detector('conv', BOXES_AND_SCORES), 'tensorrt')
    expect(names(placement.quantized)).toEqual(['first', 'last'])
    expect([...placement.tensors.keys()]).toEqual(['x', 'f'])
  })
})

describe('the float head', () => {
  it('reaches back to the last layers with weights, through what only moves values', () => {
    const moved = makeNode('Reshape', ['raw', 'shape'], ['moved'], { name: 'reshape' })
    const tail = BOXES_AND_SCORES.map((node) =>
      node.opType === 'Slice'
        ? makeNode('Slice', ['moved', ...node.input.slice(1)], node.output, { name: node.name })
        : node
    )
    const { nodes, feeding } = headOf(detector('conv', [moved, ...tail]))
    expect(names(nodes)).toEqual(['boxes', 'join', 'pixels', 'reshape', 'scores', 'sigmoid'])
    expect(names(feeding)).toEqual(['last'])
  })

  it('is found where the parts are outputs of their own', () => {
    const split = makeNode('Split', ['raw'], ['y', 'z'], { name: 'split', attributes: axis })
    expect(names(headOf(detector('conv', [split], ['y', 'z'])).feeding)).toEqual(['last'])
  })

  it.each([
    ['one Sigmoid', [makeNode('Sigmoid', ['raw'], ['y'], { name: 'sigmoid' })]],
    ['a crop', [makeNode('Slice', ['raw', 'zero', 'two', 'one'], ['y'], { name: 'crop' })]],
    ['an output and a second reader of it', [makeNode('Identity', ['raw'], ['y'], { name: 'same' })]]
  ])('is none where values of one kind leave through %s', (_, tail) => {
    const { nodes, feeding } = headOf(detector('conv', tail))
    expect([nodes.size, feeding.size]).toEqual([0, 0])
  })

  it('is none where a layer with weights follows the Concat', () => {
    const model = detector('conv', [
      makeNode('Concat', ['raw', 'f'], ['both'], { name: 'skip', attributes: axis }),
      makeNode('Conv', ['both', 'w8'], ['y'], { name: 'conv3' })
    ])
    model.graph.initializer.push(weight('w8', [2, 8, 1, 1], (i) => i))
    expect(headOf(model).nodes.size).toBe(0)
  })

  it('leaves a layer quantized that other layers read, too', () => {
    const model = detector(
      'conv',
      [...BOXES_AND_SCORES, makeNode('Conv', ['raw', 'w'], ['z'], { name: 'conv3' })],
      ['y', 'z']
    )
    expect(names(headOf(model).feeding)).toEqual([])
    expect(names(place(model, 'cpu').quantized)).toEqual(['conv3', 'first', 'last'])
  })
})
