import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { join } from 'node:path'
import { RuntimeError } from '../../src/errors.js'
import { inMemory, loadModel } from '../../src/model/index.js'
import { loadRuntime, type Runtime, type Session } from '../../src/runtime/index.js'
import type { Tensor } from '../../src/tensor.js'
import { floats, REFERENCE_MODELS, scratchFolder, tinyModel } from './models.js'

const options = { provider: 'cpu', threads: 1 } as const
const scratch = scratchFolder()
let runtime: Runtime
beforeAll(async () => {
  runtime = await loadRuntime()
})
afterAll(() => scratch.remove())

async function open(file: string, prepared: boolean): Promise<Session> {
  const model = await loadModel(file, { workspace: join(file, '..') })
  if (prepared) await runtime.prepareFill(model.graph)
  return runtime.createSessionInMemory('filled', inMemory(model), options)
}

describe.each([true, false])('filling tensors (graph prepared for it: %s)', (prepared) => {
  it('writes what a run returns, into memory that others share', async () => {
    const file = join(REFERENCE_MODELS, 'fp32.onnx')
    const [filled, plain] = [await open(file, prepared), await runtime.createSession(file, options)]
    const x = floats([2, 3, 8, 8], (i) => Math.sin(i))
    const memory = new Float32Array(100).fill(7)
    const y: Tensor = { type: 'float32', dims: [2, 10], data: memory.subarray(40, 60) }
    await filled.fill({ x }, { y })
    expect([...y.data]).toEqual([...(await plain.run({ x })).y.data])
    expect([memory[39], memory[60]]).toEqual([7, 7])
    // The array stays its owner's, and is written again.
    await filled.fill({ x: floats([2, 3, 8, 8], (i) => Math.cos(i)) }, { y })
    expect(y.data[0]).not.toBe((await plain.run({ x })).y.data[0])
    await filled.release()
    await plain.release()
  })

  it('is an error where the tensor has another shape', async () => {
    const session = await open(scratch.write('relu.onnx', tinyModel({ op: 'Relu' })), prepared)
    const y: Tensor = { type: 'float32', dims: [3, 4], data: new Float32Array(12) }
    await expect(session.fill({ x: floats([2, 4], (i) => i) }, { y })).rejects.toThrow(RuntimeError)
    await session.release()
  })

  it('is an error where the input is wrong', async () => {
    const session = await open(scratch.write('relu.onnx', tinyModel({ op: 'Relu' })), prepared)
    const y: Tensor = { type: 'float32', dims: [2, 4], data: new Float32Array(8) }
    await expect(session.fill({ z: floats([2, 4], (i) => i) }, { y })).rejects.toThrow(/has no input "z"/)
    await session.release()
  })
})

it('a prepared graph returns nothing with the onnxruntime-node of this repository', async () => {
  const file = join(REFERENCE_MODELS, 'fp32.onnx')
  const [prepared, plain] = [await open(file, true), await open(file, false)]
  expect(prepared.outputs.length).toBe(plain.outputs.length + 1)
  await prepared.release()
  await plain.release()
})
