import { describe, expect, it } from '@jest/globals'
import { makeNode, type NodeProto } from '../../src/model/index.js'
import { makeModel } from '../model/helpers.js'
import { Fp16Plan } from '../../src/quantization/fp16/index.js'
import { floatValues, place, weight } from './tiny.js'

/** features -> scores and deltas by convolutions -> boxes -> NonMaxSuppression -> RoiAlign -> Gemm, as in a detector of two stages. */
const detector = (extra: NodeProto[] = []) =>
  makeModel({
    inputs: { x: [1, 4, 8, 8] },
    outputs: ['y', 'kept'],
    nodes: [
      makeNode('Conv', ['x', 'w'], ['features'], { name: 'features' }),
      makeNode('Conv', ['features', 'w'], ['score'], { name: 'score' }),
      makeNode('Conv', ['features', 'w'], ['delta'], { name: 'delta' }),
      makeNode('Sigmoid', ['score'], ['probability'], { name: 'sigmoid' }),
      makeNode('Add', ['delta', 'anchors'], ['moved'], { name: 'move' }),
      makeNode('Concat', ['moved', 'delta'], ['boxes'], { name: 'concat' }),
      ...extra,
      makeNode('NonMaxSuppression', ['boxes', 'probability'], ['kept'], { name: 'nms' }),
      makeNode('Gather', ['boxes', 'kept'], ['rois'], { name: 'rois' }),
      makeNode('RoiAlign', ['features', 'rois', 'image'], ['pooled'], { name: 'roi' }),
      makeNode('Gemm', ['pooled', 'dense'], ['logits'], { name: 'logits' }),
      makeNode('Softmax', ['logits'], ['classes'], { name: 'softmax' }),
      makeNode('TopK', ['classes', 'count'], ['y', 'order'], { name: 'topk' })
    ],
    initializers: [
      weight('w', [4, 4, 1, 1], (i) => i),
      weight('dense', [4, 3], (i) => i),
      weight('anchors', [1], () => 2),
      weight('image', [1], () => 0),
      weight('count', [1], () => 1)
    ]
  })

const names = (nodes: ReadonlySet<NodeProto>) => [...nodes].map(({ name }) => name)

describe.each(['cpu', 'tensorrt'] as const)('boxes and scores of a detector for %s', (target) => {
  it('stay in float from the layers that make them to what chooses by them', () => {
    const { tensors, quantized } = place(detector(), target)
    expect(names(quantized)).toEqual(['features', 'score', 'delta', 'logits'])
    for (const tensor of ['probability', 'moved', 'boxes', 'rois', 'logits', 'classes'])
      expect([...tensors.keys()]).not.toContain(tensor)
  })

  it('do not take features with them that a layer reads as well', () => {
    const both = [
      makeNode('Add', ['features', 'score'], ['sum'], { name: 'sum' }),
      makeNode('Conv', ['sum', 'w'], ['further'], { name: 'further' }),
      makeNode('TopK', ['sum', 'count'], ['best', 'places'], { name: 'best' })
    ]
    const { quantized } = place(detector(both), target)
    expect(names(quantized)).toContain('sum')
    expect(names(quantized)).not.toContain('move')
  })
})

it('boxes and scores stay in float32 in a model of float16', () => {
  const model = detector()
  const plan = new Fp16Plan(model, floatValues(model), new Set())
  const half = model.graph.node.filter((node) => plan.isHalf(node)).map(({ name }) => name)
  expect(half).toEqual(['features', 'score', 'delta', 'logits'])
})

it('a classifier has no such arithmetic', () => {
  const model = detector()
  model.graph.node = model.graph.node.filter(({ name }) =>
    ['features', 'score', 'sigmoid', 'delta', 'move', 'concat'].includes(name)
  )
  // what no layer with weights follows would be a head
  model.graph.node.push(makeNode('Conv', ['boxes', 'w'], ['y'], { name: 'last' }))
  expect(names(place(model, 'cpu').quantized)).toEqual(expect.arrayContaining(['sigmoid', 'move', 'concat']))
})
