import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { FileError, RuntimeError } from '../../src/errors.js'
import { inMemory, loadModel, saveModel } from '../../src/model/index.js'
import { loadRuntime, type Runtime } from '../../src/runtime/index.js'
import { sharedFixtures } from '../fixtures.js'
import { floats, REFERENCE_MODELS, scratchFolder, tinyModel } from './models.js'

const scratch = scratchFolder()
const fp32 = join(REFERENCE_MODELS, 'fp32.onnx')
const options = { provider: 'cpu', threads: 1 } as const
let runtime: Runtime
beforeAll(async () => {
  runtime = await loadRuntime()
})
afterAll(() => scratch.remove())

async function logits(file: string, dims: readonly number[], input = 'x', output = 'y'): Promise<ArrayLike<number>> {
  const session = await runtime.createSession(file, options)
  const results = await session.run({ [input]: floats(dims, (i) => Math.sin(i)) })
  await session.release()
  return results[output].data as Float32Array
}

describe('inspect', () => {
  it('gives type and shape of every input and every output of a node', async () => {
    const values = await runtime.inspect(fp32)
    expect([...values.keys()].sort()).toEqual(['a2', 'c1', 'c2', 'c3', 'f3', 'g3', 'p2', 'r1', 's2', 'x', 'y'])
    expect(values.get('x')).toEqual({ name: 'x', type: 'float32', dims: ['batch', 3, 8, 8] })
    expect(values.get('p2')).toEqual({ name: 'p2', type: 'float32', dims: ['batch', 16, 4, 4] })
    expect(values.get('y')).toEqual({ name: 'y', type: 'float32', dims: ['batch', 10] })
  })

  it('sees the integers of a quantized model and the halves of an FP16 one', async () => {
    const quantized = await runtime.inspect(join(REFERENCE_MODELS, 'u8s8.onnx'))
    expect(quantized.get('r1_QuantizeLinear_Output')).toMatchObject({ type: 'uint8', dims: ['batch', 16, 8, 8] })
    const half = await runtime.inspect(join(REFERENCE_MODELS, 'fp16.onnx'))
    expect(half.get('c1')).toMatchObject({ type: 'float16' })
  })

  it('reads a model with external data from a folder that it writes nothing into', async () => {
    const folder = join(scratch.path, 'external')
    mkdirSync(folder)
    const file = join(folder, 'model.onnx')
    await saveModel(await loadModel(fp32, { workspace: REFERENCE_MODELS }), file, { externalDataThreshold: 0 })
    const before = readdirSync(folder)
    expect(before).toContain('model.onnx.data')
    expect((await runtime.inspect(file)).get('c3')).toMatchObject({ dims: ['batch', 16, 4, 4] })
    expect(readdirSync(folder)).toEqual(before)
  })

  it('names a file that is no model', async () => {
    const file = scratch.write('cut.onnx', tinyModel({ op: 'Relu' }).subarray(0, 20))
    await expect(runtime.inspect(file)).rejects.toThrow(FileError)
  })
})

describe('a model in memory', () => {
  it.each([
    ['inside its file', undefined],
    ['in a file of their own', 0]
  ])('computes what its file does, weights %s', async (_, externalDataThreshold) => {
    const folder = join(scratch.path, `memory-${externalDataThreshold}`)
    mkdirSync(folder)
    const file = join(folder, 'model.onnx')
    await saveModel(await loadModel(fp32, { workspace: REFERENCE_MODELS }), file, { externalDataThreshold })
    const model = inMemory(await loadModel(file, { workspace: folder }))
    expect(model.folder !== undefined || model.files.length > 0).toBe(true)
    const session = await runtime.createSessionInMemory('copy', model, { provider: 'cpu', threads: 1 })
    const { y } = await session.run({ x: floats([2, 3, 8, 8], (i) => Math.sin(i)) })
    await session.release()
    expect(y.data).toEqual(await logits(fp32, [2, 3, 8, 8]))
  })
})

describe('optimizeBasic', () => {
  it('keeps operators, domains, dimensions and results', async () => {
    const file = join(scratch.path, 'basic.onnx')
    await runtime.optimizeBasic(fp32, file)
    const { proto, graph } = await loadModel(file, { workspace: scratch.path })
    expect(proto.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([['', 17n]])
    expect(new Set(graph.node.map(({ opType }) => opType))).toEqual(
      new Set(['Conv', 'Relu', 'Add', 'Sigmoid', 'MaxPool', 'GlobalAveragePool', 'Flatten', 'Gemm'])
    )
    expect((await runtime.inspect(file)).get('y')?.dims).toEqual(['batch', 10])
    const [before, after] = [await logits(fp32, [3, 3, 8, 8]), await logits(file, [3, 3, 8, 8])]
    expect(after).toEqual(before)
  })

  it('leaves quantization as it is, and quantizes nothing by itself', async () => {
    const file = join(scratch.path, 'basic-kept.onnx')
    const source = join(REFERENCE_MODELS, 'u8s8-kept.onnx')
    await runtime.optimizeBasic(source, file)
    const count = async (path: string, op: string): Promise<number> =>
      (await loadModel(path, { workspace: '/' })).graph.node.filter(({ opType }) => opType === op).length
    expect(await count(file, 'QuantizeLinear')).toBe(await count(source, 'QuantizeLinear'))
    const { graph } = await loadModel(file, { workspace: scratch.path })
    const conv3 = graph.node.find(({ name }) => name === 'conv3')
    expect(graph.initializer.map(({ name }) => name)).toContain(conv3?.input[1])
  })

  it('refuses a model whose float16 operators would come back as float32', async () => {
    const file = join(scratch.path, 'basic-16.onnx')
    await expect(runtime.optimizeBasic(join(REFERENCE_MODELS, 'fp16.onnx'), file)).rejects.toThrow(RuntimeError)
    expect(existsSync(file)).toBe(false)
  })

  it('leaves nothing behind where the output cannot be written', async () => {
    const taken = join(scratch.path, 'taken', 'out.onnx')
    mkdirSync(taken, { recursive: true })
    await expect(runtime.optimizeBasic(fp32, taken)).rejects.toThrow('out.onnx')
    expect(readdirSync(join(scratch.path, 'taken'))).toEqual(['out.onnx'])
  })
})

const onFixtures = sharedFixtures === undefined ? describe.skip : describe
onFixtures('optimizeBasic on a trained network', () => {
  it('folds batch normalization, within rounding', async () => {
    const source = join(sharedFixtures!, 'own/models/segment-unet.onnx')
    const file = join(scratch.path, 'unet.onnx')
    await runtime.optimizeBasic(source, file)
    const { graph } = await loadModel(file, { workspace: scratch.path })
    expect(graph.node.filter(({ opType }) => opType === 'BatchNormalization')).toEqual([])
    const dims = [1, 3, 160, 160]
    const [before, after] = [
      await logits(source, dims, 'images', 'logits'),
      await logits(file, dims, 'images', 'logits')
    ]
    const worst = Array.from(before).reduce((max, x, i) => Math.max(max, Math.abs(x - after[i])), 0)
    expect(worst).toBeLessThan(1e-4)
  })
})
