import { create, toBinary } from '@bufbuild/protobuf'
import { WireType } from '@bufbuild/protobuf/wire'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  hashModel,
  loadModel,
  makeNode,
  makeTensor,
  saveModel,
  setAttribute,
  tensorData
} from '../../src/model/index.js'
import type { OnnxModel } from '../../src/model/index.js'
import { ModelProtoSchema, OperatorSetIdProtoSchema, ValueInfoProtoSchema } from '../../src/model/proto/onnx_pb.js'
import type { Tensor } from '../../src/tensor.js'
import { floats, makeModel, run, temporaryFolder, writeModel } from './helpers.js'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const at = (name: string): string => join(folder.path, name)
const load = (file: string): Promise<OnnxModel> => loadModel(file, { workspace: folder.path })

/** y = (x * a + b) reshaped: two large weights, one small. */
function network(): OnnxModel {
  const ramp = (scale: number): Tensor => ({
    type: 'float32',
    dims: [500],
    data: Float32Array.from({ length: 500 }, (_, index) => index * scale)
  })
  return makeModel({
    nodes: [
      makeNode('Mul', ['x', 'a'], ['m']),
      makeNode('Add', ['m', 'b'], ['s']),
      makeNode('Reshape', ['s', 'shape'], ['y'])
    ],
    inputs: { x: [500] },
    initializers: [
      makeTensor('a', ramp(0.5)),
      makeTensor('shape', { type: 'int64', dims: [2], data: BigInt64Array.of(20n, 25n) }),
      makeTensor('b', ramp(-3))
    ]
  })
}

const feed = { x: { type: 'float32', dims: [500], data: new Float32Array(500).fill(2) } } as const

describe('a saved model', () => {
  it('is the one that was loaded, fields unknown to this program included', async () => {
    const unknown = fc.record({ no: fc.integer({ min: 1000, max: 5000 }), bytes: fc.uint8Array({ maxLength: 20 }) })
    await fc.assert(
      fc.asyncProperty(unknown, fc.float({ noNaN: true }), fc.string(), async ({ no, bytes }, value, name) => {
        const field = { no, wireType: WireType.LengthDelimited, data: Uint8Array.of(bytes.length, ...bytes) }
        const model = makeModel({
          nodes: [makeNode('Add', ['x', 'w'], ['y'], { name })],
          inputs: { x: [2] },
          initializers: [makeTensor('w', floats(value, 2))]
        })
        const [node] = model.graph.node
        const [tensor] = model.graph.initializer
        for (const message of [model.proto, model.graph, node, tensor]) message.$unknown = [field]
        writeModel(at('a.onnx'), model)
        await saveModel(await load(at('a.onnx')), at('b.onnx'))
        const copy = await load(at('b.onnx'))
        expect(Buffer.from(toBinary(ModelProtoSchema, copy.proto))).toEqual(readFileSync(at('a.onnx')))
      }),
      { numRuns: 30 }
    )
  })

  it('gives the same outputs', async () => {
    await saveModel(network(), at('a.onnx'))
    const { y } = await run(at('a.onnx'), feed)
    expect(y.dims).toEqual([20, 25])
    expect([...y.data]).toEqual(Array.from({ length: 500 }, (_, index) => index - 3 * index))
    expect(readdirSync(folder.path)).toEqual(['a.onnx'])
  })

  it('has no types of tensors that are no more, and no operator sets that nobody uses', async () => {
    const model = network()
    model.graph.valueInfo = ['m', 'gone'].map((name) => create(ValueInfoProtoSchema, { name }))
    for (const domain of ['unused', 'ai.onnx.ml']) {
      model.proto.opsetImport.push(create(OperatorSetIdProtoSchema, { domain, version: 1n }))
    }
    model.graph.node.push(makeNode('Normalizer', ['x'], ['n'], { domain: 'ai.onnx.ml' }))
    await saveModel(model, at('a.onnx'))
    const { graph, proto } = await load(at('a.onnx'))
    expect(graph.valueInfo.map(({ name }) => name)).toEqual(['m'])
    expect(proto.opsetImport.map(({ domain }) => domain)).toEqual(['', 'ai.onnx.ml'])
    // The model in memory stays as it was.
    expect(model.graph.valueInfo).toHaveLength(2)
    expect(model.graph.initializer).toHaveLength(3)
  })

  it('keeps strings and empty tensors', async () => {
    const model = makeModel({
      nodes: [makeNode('Identity', ['w'], ['y'])],
      initializers: [makeTensor('w', { type: 'float32', dims: [0, 3], data: new Float32Array(0) })]
    })
    model.graph.initializer.push(
      Object.assign(makeTensor('s', floats()), { dims: [1n], dataType: 8, stringData: [Buffer.from('cat')] })
    )
    delete (model.graph.initializer[1] as { rawData?: Uint8Array }).rawData
    await saveModel(model, at('a.onnx'), { externalDataThreshold: 0 })
    const { graph } = await load(at('a.onnx'))
    expect(graph.initializer[0].dims).toEqual([0n, 3n])
    expect(Buffer.from(graph.initializer[1].stringData[0]).toString()).toBe('cat')
  })
})

describe('a model with external data', () => {
  it('has its large weights in one aligned file beside it and runs the same', async () => {
    await saveModel(network(), at('big.onnx'), { externalDataThreshold: 0 })
    expect(readdirSync(folder.path).sort()).toEqual(['big.onnx', 'big.onnx.data'])
    expect(statSync(at('big.onnx.data')).size).toBe(4096 + 2000)
    const model = await load(at('big.onnx'))
    expect(model.graph.initializer.map(({ dataLocation }) => dataLocation)).toEqual([1, 0, 1])
    expect([...tensorData(model, model.graph.initializer[2]).data].slice(0, 3)).toEqual([-0, -3, -6])
    const { y } = await run(at('big.onnx'), feed)
    await saveModel(network(), at('small.onnx'))
    expect(y).toEqual((await run(at('small.onnx'), feed)).y)
  })

  it('comes back into one file, and goes over into another', async () => {
    await saveModel(network(), at('big.onnx'), { externalDataThreshold: 0 })
    await saveModel(await load(at('big.onnx')), at('one.onnx'))
    await saveModel(network(), at('direct.onnx'))
    expect(readFileSync(at('one.onnx'))).toEqual(readFileSync(at('direct.onnx')))
    mkdirSync(at('other'))
    await saveModel(await load(at('big.onnx')), at('other/copy.onnx'), { externalDataThreshold: 0 })
    expect(readFileSync(at('other/copy.onnx.data'))).toEqual(readFileSync(at('big.onnx.data')))
    expect((await run(at('other/copy.onnx'), feed)).y.dims).toEqual([20, 25])
  })

  it('takes external constants of its nodes in', async () => {
    await saveModel(network(), at('big.onnx'), { externalDataThreshold: 0 })
    const [a] = (await load(at('big.onnx'))).graph.initializer
    const constant = makeNode('Constant', [], ['y'])
    setAttribute(constant, 'value', { tensor: a })
    const model = makeModel({ nodes: [constant] }, at('big.onnx'))
    mkdirSync(at('other'))
    await saveModel(model, at('other/constant.onnx'))
    expect((await run(at('other/constant.onnx'), {})).y.data[2]).toBe(1)
  })

  it('is not written over the weights that it reads', async () => {
    await saveModel(network(), at('big.onnx'), { externalDataThreshold: 0 })
    const before = readFileSync(at('big.onnx.data'))
    const model = await load(at('big.onnx'))
    await expect(saveModel(model, at('big.onnx'), { externalDataThreshold: 0 })).rejects.toThrow(
      /cannot write .*big\.onnx\.data: the model reads its weights from this file/
    )
    expect(readFileSync(at('big.onnx.data'))).toEqual(before)
  })
})

describe('a failed save', () => {
  it('leaves the old file and nothing else', async () => {
    await saveModel(network(), at('big.onnx'), { externalDataThreshold: 0 })
    const model = await load(at('big.onnx'))
    const values = model.graph.initializer[0].externalData
    values[0].value = 'vanished.data'
    await saveModel(network(), at('target.onnx'))
    const before = readFileSync(at('target.onnx'))
    await expect(saveModel(model, at('target.onnx'))).rejects.toThrow('no such file')
    expect(readFileSync(at('target.onnx'))).toEqual(before)
    expect(readdirSync(folder.path).sort()).toEqual(['big.onnx', 'big.onnx.data', 'target.onnx'])
  })

  it('names a folder where nobody may write', async () => {
    mkdirSync(at('closed'))
    chmodSync(at('closed'), 0o500)
    chmodSync(folder.path, 0o755)
    const root = process.geteuid?.() === 0
    if (root) process.seteuid?.(65534)
    try {
      await expect(saveModel(network(), at('closed/a.onnx'))).rejects.toMatchObject({
        name: 'FileError',
        message: expect.stringContaining('permission denied')
      })
    } finally {
      if (root) process.seteuid?.(0)
    }
    expect(existsSync(at('closed/a.onnx'))).toBe(false)
  })

  it('names a path that goes through a file', async () => {
    await saveModel(network(), at('a.onnx'))
    await expect(saveModel(network(), at('a.onnx/b.onnx'))).rejects.toMatchObject({ name: 'FileError' })
  })
})

describe('the hash of a model', () => {
  it('changes with a weight inside, with one outside, and with nothing else', async () => {
    await saveModel(network(), at('a.onnx'), { externalDataThreshold: 0 })
    await saveModel(network(), at('b.onnx'))
    const changed = network()
    tensorData(changed, changed.graph.initializer[2]).data[499] = 1
    mkdirSync(at('changed'))
    await saveModel(changed, at('changed/a.onnx'), { externalDataThreshold: 0 })
    await saveModel(changed, at('changed/b.onnx'))
    expect(readFileSync(at('a.onnx'))).toEqual(readFileSync(at('changed/a.onnx')))

    const hashes = await Promise.all(
      ['a.onnx', 'b.onnx', 'changed/a.onnx', 'changed/b.onnx'].map((f) => hashModel(at(f)))
    )
    expect(new Set(hashes).size).toBe(4)
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
    mkdirSync(at('moved'))
    await saveModel(await load(at('a.onnx')), at('moved/a.onnx'), { externalDataThreshold: 0 })
    expect(await hashModel(at('moved/a.onnx'))).toBe(hashes[0])
  })
})
