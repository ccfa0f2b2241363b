import { toBinary } from '@bufbuild/protobuf'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import {
  inMemory,
  loadModel,
  makeNode,
  makeTensor,
  mergeModels,
  readModelButWeights,
  tensorData,
  type ModelInMemory,
  type OnnxModel
} from '../../src/model/index.js'
import { ModelProtoSchema } from '../../src/model/proto/onnx_pb.js'
import { unreadRegion, UNREAD_BYTES } from '../../src/model/unread.js'
import { floats, makeModel, temporaryFolder, writeModel } from './helpers.js'

const VALUES = UNREAD_BYTES / 4
const folder = temporaryFolder()
afterAll(() => folder.remove())
const file = join(folder.path, 'one', 'model.onnx')

/** y = x + large + small, with values that tell their place. */
function sum(from: number): OnnxModel {
  const large = (first: number) => ({ type: 'float32', dims: [VALUES], data: ramp(first) }) as const
  return makeModel({
    nodes: [makeNode('Sum', ['x', 'large', 'small'], ['y'])],
    inputs: { x: [VALUES] },
    initializers: [
      makeTensor('large', large(from)),
      makeTensor('small', floats(from)),
      makeTensor('unused', large(from + 1))
    ]
  })
}

function ramp(first: number): Float32Array {
  return Float32Array.from({ length: VALUES }, (_, i) => first + i)
}

async function open(path: string): Promise<OnnxModel> {
  return loadModel(path, { workspace: folder.path, bytes: await readModelButWeights(path) })
}

async function run({ bytes, folder: root, files }: ModelInMemory): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(bytes, {
    externalData: [...files],
    ...(root !== undefined && { extra: { 'session.model_external_initializers_file_folder_path': root } })
  })
  const { y } = await session.run({ x: new ort.Tensor('float32', new Float32Array(VALUES), [VALUES]) })
  await session.release()
  return y.data as Float32Array
}

beforeAll(() => {
  mkdirSync(join(folder.path, 'one'))
  mkdirSync(join(folder.path, 'two'))
  writeModel(file, sum(1))
  writeModel(join(folder.path, 'two', 'other.onnx'), sum(100))
})

describe('a model whose large weights stay in its file', () => {
  it('has the graph and the small values, and says where the large ones lie', async () => {
    const { graph } = await open(file)
    const [large, small] = graph.initializer
    expect(graph.node.map(({ opType }) => opType)).toEqual(['Sum'])
    const region = unreadRegion(large.rawData)
    expect(region).toMatchObject({ file, length: UNREAD_BYTES })
    const bytes = readFileSync(file).subarray(region?.offset, (region?.offset ?? 0) + UNREAD_BYTES)
    expect(Buffer.compare(bytes, Buffer.from(ramp(1).buffer))).toBe(0)
    expect(unreadRegion(small.rawData)).toBeUndefined()
  })

  it('reads large values where they are asked for', async () => {
    const model = await open(file)
    expect(model.graph.initializer.map((tensor) => tensorData(model, tensor).data)).toEqual([
      ramp(1),
      Float32Array.of(1),
      ramp(2)
    ])
  })

  it('runs from its file, together with one of another folder', async () => {
    const model = await open(file)
    const alone = inMemory(model)
    expect(alone).toMatchObject({ folder: join(folder.path, 'one'), files: [] })
    expect(alone.bytes.length).toBeLessThan(1000)
    expect(await run(alone)).toEqual(ramp(2))

    mergeModels(model, await open(join(folder.path, 'two', 'other.onnx')), 'fp32::')
    const [output] = model.graph.output
    output.name = 'fp32::y'
    const merged = inMemory(model)
    expect(merged.folder).toBe(folder.path)
    const session = await ort.InferenceSession.create(merged.bytes, {
      extra: { 'session.model_external_initializers_file_folder_path': folder.path }
    })
    const results = await session.run({ x: new ort.Tensor('float32', new Float32Array(VALUES), [VALUES]) })
    await session.release()
    expect(results['fp32::y'].data).toEqual(ramp(200))
  })

  it('runs from buffers where some of its weights are in memory only', async () => {
    const model = await open(file)
    const [large] = model.graph.initializer
    const own = makeTensor('large', { type: 'float32', dims: [VALUES], data: ramp(10) })
    model.graph.initializer[model.graph.initializer.indexOf(large)] = own
    const mixed = inMemory(model)
    expect(mixed.folder).toBeUndefined()
    expect((await run({ ...mixed })).slice(0, 3)).toEqual(Float32Array.of(11, 12, 13))
  })

  it('is refused where the file is cut off, or no model', async () => {
    const broken = join(folder.path, 'broken.onnx')
    const bytes = toBinary(ModelProtoSchema, sum(1).proto)
    for (const length of [1, 30, UNREAD_BYTES, bytes.length - 10]) {
      writeFileSync(broken, bytes.subarray(0, length))
      await expect(open(broken)).rejects.toThrow(/is not an ONNX model|holds|no graph|imports no operator set/)
    }
    writeFileSync(broken, Buffer.alloc(300_000, '<html>'))
    await expect(open(broken)).rejects.toThrow('is not an ONNX model')
    await expect(open(join(folder.path, 'absent.onnx'))).rejects.toThrow('absent.onnx')
  })
})
