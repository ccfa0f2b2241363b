import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { GateError } from '../../src/errors.js'
import { loadRuntime, type Runtime } from '../../src/runtime/index.js'
import { float32ToFloat16 } from '../../src/model/index.js'
import type { Tensor } from '../../src/tensor.js'
import { floats, REFERENCE_MODELS, scratchFolder, tinyModel, type TinyModel } from './models.js'

const options = { provider: 'cpu', threads: 1 } as const
const scratch = scratchFolder()
let runtime: Runtime
beforeAll(async () => {
  runtime = await loadRuntime()
})
afterAll(() => scratch.remove())

async function failure(action: () => Promise<unknown>): Promise<GateError> {
  const error: unknown = await action().then(
    () => undefined,
    (reason: unknown) => reason
  )
  expect(error).toBeInstanceOf(GateError)
  return error as GateError
}

describe('a session', () => {
  it('names its inputs and outputs with types and dimensions', async () => {
    const session = await runtime.createSession(join(REFERENCE_MODELS, 'fp32.onnx'), options)
    expect(session.inputs).toEqual([{ name: 'x', type: 'float32', dims: ['batch', 3, 8, 8] }])
    expect(session.outputs).toEqual([{ name: 'y', type: 'float32', dims: ['batch', 10] }])
    await session.release()
  })

  it('computes, and copies out only what is fetched', async () => {
    const session = await runtime.createSession(scratch.write('relu.onnx', tinyModel({ op: 'Relu' })), options)
    const { y, ...others } = await session.run({ x: floats([2, 4], (i) => i - 3) }, ['y'])
    expect(y).toEqual({ type: 'float32', dims: [2, 4], data: Float32Array.of(0, 0, 0, 0, 1, 2, 3, 4) })
    expect(others).toEqual({})
    await session.release()
  })

  it('reads a tensor that is a view into a larger buffer', async () => {
    const session = await runtime.createSession(scratch.write('relu.onnx', tinyModel({ op: 'Relu' })), options)
    const view = Float32Array.from({ length: 12 }, (_, i) => i).subarray(5, 9)
    const { y } = await session.run({ x: { type: 'float32', dims: [1, 4], data: view } })
    expect(y?.data).toEqual(Float32Array.of(5, 6, 7, 8))
    await session.release()
  })

  const cases: [number, Tensor][] = [
    [1, floats([1, 4], (i) => i - 1.5)],
    [11, { type: 'float64', dims: [1, 4], data: Float64Array.of(-1e300, 0, 1, 1 / 3) }],
    [10, { type: 'float16', dims: [1, 4], data: float32ToFloat16(Float32Array.of(0.1, -2, 65504, 6e-8)) }],
    [2, { type: 'uint8', dims: [1, 4], data: Uint8Array.of(0, 1, 128, 255) }],
    [3, { type: 'int8', dims: [1, 4], data: Int8Array.of(-128, -1, 0, 127) }],
    [6, { type: 'int32', dims: [1, 4], data: Int32Array.of(-(2 ** 31), -1, 0, 2 ** 31 - 1) }],
    [7, { type: 'int64', dims: [1, 4], data: BigInt64Array.of(-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n) }],
    [13, { type: 'uint64', dims: [1, 4], data: BigUint64Array.of(0n, 1n, 2n ** 63n, 2n ** 64n - 1n) }],
    [9, { type: 'bool', dims: [1, 4], data: Uint8Array.of(0, 1, 1, 0) }]
  ]
  it.each(cases.map(([type, tensor]) => [tensor.type, type, tensor] as const))(
    'passes %s through unchanged',
    async (name, type, tensor) => {
      const file = scratch.write(`identity-${name}.onnx`, tinyModel({ op: 'Identity', type }))
      const session = await runtime.createSession(file, options)
      expect(session.inputs[0]?.type).toBe(name)
      expect((await session.run({ x: tensor })).y).toEqual(tensor)
      await session.release()
    }
  )

  it.each([
    [
      'another shape',
      { x: floats([1, 3, 4, 8]) },
      'input "x" of fp32.onnx expects float32 [batch,3,8,8], but was given float32 [1,3,4,8]'
    ],
    ['another rank', { x: floats([3, 8, 8]) }, 'expects float32 [batch,3,8,8], but was given float32 [3,8,8]'],
    [
      'another type',
      { x: { type: 'uint8', dims: [1, 3, 8, 8], data: new Uint8Array(192) } },
      'but was given uint8 [1,3,8,8]'
    ],
    [
      'too few values',
      { x: { type: 'float32', dims: [1, 3, 8, 8], data: new Float32Array(5) } },
      '5 values do not fill float32 [1,3,8,8]'
    ],
    ['no value', {}, 'needs the input "x"'],
    ['an input that is not there', { x: floats([1, 3, 8, 8]), z: floats([1]) }, 'has no input "z" (it has "x")']
  ] satisfies [string, Record<string, Tensor>, string][])('refuses %s', async (_case, feeds, message) => {
    const session = await runtime.createSession(join(REFERENCE_MODELS, 'fp32.onnx'), options)
    expect((await failure(() => session.run(feeds as Record<string, Tensor>))).message).toContain(message)
    await session.release()
  })

  it('refuses to fetch an output that is not there', async () => {
    const session = await runtime.createSession(join(REFERENCE_MODELS, 'fp32.onnx'), options)
    const error = await failure(() => session.run({ x: floats([1, 3, 8, 8]) }, ['z']))
    expect(error).toMatchObject({ message: 'fp32.onnx has no output "z"', exitCode: 3 })
    await session.release()
  })
})

describe('memory', () => {
  it('of results is returned while thousands of runs go on', async () => {
    const session = await runtime.createSession(scratch.write('relu.onnx', tinyModel({ op: 'Relu' })), options)
    const x = floats([2 ** 16, 4])
    let most = 0
    for (let i = 0; i < 2000; i++) {
      await session.run({ x })
      most = Math.max(most, process.memoryUsage().arrayBuffers)
    }
    await session.release()
    // 2,000 results are 2 GiB.
    expect(most).toBeLessThan(256 * 2 ** 20)
  })
})

describe('a model that cannot be loaded', () => {
  const broken: [string, TinyModel, string][] = [
    [
      'custom-domain',
      { op: 'Magic', domain: 'acme', imports: [{ domain: 'acme', version: 1n }] },
      'uses the operator Magic of the domain "acme", which ONNX Runtime does not know'
    ],
    ['no-import', { op: 'Magic', domain: 'acme' }, 'uses operators of the domain "acme" without importing it'],
    ['unknown-op', { op: 'Magic' }, 'uses the operator Magic, which opset 17 does not have'],
    ['new-opset', { op: 'Relu', opset: 99n }, 'uses opset 99 of ai.onnx; this runtime knows up to '],
    ['new-ir', { op: 'Relu', irVersion: 99n }, 'has IR version 99; this runtime reads up to '],
    ['no-kernel', { op: 'Mod', inputs: ['x', 'x'], type: 16 }, 'no kernel for Mod (opset 13) of node "only"'],
    [
      'dangling',
      { op: 'Relu', inputs: ['q'] },
      "is not a valid model: Invalid model. Node input 'q' is not a graph input"
    ],
    [
      'bfloat16',
      { op: 'Cast', attributes: { to: 16 }, outputType: 16 },
      'has an input or output of ONNX element type 16 (bfloat16)'
    ],
    [
      'no-data',
      {
        op: 'MatMul',
        inputs: ['x', 'w'],
        initializers: [{ name: 'w', dataType: 1, dims: [4, 300], location: 'gone.data' }]
      },
      'gone.data, which does not exist'
    ],
    [
      'short-data',
      {
        op: 'MatMul',
        inputs: ['x', 'w'],
        initializers: [{ name: 'w', dataType: 1, dims: [4, 300], location: 'short.data' }]
      },
      'its external data file is cut short (3 bytes, a weight needs 4800 at offset 0)'
    ],
    [
      'escaping-data',
      {
        op: 'MatMul',
        inputs: ['x', 'w'],
        initializers: [{ name: 'w', dataType: 1, dims: [4, 300], location: '../../etc/passwd' }]
      },
      'its external data cannot be read'
    ]
  ]
  it.each(broken)('is named with the reason: %s', async (name, model, message) => {
    scratch.write('short.data', 'abc')
    const file = scratch.write(`${name}.onnx`, tinyModel(model))
    const error = await failure(() => runtime.createSession(file, options))
    expect(error.message).toContain(`${name}.onnx`)
    expect(error.message).toContain(message)
    expect(error.message).not.toMatch(/onnxruntime_src|\n/)
    expect(error.exitCode).toBe(3)
    expect(error.hint).toBeTruthy()
  })

  it('is recognized as cut short, empty, missing, a folder or another kind of file', async () => {
    const whole = tinyModel({
      op: 'MatMul',
      inputs: ['x', 'w'],
      initializers: [{ name: 'w', dataType: 1, dims: [4, 4], rawData: new Uint8Array(64) }]
    })
    const files = {
      'cut.onnx': scratch.write('cut.onnx', whole.subarray(0, 80)),
      'empty.onnx': scratch.write('empty.onnx', ''),
      'text.onnx': scratch.write('text.onnx', 'not a model, only text\n'.repeat(20)),
      'gone.onnx': join(scratch.path, 'gone.onnx')
    }
    const messages = await Promise.all(
      Object.values(files).map(async (file) => (await failure(() => runtime.createSession(file, options))).message)
    )
    expect(messages[0]).toContain('cut short')
    expect(messages[1]).toContain('is empty')
    expect(messages[2]).toContain('a text file')
    expect(messages[3]).toContain('does not exist')
    expect((await failure(() => runtime.createSession(scratch.path, options))).message).toContain('is not a file')
  })
})

// Permissions do not bind root.
const asUser = process.getuid?.() === 0 ? describe.skip : describe
asUser('a model without read permission', () => {
  it('is named as such', async () => {
    const file = scratch.write('secret.onnx', tinyModel({ op: 'Relu' }))
    chmodSync(file, 0)
    expect((await failure(() => runtime.createSession(file, options))).message).toContain('permission denied')
  })
})

describe('a run that fails', () => {
  it('says how much memory was refused', async () => {
    const sizes = new Uint8Array(BigInt64Array.of(1n << 20n, 1n << 20n, 4n).buffer)
    const bytes = tinyModel({
      op: 'Expand',
      inputs: ['x', 's'],
      initializers: [{ name: 's', dataType: 7, dims: [3], rawData: sizes }]
    })
    const session = await runtime.createSession(scratch.write('huge.onnx', bytes), options)
    const error = await failure(() => session.run({ x: floats([1, 4]) }))
    expect(error.message).toBe('huge.onnx: out of memory (a buffer of 17592186044416 bytes was refused)')
    expect(error.hint).toContain('runtime.batch')
    await session.release()
  })

  it('names the node and the reason, without source files and signatures', async () => {
    const shape = new Uint8Array(BigInt64Array.of(3n, 5n).buffer)
    const bytes = tinyModel({
      op: 'Reshape',
      inputs: ['x', 's'],
      initializers: [{ name: 's', dataType: 7, dims: [2], rawData: shape }]
    })
    const session = await runtime.createSession(scratch.write('reshape.onnx', bytes), options)
    const error = await failure(() => session.run({ x: floats([1, 4]) }))
    expect(error.message).toContain('reshape.onnx cannot be run')
    expect(error.message).toContain("Name:'only'")
    expect(error.message).toContain('Input shape:{1,4}, requested shape:{3,5}')
    expect(error.message).not.toContain('onnxruntime_src')
    await session.release()
  })
})
