import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { GraphIndex, makeNode, makeTensor, tensorData, type NodeProto, type OnnxModel } from '../../src/model/index.js'
import { exposeTensors } from '../../src/quantization/instrument.js'
import { matchKept } from '../../src/quantization/keep.js'
import { planPlacement } from '../../src/quantization/placement.js'
import { insertQdq } from '../../src/quantization/qdq/index.js'
import { loadRuntime } from '../../src/runtime/index.js'
import { makeModel, run, temporaryFolder, writeModel } from '../model/helpers.js'
import { floatValues, place, quantized, smallNetwork, SMALL_RANGES, weight } from './tiny.js'

const folder = temporaryFolder()
afterAll(() => folder.remove())

function constant(model: OnnxModel, name: string): number[] {
  const tensor = model.graph.initializer.find((initializer) => initializer.name === name)
  if (tensor === undefined) throw new Error(`no initializer ${name}`)
  return Array.from(tensorData(model, tensor).data as Float32Array)
}

function nodeNamed(model: OnnxModel, name: string): NodeProto {
  const node = model.graph.node.find((node) => node.name === name)
  if (node === undefined) throw new Error(`no node ${name}`)
  return node
}

const ops = (model: OnnxModel) => model.graph.node.map(({ opType }) => opType)
const plannedFor = (model: OnnxModel, target: 'cpu' | 'tensorrt') => [...place(model, target).tensors.keys()]

describe.each(['cpu', 'tensorrt'] as const)('sizes of tensors (%s)', (target) => {
  it('are not quantized: neither what is computed with them, nor the scales of a cubic Resize', async () => {
    const model = makeModel({
      inputs: { x: [1, 1, 4, 4] },
      outputs: ['y'],
      nodes: [
        makeNode('Conv', ['x', 'w'], ['c'], { name: 'conv' }),
        makeNode('Shape', ['c'], ['s'], { name: 'shape' }),
        makeNode('Cast', ['s'], ['f'], { name: 'cast', attributes: { to: { int: 1 } } }),
        makeNode('Mul', ['f', 'factors'], ['larger'], { name: 'mul' }),
        makeNode('Slice', ['larger', 'two', 'four'], ['tail'], { name: 'slice' }),
        makeNode('Concat', ['head', 'tail'], ['all'], { name: 'concat', attributes: { axis: { int: 0 } } }),
        makeNode('Div', ['all', 'f'], ['ratio'], { name: 'div' }),
        makeNode('Resize', ['c', '', 'ratio'], ['r'], { name: 'computed' }),
        makeNode('Resize', ['r', '', 'scales'], ['u'], { name: 'cubic', attributes: { mode: { string: 'cubic' } } }),
        makeNode('Conv', ['u', 'w2'], ['y'], { name: 'conv2' })
      ],
      initializers: [
        weight('w', [2, 1, 1, 1], (i) => i + 1),
        weight('w2', [1, 2, 1, 1], (i) => i + 1),
        weight('factors', [4], () => 2.7),
        weight('head', [2], (i) => i + 1),
        weight('scales', [4], (i) => (i < 2 ? 1 : 1.7)),
        makeTensor('two', { type: 'int64', dims: [1], data: BigInt64Array.of(2n) }),
        makeTensor('four', { type: 'int64', dims: [1], data: BigInt64Array.of(4n) })
      ]
    })
    const values = new Map(floatValues(model)).set('s', { name: 's', type: 'int64', dims: [4] })
    const index = new GraphIndex(model.graph)
    const placement = planPlacement({ model, index, values, target, kept: new Set() })
    const ranges = new Map([...placement.tensors.keys()].map((tensor) => [tensor, { min: -16, max: 16 }]))
    insertQdq(model, placement, ranges, { reduceRange: false })
    expect(nodeNamed(model, 'mul').input).toEqual(['f', 'factors'])
    expect(nodeNamed(model, 'concat').input).toEqual(['head', 'tail'])
    expect(nodeNamed(model, 'cubic').input[2]).toBe('scales')
    const file = join(folder.path, `sizes-${target}.onnx`)
    writeModel(file, model)
    const outputs = await run(file, { x: { type: 'float32', dims: [1, 1, 4, 4], data: new Float32Array(16) } })
    // floor(floor(4 * 2.7) * 1.7)
    expect(outputs.y.dims).toEqual([1, 1, 17, 17])
  })
})

describe('Q/DQ placement for the CPU', () => {
  it('quantizes inputs and outputs of integer operators, folds ReLU and shares the scale of what only moves', () => {
    const { tensors, folded } = place(smallNetwork(), 'cpu')
    expect([...tensors].map(([name, { range }]) => [name, range])).toEqual([
      ['x', { kind: 'calibrated' }],
      ['r1', { kind: 'calibrated', limit: { min: 0, max: Infinity } }],
      ['p1', { kind: 'shared', with: 'r1' }],
      ['c2', { kind: 'calibrated' }],
      ['a1', { kind: 'calibrated' }],
      ['f1', { kind: 'shared', with: 'a1' }]
    ])
    expect([...folded].map(({ name }) => name)).toEqual(['relu1'])
  })

  it('writes the scales and zero points that follow from the ranges by hand', async () => {
    const model = await quantized(smallNetwork(), 'cpu', SMALL_RANGES, join(folder.path, 'cpu.onnx'))
    expect(constant(model, 'x_scale')).toEqual([Math.fround(2.55 / 255)])
    expect(constant(model, 'x_zero_point')).toEqual([100])
    expect(constant(model, 'r1_scale')).toEqual([Math.fround(5.1 / 255)])
    expect(constant(model, 'r1_zero_point')).toEqual([0])
    expect(constant(model, 'p1_scale')).toEqual([Math.fround(5.1 / 255)])
    expect(constant(model, 'c2_scale')).toEqual([Math.fround(5.1 / 255)])
    expect(constant(model, 'c2_zero_point')).toEqual([100])
    // (7 + 1) / 255; 1 / scale = 31.875
    expect(constant(model, 'a1_zero_point')).toEqual([32])
    // largest |sin(1..9)| and |sin(10..18)|
    const largest = [Math.fround(Math.sin(8)), Math.abs(Math.fround(Math.sin(11)))]
    expect(constant(model, 'w1_scale')).toEqual(largest.map((x) => Math.fround(x / 127)))
    expect(constant(model, 'b1_scale')).toEqual(
      largest.map((x) => Math.fround(Math.fround(2.55 / 255) * Math.fround(x / 127)))
    )
    expect(constant(model, 'b1_quantized')).toEqual(
      [0.1, 0.2].map((bias, i) => Math.round(Math.fround(bias) / constant(model, 'b1_scale')[i]))
    )
    expect(constant(model, 'w1_quantized')[7]).toBe(127)
  })

  it('removes the folded ReLU and leaves the logits in float behind an integer Gemm', async () => {
    const model = await quantized(smallNetwork(), 'cpu', SMALL_RANGES, join(folder.path, 'cpu.onnx'))
    expect(ops(model)).not.toContain('Relu')
    expect(nodeNamed(model, 'conv1').output).toEqual(['r1'])
    expect(nodeNamed(model, 'gemm1').output).toEqual(['y'])
    expect(model.graph.initializer.map(({ name }) => name)).not.toContain('w1')
  })

  it.each(['cpu', 'tensorrt'] as const)('runs in ONNX Runtime close to the float network (%s)', async (target) => {
    const data = Float32Array.from({ length: 16 }, (_, i) => -1 + (2.55 * i) / 15)
    const feeds = { x: { type: 'float32' as const, dims: [1, 1, 4, 4], data } }
    const exposed = smallNetwork()
    exposeTensors(exposed, ['r1', 'p1', 'c2', 'a1', 'f1'])
    writeModel(join(folder.path, 'float.onnx'), exposed)
    const observed = await run(join(folder.path, 'float.onnx'), feeds)
    const ranges = new Map(
      Object.entries({ ...observed, x: feeds.x }).map(([name, { data }]) => {
        const values = data as Float32Array
        return [name, { min: Math.min(...values), max: Math.max(...values) }]
      })
    )
    await quantized(smallNetwork(), target, ranges, join(folder.path, `${target}.onnx`))
    // Through src/runtime: without its settings u8 x s8 products saturate on CPUs without VNNI.
    const runtime = await loadRuntime({})
    const session = await runtime.createSession(join(folder.path, `${target}.onnx`), { provider: 'cpu', threads: 1 })
    const actual = (await session.run(feeds)).y.data as Float32Array
    const expected = observed.y.data as Float32Array
    for (let i = 0; i < 3; i++) expect(Math.abs(actual[i] - expected[i])).toBeLessThan(0.15)
    expect([...actual]).not.toEqual([...expected])
  })

  it('gives whoever reads a quantized tensor the dequantized one, so that its producer stays integer', () => {
    const model = makeModel({
      inputs: { x: [1, 1, 4, 4] },
      outputs: ['y', 'z'],
      nodes: [
        makeNode('Conv', ['x', 'w'], ['c'], { name: 'conv' }),
        makeNode('Conv', ['c', 'w'], ['y'], { name: 'next' }),
        makeNode('Erf', ['c'], ['z'], { name: 'float' })
      ],
      initializers: [weight('w', [1, 1, 1, 1], () => 0.5)]
    })
    const ranges = new Map(['x', 'c', 'y'].map((name) => [name, { min: -1, max: 1 }]))
    insertQdq(model, place(model, 'cpu'), ranges, { reduceRange: false })
    expect(nodeNamed(model, 'float').input).toEqual(['c_DequantizeLinear_Output'])
    expect(nodeNamed(model, 'next').output).toEqual(['y_float'])
    expect(nodeNamed(model, 'y_DequantizeLinear').output).toEqual(['y'])
  })

  it('does not quantize the operator that makes the class scores', () => {
    const model = makeModel({
      inputs: { x: [1, 4] },
      nodes: [
        makeNode('Gemm', ['x', 'w'], ['g'], { name: 'gemm' }),
        makeNode('Softmax', ['g'], ['y'], { name: 'softmax' })
      ],
      initializers: [weight('w', [4, 4], (i) => i)]
    })
    expect(plannedFor(model, 'cpu')).toEqual(['x', 'g'])
  })

  it.each<[string, readonly string[], string[]]>([
    ['a Clip around zero becomes a range', ['lo', 'hi'], ['x', 'y0']],
    ['a Clip that excludes zero stays', ['one', 'hi'], ['x', 'c', 'y0']]
  ])('%s', (_, bounds, planned) => {
    const model = makeModel({
      inputs: { x: [1, 1, 2, 2] },
      outputs: ['y'],
      nodes: [
        makeNode('Conv', ['x', 'w'], ['c'], { name: 'conv' }),
        makeNode('Clip', ['c', ...bounds], ['y0'], { name: 'clip' }),
        makeNode('Conv', ['y0', 'w'], ['y1'], { name: 'conv2' }),
        makeNode('Erf', ['y1'], ['y'], { name: 'float' })
      ],
      initializers: [
        weight('w', [1, 1, 1, 1], () => 1),
        weight('lo', [], () => 0),
        weight('one', [], () => 1),
        weight('hi', [], () => 6)
      ]
    })
    expect(plannedFor(model, 'cpu')).toEqual([...planned, 'y1'])
  })

  it.each([
    ['keeps a Pad with zeros in 8 bits', 'pad0', { kind: 'shared', with: 'c' }],
    ['measures behind a Pad with another value', 'pad9', { kind: 'calibrated' }]
  ])('%s', (_, pad, range) => {
    const model = makeModel({
      inputs: { x: [1, 1, 2, 2] },
      outputs: ['y'],
      nodes: [
        makeNode('Conv', ['x', 'w'], ['c'], { name: 'conv' }),
        makeNode('Pad', ['c', 'pads', pad], ['p'], { name: 'pad' }),
        makeNode('Conv', ['p', 'w'], ['y'], { name: 'conv2' })
      ],
      initializers: [
        weight('w', [1, 1, 1, 1], () => 1),
        weight('pads', [8], () => 0),
        weight('pad0', [], () => 0),
        weight('pad9', [], () => 9)
      ]
    })
    expect(place(model, 'cpu').tensors.get('p')?.range).toEqual(range)
  })

  it('quantizes constant operands of Add in the type of the activations', async () => {
    const model = makeModel({
      inputs: { x: [1, 1, 2, 2] },
      outputs: ['y'],
      nodes: [
        makeNode('Conv', ['x', 'w'], ['c'], { name: 'conv' }),
        makeNode('Add', ['c', 'k'], ['a'], { name: 'add' }),
        makeNode('Conv', ['a', 'w'], ['y'], { name: 'conv2' })
      ],
      initializers: [weight('w', [1, 1, 1, 1], () => 1), weight('k', [], () => -0.51)]
    })
    const ranges = new Map(['x', 'c', 'a', 'y'].map((name) => [name, { min: -1, max: 1 }]))
    insertQdq(model, place(model, 'cpu'), ranges, { reduceRange: false })
    expect(constant(model, 'k_quantized')).toEqual([0])
    expect(constant(model, 'k_zero_point')).toEqual([255])
    writeModel(join(folder.path, 'add.onnx'), model)
    const x = { type: 'float32' as const, dims: [1, 1, 2, 2], data: Float32Array.of(0, 0.25, 0.5, 1) }
    const { y } = await run(join(folder.path, 'add.onnx'), { x })
    expect(Math.abs(Number(y.data[3]) - 0.49)).toBeLessThan(0.02)
  })

  it('folds beta of Gemm into its bias', async () => {
    const model = makeModel({
      inputs: { x: [1, 2] },
      nodes: [makeNode('Gemm', ['x', 'w', 'b'], ['y'], { name: 'gemm', attributes: { beta: { float: 0.5 } } })],
      initializers: [weight('w', [2, 2], (i) => (i % 3 === 0 ? 1 : 0)), weight('b', [2], (i) => i + 1)]
    })
    insertQdq(model, place(model, 'cpu'), new Map([['x', { min: -1, max: 1 }]]), { reduceRange: false })
    writeModel(join(folder.path, 'beta.onnx'), model)
    const { y } = await run(join(folder.path, 'beta.onnx'), {
      x: { type: 'float32', dims: [1, 2], data: Float32Array.of(0, 0) }
    })
    expect(Number(y.data[0])).toBeCloseTo(0.5, 2)
    expect(Number(y.data[1])).toBeCloseTo(1, 2)
  })

  it('leaves integer tensors and layers with computed weights alone', () => {
    const model = makeModel({
      inputs: { x: [1, 1, 2, 2] },
      outputs: ['y'],
      nodes: [
        makeNode('Erf', ['x'], ['w'], { name: 'erf' }),
        makeNode('Conv', ['x', 'w'], ['c'], { name: 'conv' }),
        makeNode('Add', ['c', 'c'], ['y0'], { name: 'add' }),
        makeNode('Erf', ['y0'], ['y'], { name: 'out' })
      ]
    })
    expect(plannedFor(model, 'cpu')).toEqual(['c', 'y0'])
    const values = new Map([...floatValues(model)].map(([name, value]) => [name, { ...value, type: 'int64' }]))
    const index = new GraphIndex(model.graph)
    expect(planPlacement({ model, index, values, target: 'cpu', kept: new Set() }).tensors.size).toBe(0)
  })
})

describe('Q/DQ placement for TensorRT', () => {
  it('quantizes inputs only, and of an Add only the operand that no convolution makes', () => {
    expect(plannedFor(smallNetwork(), 'tensorrt')).toEqual(['x', 'p1', 'f1'])
  })

  it('keeps ReLU, float biases, and float weights behind a Q/DQ pair per channel', async () => {
    const ranges = new Map(['x', 'p1', 'f1'].map((name) => [name, { min: -1, max: 2.54 }]))
    const model = await quantized(smallNetwork(), 'tensorrt', ranges, join(folder.path, 'trt.onnx'))
    expect(ops(model)).toContain('Relu')
    const conv = nodeNamed(model, 'conv1')
    expect(conv.input[2]).toBe('b1')
    expect(conv.input[1]).toBe('w1_DequantizeLinear_Output')
    expect(nodeNamed(model, 'w1_QuantizeLinear').input[0]).toBe('w1')
    expect(constant(model, 'x_scale')).toEqual([Math.fround(2.54 / 127)])
    for (const { name } of model.graph.initializer.filter(({ name }) => name.endsWith('zero_point'))) {
      expect(new Set(constant(model, name))).toEqual(new Set([0]))
    }
  })

  it('takes the projection, not the main path, where both operands of an Add are convolutions', () => {
    const model = makeModel({
      inputs: { x: [1, 1, 2, 2] },
      outputs: ['y'],
      nodes: [
        makeNode('Conv', ['x', 'w'], ['m1'], { name: 'main1' }),
        makeNode('Relu', ['m1'], ['m2'], { name: 'relu' }),
        makeNode('Conv', ['m2', 'w'], ['m3'], { name: 'main2' }),
        makeNode('Conv', ['x', 'w'], ['s'], { name: 'projection' }),
        makeNode('Add', ['m3', 's'], ['y'], { name: 'add' })
      ],
      initializers: [weight('w', [1, 1, 1, 1], () => 1)]
    })
    expect(plannedFor(model, 'tensorrt')).toEqual(['x', 'm2', 's'])
  })
})

describe('keep', () => {
  const { graph } = smallNetwork()
  const position = { line: 9, column: 14 }
  const kept = (pattern: string) =>
    [...matchKept(graph.node, [{ pattern, position }], 'gate.yml')].map(({ name }) => name)

  it('matches operator types, names and globs', () => {
    expect(kept('Conv')).toEqual(['conv1', 'conv2'])
    expect(kept('gemm1')).toEqual(['gemm1'])
    expect(kept('conv?')).toEqual(['conv1', 'conv2'])
    expect(kept('*1')).toEqual(['conv1', 'relu1', 'pool1', 'add1', 'flatten1', 'gemm1'])
  })

  it('refuses a rule that keeps nothing, at its place in the config', () => {
    expect(() => kept('/head/*')).toThrow(/^gate\.yml:9:14: keep: "\/head\/\*" matches no layer.*Operators: Conv, Relu/)
  })

  it('leaves a kept layer in float and quantizes around it', () => {
    const model = smallNetwork()
    const placement = place(model, 'cpu', new Set([nodeNamed(model, 'conv2')]))
    expect([...placement.quantized].map(({ name }) => name)).toEqual(['conv1', 'add1', 'gemm1'])
    insertQdq(model, placement, SMALL_RANGES, { reduceRange: false })
    expect(nodeNamed(model, 'conv2').input[1]).toBe('w2')
  })

  it('really runs in float between integer layers, which ONNX Runtime would undo by itself', async () => {
    const model = smallNetwork()
    const conv2 = nodeNamed(model, 'conv2')
    insertQdq(model, place(model, 'cpu', new Set([conv2])), SMALL_RANGES, { reduceRange: false })
    const file = join(folder.path, 'kept.onnx')
    writeModel(file, model)
    const runtime = await loadRuntime({})
    const feeds = { x: { type: 'float32' as const, dims: [1, 1, 4, 4], data: new Float32Array(16) } }
    const layers = await runtime.executedLayers(file, feeds, { provider: 'cpu', threads: 1 })
    const executed = (name: string) => layers.find((layer) => layer.name.startsWith(name))?.executed
    expect(executed('conv1')).toBe('int8')
    expect(executed('conv2')).toBe('fp32')
  })

  it('gives a kept layer its bias back to the bit', () => {
    const anyBias = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) })
    fc.assert(
      fc.property(
        fc.array(
          anyBias.filter((x) => x === 0 || Math.abs(x) > 1e-30),
          { minLength: 2, maxLength: 2 }
        ),
        (list) => {
          const model = smallNetwork()
          const bias = makeTensor('b2', { type: 'float32', dims: [2], data: Float32Array.from(list) })
          model.graph.initializer = model.graph.initializer.map((tensor) => (tensor.name === 'b2' ? bias : tensor))
          insertQdq(model, place(model, 'cpu', new Set([nodeNamed(model, 'conv2')])), SMALL_RANGES, {
            reduceRange: false
          })
          const [codes, scales] = [constant(model, 'b2_quantized'), constant(model, 'b2_scale')]
          expect(codes.map((code, i) => Math.fround(Math.fround(code) * scales[i]))).toEqual(list.map((x) => x + 0))
        }
      )
    )
  })
})
