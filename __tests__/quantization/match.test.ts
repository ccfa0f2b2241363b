import { describe, expect, it } from '@jest/globals'
import { makeNode, makeTensor, type NodeProto } from '../../src/model/index.js'
import { matchRanges } from '../../src/quantization/match.js'
import { makeModel } from '../model/helpers.js'

const scalar = (name: string, value: number) =>
  makeTensor(name, { type: 'float32', dims: [], data: Float32Array.of(value) })

/** What a table with one range says of tensor `t`. */
function find(nodes: readonly NodeProto[], named: string, [min, max]: readonly [number, number], outputs = ['y']) {
  const initializers = [scalar('zero', 0), scalar('six', 6)]
  const model = makeModel({ inputs: { x: [1] }, nodes, outputs, initializers })
  const match = matchRanges(new Map([[named, { min, max }]]), ['t'], [model])
  const range = match.ranges.get('t')
  return { ...match, range: range && [range.min, range.max] }
}

const op = (type: string, from: string, to: string, ...more: string[]) => makeNode(type, [from, ...more], [to])
const into = op('Conv', 't', 'y', 'w')

describe('a tensor without a range of its own takes it from', () => {
  it.each(['Identity', 'Dropout', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Transpose'])('before a %s', (type) => {
    expect(find([op(type, 'x', 't'), into], 'x', [-2, 3]).range).toEqual([-2, 3])
  })

  it('behind an Identity, whoever else reads it', () => {
    expect(find([op('Identity', 't', 'same'), into], 'same', [-2, 3]).range).toEqual([-2, 3])
  })

  it('before a ReLU, clipped', () => {
    expect(find([op('Relu', 'x', 't'), into], 'x', [-2, 3]).range).toEqual([0, 3])
    expect(find([op('Relu', 'x', 't'), into], 'x', [-2, -1]).range).toEqual([0, 0])
  })

  it('before a Clip, with bounds as inputs, as attributes, or in Constant nodes', () => {
    const bounds = { min: { float: 0 }, max: { float: 6 } }
    const constant = makeNode('Constant', [], ['six constant'], { attributes: { value: { tensor: scalar('', 6) } } })
    for (const nodes of [
      [op('Clip', 'x', 't', 'zero', 'six'), into],
      [makeNode('Clip', ['x'], ['t'], { attributes: bounds }), into],
      [constant, op('Clip', 'x', 't', 'zero', 'six constant'), into]
    ]) {
      expect(find(nodes, 'x', [-9, 9]).range).toEqual([0, 6])
    }
  })

  it('behind the ReLU that alone reads it: what its range cuts off is clipped anyway', () => {
    const alone = [op('Conv', 'x', 't', 'w'), op('Relu', 't', 'y')]
    expect(find(alone, 'y', [0, 3]).range).toEqual([0, 3])
  })

  it('further away', () => {
    const nodes = [op('Relu', 'x', 'a'), op('Identity', 'a', 'b'), op('Flatten', 'b', 't'), into]
    const { range, sources } = find(nodes, 'x', [-2, 3])
    expect(range).toEqual([0, 3])
    expect(sources).toEqual(new Map([['t', 'x']]))
  })
})

describe('a tensor has no range where the table has only', () => {
  const relu = op('Relu', 't', 'r')

  it('what a ReLU makes of it and something else reads it too', () => {
    expect(find([relu, op('Add', 'r', 'y', 't')], 'r', [0, 3]).missing).toEqual(['t'])
    expect(find([relu], 'r', [0, 3], ['r', 't']).missing).toEqual(['t'])
  })

  it('the value before batch normalization, which is said', () => {
    const nodes = [op('Conv', 'x', 'c', 'w'), op('BatchNormalization', 'c', 'n'), op('Relu', 'n', 't'), into]
    const { missing, beforeNormalization } = find(nodes, 'c', [-2, 3])
    expect(missing).toEqual(['t'])
    expect(beforeNormalization).toEqual(new Map([['t', 'c']]))
  })

  it('what another operator makes of it', () => {
    for (const type of ['Sigmoid', 'MaxPool', 'LeakyRelu', 'Neg']) {
      expect(find([op(type, 'x', 't'), into], 'x', [-2, 3]).missing).toEqual(['t'])
      expect(find([op(type, 't', 'y')], 'y', [-2, 3]).missing).toEqual(['t'])
    }
  })
})

it('the own name comes first', () => {
  const model = makeModel({ inputs: { x: [1] }, nodes: [op('Relu', 'x', 't'), into] })
  const table = new Map([
    ['x', { min: -2, max: 3 }],
    ['t', { min: 0, max: 1 }]
  ])
  expect(matchRanges(table, ['t'], [model]).ranges.get('t')).toEqual({ min: 0, max: 1 })
})
