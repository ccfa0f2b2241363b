import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countExecuted, loadRuntime, type ExecutedLayer, type Runtime } from '../../src/runtime/index.js'
import { parseProfile } from '../../src/runtime/profile.js'
import { sharedFixtures } from '../fixtures.js'
import { floats, REFERENCE_MODELS, scratchFolder, tinyModel } from './models.js'

type Row = readonly [name: string, op: string, inputType: string]
const python = JSON.parse(readFileSync(join(REFERENCE_MODELS, 'executed.json'), 'utf8')) as Record<
  string,
  readonly Row[]
>
const options = { provider: 'cpu', threads: 1 } as const
const MOVES_DATA = [
  'QuantizeLinear',
  'DequantizeLinear',
  'Cast',
  'ReorderInput',
  'ReorderOutput',
  'Transpose',
  'Flatten'
]

const scratch = scratchFolder()
afterAll(() => scratch.remove())
let runtime: Runtime
beforeAll(async () => {
  runtime = await loadRuntime()
})

function executed(name: string): Promise<readonly ExecutedLayer[]> {
  return runtime.executedLayers(join(REFERENCE_MODELS, `${name}.onnx`), { x: floats([1, 3, 8, 8]) }, options)
}

// Which kernels exist, and how layers fuse, differs on arm64; the reference was made on x64.
const onX64 = process.arch === 'x64' ? describe : describe.skip

onX64('layers and what they executed in', () => {
  it.each(Object.keys(python).filter((key) => key !== 'onnxruntime'))(
    'lists the same kernels for %s as the profiler of the Python package',
    async (name) => {
      const layers = await executed(name)
      const expected = python[name].filter(([, op]) => !MOVES_DATA.includes(op))
      expect(layers.map((layer) => [layer.name, layer.op])).toEqual(expected.map(([node, op]) => [node, op]))
      const eightBit = expected.filter(([, , type]) => type === 'uint8' || type === 'int8')
      expect(countExecuted(layers).int8).toBe(eightBit.length)
    }
  )

  it('counts an FP32 network as FP32', async () => {
    expect(countExecuted(await executed('fp32'))).toEqual({ int8: 0, fp16: 0, fp32: 6, simulated: 0 })
  })

  it('counts a network with asymmetric unsigned activations as INT8 throughout', async () => {
    expect(countExecuted(await executed('u8s8'))).toEqual({ int8: 8, fp16: 0, fp32: 0, simulated: 0 })
  })

  it('counts as simulated what a symmetric signed network computes in float between Q and DQ', async () => {
    const simulated = (await executed('s8s8')).filter((layer) => layer.executed === 'simulated')
    expect(simulated.map(({ name }) => name)).toEqual(['relu1', 'conv2', 'add2'])
  })

  it('finds the surroundings of nodes without names as well', async () => {
    const simulated = (await executed('s8s8-unnamed')).filter((layer) => layer.executed === 'simulated')
    expect(simulated.map(({ op }) => op)).toEqual(['Relu', 'Conv', 'Add'])
  })

  it('shows that a layer left in float was quantized by ONNX Runtime, and that one before the output was not', async () => {
    const layers = await executed('u8s8-kept')
    expect(layers.find(({ name }) => name.startsWith('conv3'))).toMatchObject({ op: 'QLinearConv', executed: 'int8' })
    expect(layers.find(({ name }) => name === 'fc')).toMatchObject({ op: 'Gemm', executed: 'fp32' })
  })

  it('calls an FP16 model on this processor FP32, which is what it computes', async () => {
    expect(countExecuted(await executed('fp16'))).toEqual({ int8: 0, fp16: 0, fp32: 6, simulated: 0 })
  })

  it('counts every layer of an FP16 emulation as simulated', async () => {
    expect(countExecuted(await executed('fp16-emulated'))).toEqual({ int8: 0, fp16: 0, fp32: 0, simulated: 9 })
  })

  it('calls a kernel that reads float16 FP16', async () => {
    const file = scratch.write('max.onnx', tinyModel({ op: 'Max', inputs: ['x', 'x'], type: 10 }))
    const x = { type: 'float16', dims: [1, 4], data: new Uint16Array(4) } as const
    expect(await runtime.executedLayers(file, { x }, options)).toEqual([
      { name: 'only', op: 'Max', provider: 'CPUExecutionProvider', executed: 'fp16', outputs: ['y'] }
    ])
  })

  it('does not count arithmetic on shapes and indices', async () => {
    const file = scratch.write('add.onnx', tinyModel({ op: 'Add', inputs: ['x', 'x'], type: 7 }))
    const x = { type: 'int64', dims: [1, 4], data: new BigInt64Array(4) } as const
    expect(await runtime.executedLayers(file, { x }, options)).toEqual([])
  })

  it('are told by the first run of a session that goes on, the same as by a session of their own', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('precision-gate-'))
    const file = join(REFERENCE_MODELS, 'u8s8-kept.onnx')
    const session = await runtime.createProfiledSession(file, options)
    const x = floats([2, 3, 8, 8], (i) => Math.sin(i))
    const first = await session.run({ x }, ['y'])
    const { layers, nodes } = await session.endProfile()
    expect(layers).toEqual(await executed('u8s8-kept'))
    expect(nodes.length).toBeGreaterThanOrEqual(layers?.length ?? 0)
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('precision-gate-'))).toEqual(before)
    expect(await session.run({ x }, ['y'])).toEqual(first)
    await session.release()
  })

  it('leave no temporary files where the profile is not asked for', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('precision-gate-'))
    const session = await runtime.createProfiledSession(join(REFERENCE_MODELS, 'fp32.onnx'), options)
    await session.release()
    await expect(runtime.createProfiledSession(scratch.write('no.onnx', new Uint8Array(9)), options)).rejects.toThrow()
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('precision-gate-'))).toEqual(before)
  })

  it('leaves no temporary files', async () => {
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('precision-gate-'))
    const before = folders()
    await executed('fp32')
    expect(folders()).toEqual(before)
  })
})

describe('a profile', () => {
  const event = (index: number, name = 'conv') => ({
    cat: 'Node',
    name: `${name}_kernel_time`,
    args: {
      op_name: 'Conv',
      provider: 'CPUExecutionProvider',
      node_index: `${index}`,
      input_type_shape: [{ float: [1] }]
    }
  })

  it('names a node in a loop once, however often it ran', () => {
    const kernels = parseProfile(JSON.stringify([event(1), event(2, 'other'), event(1), event(1)]), 'm.onnx')
    expect(kernels.map(({ name }) => name)).toEqual(['conv', 'other'])
  })

  it('is refused where it is cut short or names no kernel', () => {
    const text = JSON.stringify([event(1)])
    expect(() => parseProfile(text.slice(0, -2), 'm.onnx')).toThrow('the profile of m.onnx cannot be read')
    expect(() => parseProfile('[]', 'm.onnx')).toThrow('the profile of m.onnx names no kernel')
  })
})

const onFixtures = sharedFixtures === undefined ? describe.skip : describe
onFixtures('layers of a trained network', () => {
  it('finds every convolution of a residual network in FP32', async () => {
    const model = join(sharedFixtures!, 'own/models/classify-resnet14.onnx')
    const layers = await runtime.executedLayers(model, { images: floats([1, 3, 32, 32]) }, options)
    expect(layers.filter(({ op }) => op === 'Conv')).toHaveLength(15)
    expect(countExecuted(layers)).toEqual({ int8: 0, fp16: 0, fp32: 17, simulated: 0 })
  })
})
