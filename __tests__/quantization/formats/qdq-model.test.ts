import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { makeNode, makeTensor, type NodeProto, type OnnxModel } from '../../../src/model/index.js'
import { readRangeFile } from '../../../src/quantization/formats/index.js'
import { rangesOfQdqModel } from '../../../src/quantization/formats/qdq-model.js'
import { activationParameters } from '../../../src/quantization/scale.js'
import { makeModel, temporaryFolder, writeModel, type ModelParts } from '../../model/helpers.js'
import { weight } from '../tiny.js'

const folder = temporaryFolder()
afterAll(() => folder.remove())

const scale = (name: string, ...values: number[]) =>
  makeTensor(name, {
    type: 'float32',
    dims: values.length === 1 ? [] : [values.length],
    data: Float32Array.from(values)
  })
const int8 = (name: string, value: number) => makeTensor(name, { type: 'int8', dims: [], data: Int8Array.of(value) })
const uint8 = (name: string, value: number) => makeTensor(name, { type: 'uint8', dims: [], data: Uint8Array.of(value) })

const pair = (tensor: string, s: string, z?: string, to = `${tensor}_dq`): NodeProto[] => {
  const parameters = z === undefined ? [s] : [s, z]
  return [
    makeNode('QuantizeLinear', [tensor, ...parameters], [`${tensor}_q`], { name: `quantize ${tensor}` }),
    makeNode('DequantizeLinear', [`${tensor}_q`, ...parameters], [to], { name: `dequantize ${tensor}` })
  ]
}

const model = (nodes: readonly NodeProto[], initializers: ModelParts['initializers'] = []): OnnxModel =>
  makeModel({ inputs: { x: [1, 1, 2, 2] }, nodes, initializers })

const rangeOf = (scales: number[], zeroPoint: Parameters<typeof makeTensor>[1] | undefined) => {
  const initializers = [scale('s', ...scales), ...(zeroPoint === undefined ? [] : [makeTensor('z', zeroPoint)])]
  const nodes = [...pair('x', 's', zeroPoint && 'z'), makeNode('Relu', ['x_dq'], ['y'])]
  return rangesOfQdqModel(model(nodes, initializers)).get('x')
}

describe('ranges of a Q/DQ model', () => {
  it.each([
    ['int8 with zero point 0', 'int8', Int8Array.of(0), [-63.5, 63.5]],
    ['int8 with another zero point', 'int8', Int8Array.of(-28), [-50, 77.5]],
    ['uint8', 'uint8', Uint8Array.of(28), [-14, 113.5]],
    ['uint8 of what is never negative', 'uint8', Uint8Array.of(0), [0, 127.5]]
  ] as const)('%s are those of the codes', (_, type, data, [min, max]) => {
    expect(rangeOf([0.5], { type, dims: [], data })).toEqual({ min, max })
  })

  it('without a zero point are those of uint8, which the operator has by default', () => {
    expect(rangeOf([0.5], undefined)).toEqual({ min: 0, max: 127.5 })
  })

  it('give the same scale and zero point again', () => {
    const found = rangeOf([0.0123], { type: 'int8', dims: [], data: Int8Array.of(0) })!
    expect(activationParameters(found, 'int8')).toEqual({ type: 'int8', scale: Math.fround(0.0123), zeroPoint: 0 })
    const lifted = rangeOf([0.0123], { type: 'uint8', dims: [], data: Uint8Array.of(47) })!
    expect(activationParameters(lifted, 'uint8')).toEqual({ type: 'uint8', scale: Math.fround(0.0123), zeroPoint: 47 })
  })

  it('are read from Constant nodes, as PyTorch exports them, and from half precision', () => {
    const half = makeTensor('', { type: 'float16', dims: [], data: Uint16Array.of(0x3400) })
    const nodes = [
      makeNode('Constant', [], ['s'], { attributes: { value: { tensor: half } } }),
      makeNode('Constant', [], ['z'], { attributes: { value: { tensor: int8('', 0) } } }),
      ...pair('x', 's', 'z'),
      makeNode('Relu', ['x_dq'], ['y'])
    ]
    expect(rangesOfQdqModel(model(nodes))).toEqual(new Map([['x', { min: -31.75, max: 31.75 }]]))
  })

  it('leave weights out, also those with a scale for each channel or a transposition before their pair', () => {
    const nodes = [
      ...pair('x', 's', 'z'),
      makeNode('QuantizeLinear', ['w', 'ws', 'wz'], ['w_q'], { attributes: { axis: { int: 0 } } }),
      makeNode('DequantizeLinear', ['w_q', 'ws', 'wz'], ['w_dq'], { attributes: { axis: { int: 0 } } }),
      makeNode('Transpose', ['v'], ['vt']),
      ...pair('vt', 's', 'z'),
      makeNode('Conv', ['x_dq', 'w_dq'], ['c']),
      makeNode('MatMul', ['c', 'vt_dq'], ['y'])
    ]
    const zeros = makeTensor('wz', { type: 'int8', dims: [2], data: new Int8Array(2) })
    const initializers = [scale('s', 0.5), int8('z', 0), scale('ws', 1, 2), zeros]
    const weights = [weight('w', [2, 1, 1, 1], (i) => i), weight('v', [2, 2], (i) => i)]
    expect([...rangesOfQdqModel(model(nodes, [...initializers, ...weights])).keys()]).toEqual(['x'])
  })

  it('go by the name of the graph output where the pair makes it', () => {
    const nodes = [makeNode('Relu', ['x'], ['y_float']), ...pair('y_float', 's', 'z', 'y')]
    expect([...rangesOfQdqModel(model(nodes, [scale('s', 1), uint8('z', 0)])).keys()]).toEqual(['y'])
  })

  it.each([
    [
      'a scale for each channel',
      pair('x', 's', 'z'),
      [scale('s', 1, 2), int8('z', 0)],
      /QuantizeLinear quantize x on x has 2 scales: one for each channel/
    ],
    ['a computed scale', [makeNode('Abs', ['x'], ['s']), ...pair('x', 's', 'z')], [int8('z', 0)], /is computed/],
    ['a scale of 0', pair('x', 's', 'z'), [scale('s', 0), int8('z', 0)], /has the scale 0/],
    [
      '16 bits',
      pair('x', 's', 'z'),
      [scale('s', 1), makeTensor('z', { type: 'int16', dims: [], data: Int16Array.of(0) })],
      /quantizes to int16/
    ],
    [
      'two ranges for a tensor',
      [...pair('x', 's', 'z'), makeNode('QuantizeLinear', ['x', 'other', 'z'], ['q2'])],
      [scale('s', 1), scale('other', 2), int8('z', 0)],
      /x is quantized twice with different ranges, \[-127, 127\] and \[-254, 254\]/
    ],
    ['nothing quantized', [], [], /quantizes no activation/]
  ] as const)('%s is refused', (_, nodes, initializers, message) => {
    const last = nodes.length === 0 ? 'x' : 'x_dq'
    expect(() => rangesOfQdqModel(model([...nodes, makeNode('Relu', [last], ['y'])], initializers))).toThrow(message)
  })

  it('are what a file with the extension .onnx is read for', async () => {
    const file = join(folder.path, 'model.qat.ONNX')
    writeModel(file, model([...pair('x', 's', 'z'), makeNode('Relu', ['x_dq'], ['y'])], [scale('s', 1), int8('z', 0)]))
    const table = await readRangeFile(file, { workspace: folder.path })
    expect(table).toEqual({ format: 'qdq-model', ranges: new Map([['x', { min: -127, max: 127 }]]) })
  })
})
