import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  attributeFloat,
  attributeFloats,
  attributeInt,
  attributeInts,
  attributeString,
  attributeTensor,
  dataTypeOf,
  dynamicBatch,
  elementTypeOf,
  GraphIndex,
  makeNode,
  makeTensor,
  nameNodes,
  opsetVersion,
  parameterCount,
  removeAttribute,
  renameInput,
  setAttribute,
  setOpsetVersion,
  sortTopologically,
  uniqueNamer,
  type NodeProto
} from '../../src/model/index.js'
import { AttributeProtoSchema } from '../../src/model/proto/onnx_pb.js'
import type { ElementType } from '../../src/tensor.js'
import { floats, makeModel } from './helpers.js'

/** An If whose branch reads `captured` from outside. */
function branching(captured: string): NodeProto {
  const { graph } = makeModel({ nodes: [makeNode('Relu', [captured], ['inside'])], outputs: ['inside'] })
  const node = makeNode('If', ['condition'], ['y'], { name: 'branch' })
  node.attribute.push(create(AttributeProtoSchema, { name: 'then_branch', type: 5, g: graph }))
  return node
}

describe('GraphIndex', () => {
  const conv = makeNode('Conv', ['x', 'w', ''], ['c'])
  const square = makeNode('Mul', ['c', 'c'], ['s'])
  const model = makeModel({
    nodes: [conv, square, branching('c')],
    inputs: { x: ['N', 3], w: [1], condition: [] },
    outputs: ['y', 's'],
    initializers: [makeTensor('w', floats(1))]
  })
  const index = new GraphIndex(model.graph)

  it('knows who makes and who uses a tensor', () => {
    expect(index.producer('c')).toBe(conv)
    expect(index.producer('x')).toBeUndefined()
    expect(index.consumers('x')).toEqual([conv])
    expect(index.consumers('')).toEqual([])
  })

  it('counts a node once, and one whose inner graph reads the tensor', () => {
    expect(index.consumers('c').map(({ opType }) => opType)).toEqual(['Mul', 'If'])
    expect(index.consumers('inside')).toEqual([])
  })

  it('does not take an initializer among the inputs for an input', () => {
    expect(index.inputs).toEqual(['x', 'condition'])
    expect(index.isGraphInput('w')).toBe(false)
    expect(index.initializer('w')?.name).toBe('w')
    expect(index.outputs).toEqual(['y', 's'])
    expect(index.isGraphOutput('s')).toBe(true)
  })

  it('sees a use from inside until it is renamed', () => {
    const node = branching('c')
    renameInput(node, 'c', 'd')
    const { graph } = makeModel({ nodes: [node] })
    expect(new GraphIndex(graph).consumers('c')).toEqual([])
    expect(new GraphIndex(graph).consumers('d')).toEqual([node])
  })
})

describe('sortTopologically', () => {
  /** Node k reads outputs of some earlier nodes; the order is then shuffled. */
  const shuffled = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 40 }).chain((reads) => {
    const nodes = reads.map((sources, position) => {
      const inputs = sources.map((source) => (position === 0 ? 'x' : `t${source % position}`))
      return makeNode('Sum', inputs, [`t${position}`])
    })
    return fc.shuffledSubarray(nodes, { minLength: nodes.length, maxLength: nodes.length })
  })

  it('puts every node behind those that it reads from, and loses none', () => {
    fc.assert(
      fc.property(shuffled, (nodes) => {
        const { graph } = makeModel({ nodes })
        sortTopologically(graph)
        const ready = new Set(['x'])
        for (const node of graph.node) {
          expect(node.input.filter((tensor) => !ready.has(tensor))).toEqual([])
          for (const tensor of node.output) ready.add(tensor)
        }
        expect(new Set(graph.node)).toEqual(new Set(nodes))
        const sorted = [...graph.node]
        sortTopologically(graph)
        expect(graph.node).toEqual(sorted)
      })
    )
  })

  it('respects what inner graphs read', () => {
    const { graph } = makeModel({ nodes: [branching('c'), makeNode('Relu', ['x'], ['c'])] })
    sortTopologically(graph)
    expect(graph.node.map(({ opType }) => opType)).toEqual(['Relu', 'If'])
  })

  it('refuses a cycle by name', () => {
    const nodes = [makeNode('Add', ['x', 'b'], ['a'], { name: 'first' }), makeNode('Relu', ['a'], ['b'])]
    const { graph } = makeModel({ nodes })
    expect(() => sortTopologically(graph)).toThrow('the graph has a cycle through node first')
  })

  it('is not bounded by the stack', () => {
    const chain = Array.from({ length: 50000 }, (_, k) => makeNode('Relu', [`t${k}`], [`t${k + 1}`])).reverse()
    const { graph } = makeModel({ nodes: chain })
    sortTopologically(graph)
    expect(graph.node[0].input).toEqual(['t0'])
  })
})

describe('names', () => {
  it('are unique over tensors, nodes and inner graphs', () => {
    const { graph } = makeModel({ nodes: [makeNode('Relu', ['x'], ['y'], { name: 'n' }), branching('x')] })
    const unique = uniqueNamer(graph)
    expect(['x', 'y', 'n', 'inside', 'free', 'free'].map(unique)).toEqual([
      ...['x_1', 'y_1', 'n_1', 'inside_1', 'free', 'free_1']
    ])
  })

  it('are given to unnamed nodes alone, the same ones every time', () => {
    const nodes = (): NodeProto[] => [
      makeNode('Relu', ['x'], ['a'], { name: 'mine' }),
      makeNode('Conv', ['a'], ['features.0']),
      makeNode('Split', ['features.0'], ['', 'Conv_features.0'])
    ]
    const [first, second] = [makeModel({ nodes: nodes() }), makeModel({ nodes: nodes() })]
    for (const { graph } of [first, second]) nameNodes(graph)
    const names = first.graph.node.map(({ name }) => name)
    expect(names).toEqual(['mine', 'Conv_features.0_1', 'Split_Conv_features.0'])
    expect(second.graph.node.map(({ name }) => name)).toEqual(names)
  })
})

describe('attributes', () => {
  it('are read back as they were set, and the fallback where they are not', () => {
    const tensor = makeTensor('v', floats(1))
    const node = makeNode('Op', [], [], {
      attributes: {
        axis: { int: -1 },
        pads: { ints: [1, 2n] },
        alpha: { float: 0.5 },
        scales: { floats: [1, 2] },
        mode: { string: 'réflexion' },
        value: { tensor }
      }
    })
    expect(attributeInt(node, 'axis')).toBe(-1)
    expect(attributeInts(node, 'pads')).toEqual([1, 2])
    expect(attributeFloat(node, 'alpha')).toBe(0.5)
    expect(attributeFloats(node, 'scales')).toEqual([1, 2])
    expect(attributeString(node, 'mode')).toBe('réflexion')
    expect(attributeTensor(node, 'value')).toBe(tensor)
    expect(attributeInt(node, 'group', 1)).toBe(1)
    expect(attributeInts(node, 'strides')).toBeUndefined()
    expect(node.attribute.map(({ type }) => type)).toEqual([2, 7, 1, 6, 3, 4])
  })

  it('are replaced and removed', () => {
    const node = makeNode('Op', [], [], { attributes: { axis: { int: 1 }, keep: { int: 0 } } })
    setAttribute(node, 'axis', { int: 2 })
    removeAttribute(node, 'keep')
    expect(node.attribute).toHaveLength(1)
    expect(attributeInt(node, 'axis')).toBe(2)
  })
})

describe('facts of a model', () => {
  it('count parameters and read the operator set under both of its names', () => {
    const initializers = [makeTensor('a', floats(1, 2)), makeTensor('s', { ...floats(3), dims: [] })]
    const model = makeModel({ nodes: [], initializers, opset: 11 })
    expect(parameterCount(model)).toBe(3)
    model.proto.opsetImport[0].domain = 'ai.onnx'
    setOpsetVersion(model, 13)
    setOpsetVersion(model, 2, 'ai.onnx.ml')
    expect(opsetVersion(model)).toBe(13)
    expect(model.proto.opsetImport).toHaveLength(2)
  })

  it.each([
    [['N', 3], { dynamic: true }],
    [[8, 3], { dynamic: false, size: 8 }],
    [[-1, 3], { dynamic: true }],
    [[], { dynamic: true }]
  ])('tell whether batches may vary: %j', (dims, expected) => {
    const model = makeModel({
      nodes: [],
      inputs: { w: [1], x: dims },
      initializers: [makeTensor('w', floats(1))]
    })
    expect(dynamicBatch(model)).toEqual(expected)
  })

  it('translate element types both ways, and refuse others by name', () => {
    const types: ElementType[] = ['float32', 'float64', 'float16', 'uint8', 'int8', 'int32', 'int64', 'bool', 'uint64']
    expect(types.map(dataTypeOf).map(elementTypeOf)).toEqual(types)
    expect(() => elementTypeOf(16)).toThrow('tensors of type bfloat16 are not supported')
  })

  it('refuse a tensor whose values do not fit its shape', () => {
    expect(() => makeTensor('w', { ...floats(1, 2, 3), dims: [2] })).toThrow('tensor w: 3 values for shape [2]')
  })
})
