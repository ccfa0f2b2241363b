import { afterAll, describe, expect, it } from '@jest/globals'
import { join } from 'node:path'
import { makeNode, makeTensor, mergeModels, opsetVersion, saveModel } from '../../src/model/index.js'
import { exposeTensors } from '../../src/quantization/instrument.js'
import { floats, makeModel, run, temporaryFolder } from './helpers.js'

const folder = temporaryFolder()
afterAll(() => folder.remove())

const plus = (name: string, value: number, opset = 13) =>
  makeModel({
    inputs: { x: [3] },
    outputs: ['y'],
    nodes: [makeNode('Add', ['x', 'c'], ['y'], { name })],
    initializers: [makeTensor('c', floats(value, value, value))],
    opset
  })

describe('two models in one', () => {
  it('read one input and keep to their own tensors, though these have the same names', async () => {
    const base = plus('node', 1, 13)
    const renamed = mergeModels(base, plus('node', 10, 14), 'other::')
    expect([renamed('y'), renamed('x'), renamed('')]).toEqual(['other::y', 'x', ''])
    expect(opsetVersion(base)).toBe(14)
    exposeTensors(base, [renamed('y')])
    await saveModel(base, join(folder.path, 'merged.onnx'))
    const outputs = await run(join(folder.path, 'merged.onnx'), { x: floats(1, 2, 3) })
    expect([...outputs.y.data]).toEqual([2, 3, 4])
    expect([...outputs['other::y'].data]).toEqual([11, 12, 13])
  })

  it('find another prefix where a name begins with it', () => {
    const base = plus('node', 1)
    base.graph.node[0].output = ['other::y']
    expect(mergeModels(base, plus('node', 10), 'other::')('y')).toBe('other::_y')
  })

  it('get the input cast where the first wants another type', async () => {
    const base = makeModel({
      inputs: { h: [3] },
      outputs: ['z'],
      nodes: [makeNode('Cast', ['h'], ['z'], { attributes: { to: { int: 1 } } })],
      type: 'float16'
    })
    base.graph.output = makeModel({ nodes: [], outputs: ['z'] }).graph.output
    const renamed = mergeModels(base, plus('node', 1), 'other::')
    exposeTensors(base, [renamed('y')])
    await saveModel(base, join(folder.path, 'cast.onnx'))
    const outputs = await run(join(folder.path, 'cast.onnx'), { [renamed('x')]: floats(1, 1 / 3, 70000) })
    expect([...outputs.z.data]).toEqual([1, 0.333251953125, Infinity])
    expect([...outputs['other::y'].data]).toEqual([2, Math.fround(4 / 3), 70001])
  })
})
