import { describe, expect, it } from '@jest/globals'
import { nameLayer } from '../../src/deviation/naming.js'
import { constantArithmetic, GraphIndex, makeNode, makeTensor, type NodeProto } from '../../src/model/index.js'
import { floats, makeModel } from '../model/helpers.js'

function named(tensor: string, observed: readonly string[], nodes: readonly NodeProto[]) {
  for (const node of nodes) node.name = node.output[0]
  const initializers = [makeTensor('anchors', floats(0, 0, 8, 8))]
  const { graph } = makeModel({ nodes, inputs: { deltas: ['batch', 4] }, outputs: [], initializers })
  const { name, fused } = nameLayer(tensor, new GraphIndex(graph), new Set(observed), constantArithmetic(graph))
  return [name, ...fused.map((node) => node.name)]
}

describe('the name of a layer', () => {
  it('is of the node that computes with the image, not of one that makes its constants', () => {
    const nodes = [
      makeNode('Neg', ['anchors'], ['low']),
      makeNode('Sub', ['anchors', 'low'], ['size']),
      makeNode('Mul', ['deltas', 'size'], ['moved']),
      makeNode('Add', ['low', 'moved'], ['middle'])
    ]
    expect(named('moved', ['deltas'], nodes)).toEqual(['moved'])
    expect(named('middle', ['deltas', 'moved'], nodes)).toEqual(['middle'])
    expect(named('middle', ['deltas'], nodes)).toEqual(['moved', 'middle'])
  })

  it('is of constant arithmetic where that itself is compared', () => {
    const nodes = [makeNode('Neg', ['anchors'], ['low']), makeNode('Add', ['deltas', 'low'], ['moved'])]
    expect(named('low', [], nodes)).toEqual(['low'])
  })
})
