import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from '@jest/globals'
import { findSelection } from '../../src/deviation/selection.js'
import { GraphIndex, makeNode, type NodeProto } from '../../src/model/index.js'
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as Type,
  GraphProtoSchema
} from '../../src/model/proto/onnx_pb.js'
import { makeModel } from '../model/helpers.js'

function selection(nodes: readonly NodeProto[]) {
  const { graph } = makeModel({ nodes, inputs: { image: ['batch', 3, 8, 8] }, outputs: [] })
  const { selectors, behind } = findSelection(graph, new GraphIndex(graph))
  return { selectors: selectors.map(({ opType }) => opType), behind: [...behind] }
}

describe('what lies behind a selection by value', () => {
  it('is everything made of it, through shapes as well', () => {
    const found = selection([
      makeNode('Sigmoid', ['image'], ['scores']),
      makeNode('TopK', ['scores', 'k'], ['best', 'places']),
      makeNode('Gather', ['scores', 'places'], ['picked']),
      makeNode('Shape', ['picked'], ['size']),
      makeNode('ConstantOfShape', ['size'], ['zeros']),
      makeNode('Relu', ['scores'], ['beside'])
    ])
    expect(found).toEqual({ selectors: ['TopK'], behind: ['best', 'places', 'picked', 'size', 'zeros'] })
  })

  it('names the first of several in a row, and those of other branches', () => {
    const found = selection([
      makeNode('NonMaxSuppression', ['image', 'image'], ['selected']),
      makeNode('TopK', ['selected', 'k'], ['best', 'places']),
      makeNode('NonZero', ['image'], ['where'])
    ])
    expect(found.selectors).toEqual(['NonMaxSuppression', 'NonZero'])
  })

  it('is nothing where sizes are selected, as exporters write shapes', () => {
    const found = selection([
      makeNode('Shape', ['image'], ['size']),
      makeNode('NonZero', ['size'], ['where']),
      makeNode('Gather', ['size', 'where'], ['sizes']),
      makeNode('Reshape', ['image', 'sizes'], ['reshaped'])
    ])
    expect(found).toEqual({ selectors: [], behind: [] })
  })

  it('is also found inside a Loop', () => {
    const loop = makeNode('Loop', ['times', '', 'image'], ['boxes'])
    const body = create(GraphProtoSchema, { node: [makeNode('NonMaxSuppression', ['image', 'image'], ['inner'])] })
    loop.attribute.push(create(AttributeProtoSchema, { name: 'body', type: Type.GRAPH, g: body }))
    expect(selection([loop, makeNode('Relu', ['boxes'], ['after'])])).toEqual({
      selectors: ['Loop'],
      behind: ['boxes', 'after']
    })
  })
})
