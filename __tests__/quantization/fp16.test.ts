import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { makeNode, makeTensor, tensorData, type OnnxModel } from '../../src/model/index.js'
import { convertToFp16, emulateFp16, Fp16Plan } from '../../src/quantization/fp16/index.js'
import { exposeTensors } from '../../src/quantization/instrument.js'
import { makeModel, run, temporaryFolder, writeModel } from '../model/helpers.js'
import { floatValues } from './tiny.js'

const folder = temporaryFolder()
afterAll(() => folder.remove())

type Encoded = readonly (number | null | 'inf' | '-inf')[]
// Made by script/references/fp16.py with numpy.
const reference = JSON.parse(readFileSync('__fixtures__/quantization/fp16.json', 'utf8')) as {
  readonly gains: Readonly<Record<string, Readonly<Record<string, Encoded>>>>
}
const decode = (values: Encoded) =>
  values.map((v) => (v === null ? NaN : v === 'inf' ? Infinity : v === '-inf' ? -Infinity : v))

const array = (length: number, value: (i: number) => number) => Float32Array.from({ length }, (_, i) => value(i))
const tensor = (name: string, dims: readonly number[], data: Float32Array) =>
  makeTensor(name, { type: 'float32', dims, data })

/** The network of the reference: 1x1 convolutions whose first multiplies by `gain` and whose second divides by it. */
function network(gain: number): OnnxModel {
  const g = Math.fround(gain)
  return makeModel({
    inputs: { x: [1, 3, 4, 4] },
    outputs: ['y'],
    nodes: [
      makeNode('Conv', ['x', 'w1', 'b1'], ['c1'], { name: 'conv1' }),
      makeNode('Relu', ['c1'], ['r1'], { name: 'relu1' }),
      makeNode('Conv', ['r1', 'w2', 'b2'], ['c2'], { name: 'conv2' }),
      makeNode('Add', ['c2', 'r1'], ['a1'], { name: 'add1' }),
      makeNode('Flatten', ['a1'], ['f1'], { name: 'flatten1' }),
      makeNode('Gemm', ['f1', 'w3'], ['y'], { name: 'gemm1', attributes: { transB: { int: 1 } } })
    ],
    initializers: [
      tensor(
        'w1',
        [4, 3, 1, 1],
        array(12, (i) => Math.fround(Math.cos(i)) * g)
      ),
      tensor(
        'b1',
        [4],
        array(4, (i) => 0.1 * i)
      ),
      tensor(
        'w2',
        [4, 4, 1, 1],
        array(16, (i) => Math.fround(Math.sin(i * 0.7)) / g)
      ),
      tensor(
        'b2',
        [4],
        array(4, () => 0.001)
      ),
      tensor(
        'w3',
        [2, 64],
        array(128, (i) => Math.sin(i * 0.3))
      )
    ]
  })
}

const image = { x: { type: 'float32' as const, dims: [1, 3, 4, 4], data: array(48, (i) => Math.sin(i) * 3) } }

function planOf(model: OnnxModel, keep: readonly string[] = []): Fp16Plan {
  return new Fp16Plan(model, floatValues(model), new Set(model.graph.node.filter(({ name }) => keep.includes(name))))
}

async function runModel(model: OnnxModel, name: string): Promise<Record<string, Float32Array>> {
  const file = join(folder.path, `${name}.onnx`)
  writeModel(file, model)
  const outputs = await run(file, image)
  return Object.fromEntries(Object.entries(outputs).map(([key, { data }]) => [key, data as Float32Array]))
}

describe('FP16 emulation', () => {
  it.each(['1', '60000'])('rounds after every operator as numpy does (gain %s)', async (gain) => {
    const model = network(Number(gain))
    emulateFp16(planOf(model))
    exposeTensors(model, ['c1', 'c2', 'a1'])
    const outputs = await runModel(model, `emulated-${gain}`)
    for (const [name, values] of Object.entries(reference.gains[gain])) {
      const expected = decode(values)
      expected.forEach((value, i) => {
        const actual = outputs[name][i]
        if (!Number.isFinite(value)) expect(actual).toBe(value)
        // Sums in another order may round to the neighbouring float16: one unit in the last of 11 bits.
        else expect(Math.abs(actual - value)).toBeLessThanOrEqual(2 ** -10 * Math.max(Math.abs(value), 2 ** -14))
      })
    }
  })

  it('shows the overflow that ONNX Runtime hides when it computes the float16 model in float32', async () => {
    const [real, emulated] = [network(60000), network(60000)]
    convertToFp16(planOf(real))
    emulateFp16(planOf(emulated))
    expect([...(await runModel(real, 'hidden')).y].every(Number.isFinite)).toBe(true)
    expect([...(await runModel(emulated, 'shown')).y].every(Number.isFinite)).toBe(false)
  })
})

describe('FP16 conversion', () => {
  it('keeps inputs and outputs in float32 and everything between in float16', async () => {
    const model = network(1)
    convertToFp16(planOf(model))
    const { graph } = model
    expect(
      graph.node.filter(({ opType }) => opType === 'Cast').map(({ input, output }) => [...input, ...output])
    ).toEqual([
      ['x', 'x_fp16'],
      ['y_fp16', 'y']
    ])
    expect(graph.initializer.every((initializer) => tensorData(model, initializer).type === 'float16')).toBe(true)
    const { y } = await runModel(model, 'real')
    decode(reference.gains['1'].y).forEach((value, i) => expect(y[i]).toBeCloseTo(value, 1))
  })

  it('puts casts around kept layers and leaves their weights in float32', async () => {
    const model = network(1)
    convertToFp16(planOf(model, ['conv2']))
    const conv = model.graph.node.find(({ name }) => name === 'conv2')
    expect(conv?.input).toEqual(['r1_fp32', 'w2', 'b2'])
    const { y } = await runModel(model, 'kept')
    decode(reference.gains['1'].y).forEach((value, i) => expect(y[i]).toBeCloseTo(value, 1))
  })

  it('puts casts around operators without a float16 form', async () => {
    const model = makeModel({
      inputs: { x: [1, 3, 4, 4] },
      outputs: ['y'],
      nodes: [
        makeNode('Relu', ['x'], ['r'], { name: 'relu' }),
        makeNode('CumSum', ['r', 'axis'], ['s'], { name: 'cumsum' }),
        makeNode('Neg', ['s'], ['y'], { name: 'neg' })
      ],
      initializers: [makeTensor('axis', { type: 'int64', dims: [], data: BigInt64Array.of(3n) })]
    })
    convertToFp16(planOf(model))
    expect(model.graph.node.find(({ name }) => name === 'cumsum')?.input).toEqual(['r_fp32', 'axis'])
    const { y } = await runModel(model, 'blocked')
    expect(y).toHaveLength(48)
  })

  it('converts constants made inside the graph', async () => {
    const model = makeModel({
      inputs: { x: [1, 3, 4, 4] },
      outputs: ['y'],
      nodes: [
        makeNode('Constant', [], ['k'], {
          name: 'k',
          attributes: { value: { tensor: tensor('', [1], Float32Array.of(0.5)) } }
        }),
        makeNode('Constant', [], ['h'], { name: 'h', attributes: { value_float: { float: 2 } } }),
        makeNode('Mul', ['x', 'k'], ['m'], { name: 'mul' }),
        makeNode('Add', ['m', 'h'], ['y'], { name: 'add' })
      ]
    })
    convertToFp16(planOf(model))
    const { y } = await runModel(model, 'constants')
    expect(y[1]).toBeCloseTo(Math.sin(1) * 1.5 + 2, 2)
  })

  it('leaves what decides the size of a tensor in float32, where 1.1 is not 1.0996', async () => {
    const scales = tensor('', [4], Float32Array.of(1, 1, 1.1, 1.1))
    const target = 300
    const model = makeModel({
      inputs: { x: [1, 3, 4, 4] },
      outputs: ['y'],
      nodes: [
        makeNode('Pad', ['x', 'pads'], ['p'], { name: 'pad' }),
        makeNode('Constant', [], ['k'], { name: 'k', attributes: { value: { tensor: scales } } }),
        makeNode('Resize', ['p', '', 'k'], ['r'], { name: 'fixed' }),
        makeNode('Shape', ['r'], ['s'], { name: 'shape' }),
        makeNode('Cast', ['s'], ['f'], { name: 'cast', attributes: { to: { int: 1 } } }),
        makeNode('Div', ['sizes', 'f'], ['ratio'], { name: 'div' }),
        makeNode('Resize', ['r', '', 'ratio'], ['y'], { name: 'computed' })
      ],
      initializers: [
        makeTensor('pads', { type: 'int64', dims: [8], data: BigInt64Array.of(0n, 0n, 6n, 6n, 0n, 0n, 0n, 0n) }),
        tensor('sizes', [4], Float32Array.of(1, 3, target, target))
      ]
    })
    const values = new Map(floatValues(model)).set('s', { name: 's', type: 'int64', dims: [4] })
    convertToFp16(new Fp16Plan(model, values, new Set()))
    const inputs = (node: string) => model.graph.node.find(({ name }) => name === node)?.input
    expect(inputs('fixed')?.slice(1)).toEqual(['', 'k'])
    expect(inputs('div')).toEqual(['sizes', 'f'])
    expect(inputs('computed')?.slice(1)).toEqual(['', 'ratio'])
    const { y } = await runModel(model, 'sizes')
    expect(y).toHaveLength(3 * target ** 2)
  })

  it('counts weights that overflow or vanish and clamps none', () => {
    const model = makeModel({
      inputs: { x: [1, 1, 1, 4] },
      nodes: [makeNode('Mul', ['x', 'w'], ['y'], { name: 'mul' })],
      initializers: [tensor('w', [4], Float32Array.of(70000, 1e-9, 3e-6, 1))]
    })
    const losses = convertToFp16(planOf(model))
    expect(losses).toEqual([{ tensor: 'w', elements: 4, overflowed: 1, flushed: 1, subnormal: 1 }])
    const [half] = model.graph.initializer
    expect([...(tensorData(model, half).data as Uint16Array)]).toEqual([0x7c00, 0, 50, 0x3c00])
  })
})
