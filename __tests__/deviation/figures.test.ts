import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { SampleStream } from '../../src/dataset/index.js'
import { describeLayers } from '../../src/deviation/index.js'
import { makeNode, makeTensor, type NodeProto, type TensorProto } from '../../src/model/index.js'
import type { LayerResult } from '../../src/result.js'
import { bytes, Folder, npy } from '../dataset/files.js'
import { makeModel, writeModel } from '../model/helpers.js'
import { deviations, layersOf, tensorStream } from './compare.js'

interface Expected {
  readonly elements: number
  readonly sqnrDb: number
  readonly cosine: number
  readonly maxAbs: number
  readonly meanAbs: number
  readonly range: readonly [number, number]
  readonly relErrorCount: Readonly<Record<string, number>>
  readonly zeroedRatio: number
  readonly saturatedRatio?: number
  readonly channels: readonly { readonly sqnrDb: number; readonly maxAbs: number }[]
}

const fixtures = resolve('__fixtures__', 'deviation')
/** Made by script/references/layer_figures.py: the same tensors, computed with NumPy. */
const numpy = JSON.parse(readFileSync(resolve(fixtures, 'figures.json'), 'utf8')) as {
  readonly channels: number
  readonly scale: number
  readonly zeroPoint: number
  readonly float: Expected
  readonly codes: Expected
}
const C = numpy.channels
const DIMS = [3 * C, 13, 11]

const folder = new Folder()
afterAll(() => folder.remove())

/** A layer that puts out the part-th of the three tensors that a sample holds. */
function part(index: number): { nodes: NodeProto[]; initializers: TensorProto[] } {
  const integers = (name: string, value: number) =>
    makeTensor(name, { type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(value)) })
  return {
    nodes: [
      makeNode('Slice', ['images', 'from', 'to', 'axis'], [`part${index}`], { name: 'slice' }),
      makeNode('Add', [`part${index}`, 'zero'], ['t'], { name: 'layer' })
    ],
    initializers: [
      integers('from', index * C),
      integers('to', (index + 1) * C),
      integers('axis', 1),
      makeTensor('zero', { type: 'float32', dims: [], data: new Float32Array(1) })
    ]
  }
}

function writeLayer(
  name: string,
  index: number,
  outputs: string[],
  more: Partial<ReturnType<typeof part>> = {}
): string {
  const { nodes, initializers } = part(index)
  const model = makeModel({
    inputs: { images: ['n', ...DIMS] },
    outputs,
    nodes: [...nodes, ...(more.nodes ?? [])],
    initializers: [...initializers, ...(more.initializers ?? [])]
  })
  writeModel(folder.at(name), model)
  return folder.at(name)
}

let reference: string
let variants: { float: string; codes: string }
let images: SampleStream
beforeAll(async () => {
  images = await tensorStream(resolve(fixtures, 'tensors.npy'), DIMS)
  reference = writeLayer('reference.onnx', 0, ['t'])
  variants = {
    float: writeLayer('float.onnx', 1, ['t']),
    codes: writeLayer('codes.onnx', 2, ['y'], {
      nodes: [
        makeNode('QuantizeLinear', ['t', 'scale', 'zero_point'], ['q'], { name: 'quantize' }),
        makeNode('DequantizeLinear', ['q', 'scale', 'zero_point'], ['y'], { name: 'dequantize' })
      ],
      initializers: [
        makeTensor('scale', { type: 'float32', dims: [], data: Float32Array.of(numpy.scale) }),
        makeTensor('zero_point', { type: 'uint8', dims: [], data: Uint8Array.of(numpy.zeroPoint) })
      ]
    })
  }
})

function expectClose(actual: number | null | undefined, expected: number, what: string): void {
  const error = Math.abs((actual ?? NaN) - expected) / Math.max(Math.abs(expected), 1e-12)
  expect([what, actual, error <= 1e-6]).toEqual([what, actual, true])
}

/** As noise over signal: near 0 dB a relative error of the decibels says nothing. */
function expectSameNoise(actual: number | null | undefined, expected: number, what: string): void {
  expectClose(actual === null || actual === undefined ? actual : 10 ** (-actual / 10), 10 ** (-expected / 10), what)
}

/** In the kernel, which is what happens on the CPU, and in the graph, as for GPUs. */
const WAYS = [
  { kind: 'float', statistics: undefined },
  { kind: 'codes', statistics: undefined },
  { kind: 'float', statistics: 'graph' },
  { kind: 'codes', statistics: 'graph' }
] as const

describe.each(WAYS)('the figures of a layer ($kind, statistics: $statistics)', ({ kind, statistics }) => {
  const expected = numpy[kind]
  let layer: LayerResult

  beforeAll(async () => {
    const layers = await layersOf({ reference, variant: variants[kind], images, folder: folder.path, statistics })
    layer = layers[0]
  })

  it("are NumPy's on the same tensors, to one in a million", () => {
    expect(layer).toMatchObject({ name: 'layer', op: 'Add', tensor: 't', elements: expected.elements })
    expectSameNoise(layer.sqnrDb, expected.sqnrDb, 'SQNR')
    expectClose(layer.cosine, expected.cosine, 'cosine')
    expectClose(layer.maxAbs, expected.maxAbs, 'max |error|')
    expectClose(layer.meanAbs, expected.meanAbs, 'mean |error|')
    expectClose(layer.range?.[0], expected.range[0], 'min')
    expectClose(layer.range?.[1], expected.range[1], 'max')
    expectClose(layer.zeroedRatio, expected.zeroedRatio, 'zeroed')
    expect(layer.saturatedRatio).toBe(expected.saturatedRatio)
    // nothing lies before the layer, so that it adds all of its error
    expectSameNoise(layer.introduced?.sqnrDb, expected.sqnrDb, 'SQNR by itself')
    expect(layer.introduced?.share).toBeCloseTo(1, 6)
  })

  it.each(Object.entries(expected.relErrorCount))('count deviating values with the floor %s', async (floor, count) => {
    const [found] = await layersOf({
      reference,
      variant: variants[kind],
      images,
      folder: folder.path,
      floor: Number(floor),
      statistics
    })
    expect(found.relErrorCount).toBe(count)
    expect(found.deviationRatio).toBe(count / expected.elements)
  })

  it('are kept channel by channel, the most suspicious first', () => {
    expect(layer.channels?.length).toBe(4)
    for (const { channel, sqnrDb, maxAbs } of layer.channels ?? []) {
      expectSameNoise(sqnrDb, expected.channels[channel].sqnrDb, `SQNR of channel ${channel}`)
      expectClose(maxAbs, expected.channels[channel].maxAbs, `error of channel ${channel}`)
    }
    // channel 4 of the float variant is gone
    if (kind === 'float') expect(layer.channels?.[1].channel).toBe(4)
  })
})

describe('values that are no numbers', () => {
  it.each([undefined, 'graph'] as const)(
    'are counted, deviate, and leave no finite figure (%s)',
    async (statistics) => {
      const data = Float32Array.from({ length: 2 * 3 * C * 13 * 11 }, (_, i) => 1 + (i % 13))
      const half = C * 13 * 11
      data[half + 5] = NaN
      data[half + 700] = Infinity
      data[half + 701] = -Infinity
      folder.write({ 'broken.npy': npy('<f4', [2, ...DIMS], bytes(data)) })
      const broken = await tensorStream(folder.at('broken.npy'), DIMS)
      const same = writeLayer('same.onnx', 1, ['t'])
      const found = await deviations({ reference, variant: same, images: broken, folder: folder.path, statistics })
      const [layer] = describeLayers(found, [])
      expect(layer).toMatchObject({
        nonFinite: { nan: 1, infinite: 2 },
        sqnrDb: null,
        maxAbs: null,
        meanAbs: null,
        cosine: null
      })
      expect(layer.introduced?.rank).toBe(1)
      const clean = await layersOf({
        reference,
        variant: same,
        images: broken.select([1]),
        folder: folder.path,
        statistics
      })
      expect(layer.relErrorCount).toBe(2 * clean[0].relErrorCount + 3)
      expect(clean[0].nonFinite).toBeUndefined()
    }
  )
})
