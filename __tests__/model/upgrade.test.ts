import { create } from '@bufbuild/protobuf'
import { afterAll, describe, expect, it } from '@jest/globals'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  dataTypeOf,
  dropInitializerInputs,
  loadModel,
  makeNode,
  makeTensor,
  opsetVersion,
  saveModel,
  tensorData,
  upgradeOpset,
  type OnnxModel
} from '../../src/model/index.js'
import { TensorProtoSchema } from '../../src/model/proto/onnx_pb.js'
import { COMPATIBLE } from '../../src/model/upgrade/compatible.js'
import { RULES } from '../../src/model/upgrade/rules.js'
import type { ValueInfo } from '../../src/runtime/types.js'
import type { ElementType, Tensor } from '../../src/tensor.js'
import { sharedFixtures } from '../fixtures.js'
import { floats, makeModel, run, temporaryFolder } from './helpers.js'

interface Encoded {
  readonly type: ElementType
  readonly dims: readonly number[]
  readonly data: string
}

/** One case of script/references/model_upgrade.py. */
interface Case {
  readonly name: string
  readonly opset: number
  readonly model: string
  readonly shapes: Readonly<Record<string, ValueInfo>>
  readonly inputs?: Readonly<Record<string, Encoded>>
  readonly outputs?: Readonly<Record<string, Encoded>>
  readonly refused?: string
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(`__fixtures__/model/${name}`, 'utf8')) as T
}

const cases = readJson<Case[]>('upgrade.json')
const folder = temporaryFolder()
afterAll(() => folder.remove())

function decode(values: Readonly<Record<string, Encoded>>): Record<string, Tensor> {
  const model = makeModel({ nodes: [] })
  const tensors = Object.entries(values).map(([name, { type, dims, data }]) => {
    const rawData = Uint8Array.from(Buffer.from(data, 'base64'))
    return create(TensorProtoSchema, { name, dataType: dataTypeOf(type), dims: dims.map(BigInt), rawData })
  })
  return Object.fromEntries(tensors.map((tensor) => [tensor.name, tensorData(model, tensor)]))
}

async function load({ model }: Case): Promise<OnnxModel> {
  const file = join(folder.path, 'old.onnx')
  writeFileSync(file, Buffer.from(model, 'base64'))
  return loadModel(file, { workspace: folder.path })
}

function expectSameOutputs(actual: Readonly<Record<string, Tensor>>, expected: Readonly<Record<string, Tensor>>): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort())
  for (const [name, { type, dims, data }] of Object.entries(expected)) {
    expect({ type: actual[name].type, dims: actual[name].dims }).toEqual({ type, dims })
    const values = Array.from(data, Number)
    const largest = Math.max(1, ...values.map(Math.abs))
    const errors = Array.from(actual[name].data, Number).map((value, index) => Math.abs(value - values[index]))
    expect(Math.max(...errors)).toBeLessThanOrEqual(1e-6 * largest)
  }
}

describe('an upgraded model', () => {
  it.each(cases.filter(({ refused }) => refused === undefined))('gives what the old one gave: $name', async (entry) => {
    const model = await load(entry)
    expect(opsetVersion(model)).toBe(entry.opset)
    upgradeOpset(model, 13, new Map(Object.entries(entry.shapes)))
    expect(opsetVersion(model)).toBe(13)
    const file = join(folder.path, 'new.onnx')
    await saveModel(model, file)
    expectSameOutputs(await run(file, decode(entry.inputs ?? {})), decode(entry.outputs ?? {}))
  })
})

describe('a model that cannot be upgraded', () => {
  it.each(cases.filter(({ refused }) => refused !== undefined))('is refused by name: $name', async (entry) => {
    const model = await load(entry)
    const upgrade = (): void => upgradeOpset(model, 13, new Map(Object.entries(entry.shapes)))
    expect(upgrade).toThrow(
      expect.objectContaining({ name: 'FileError', message: expect.stringContaining(entry.refused ?? '') })
    )
  })

  it('is refused when its opset is older than 7', () => {
    const model = makeModel({ nodes: [makeNode('Relu', ['x'], ['y'])], opset: 6 })
    expect(() => upgradeOpset(model, 13, new Map())).toThrow('opset 6 is too old')
  })
})

describe('the table of operators', () => {
  const history =
    readJson<Record<string, { versions: number[]; breaking: Record<string, string> }>>('opset-history.json')
  const training = ['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss']

  it('decides every standard operator that opset 7 to 12 has', () => {
    const decided = Object.keys(history).filter((op) => COMPATIBLE.has(op) || RULES.has(op))
    expect(Object.keys(history).filter((op) => !decided.includes(op))).toEqual(training)
    expect([...COMPATIBLE, ...RULES.keys()].filter((op) => !(op in history))).toEqual([])
  })

  it('has a rule exactly for those that a schema change breaks', () => {
    const broken = Object.keys(history).filter((op) => Object.keys(history[op].breaking).length > 0)
    expect([...RULES.keys()].sort()).toEqual(broken.sort())
    expect([...COMPATIBLE].filter((op) => RULES.has(op))).toEqual([])
  })
})

describe('upgradeOpset', () => {
  it('leaves a model of opset 13 or later alone', () => {
    const model = makeModel({ nodes: [makeNode('Softmax', ['x'], ['y'])], opset: 17 })
    upgradeOpset(model, 13, new Map())
    expect(opsetVersion(model)).toBe(17)
    expect(model.graph.node[0].attribute).toEqual([])
  })

  it('leaves operators of other domains alone', () => {
    const nodes = [makeNode('Clip', ['x'], ['y'], { domain: 'my.company', attributes: { min: { float: 0 } } })]
    const model = makeModel({ nodes, opset: 9 })
    upgradeOpset(model, 13, new Map())
    expect(model.graph.node[0].attribute).toHaveLength(1)
  })

  it('makes constants of initializers that old models list as inputs', () => {
    const model = makeModel({
      nodes: [makeNode('Add', ['x', 'w'], ['y'])],
      inputs: { x: [2], w: [2] },
      initializers: [makeTensor('w', floats(1, 2))],
      opset: 8
    })
    model.proto.irVersion = 3n
    upgradeOpset(model, 13, new Map())
    expect(model.graph.input.map(({ name }) => name)).toEqual(['x'])
    expect(model.proto.irVersion).toBe(7n)
  })

  it('and raises the format version, before which each had to be listed, also where the operator set stays', () => {
    const nodes = [makeNode('Add', ['x', 'w'], ['y'])]
    const model = makeModel({ nodes, inputs: { x: [2], w: [2] }, initializers: [makeTensor('w', floats(1, 2))] })
    model.proto.irVersion = 3n
    dropInitializerInputs(model)
    expect(model.graph.input.map(({ name }) => name)).toEqual(['x'])
    expect(model.proto.irVersion).toBe(4n)
  })

  it('keeps the names of the operators that users refer to', () => {
    const model = makeModel({ nodes: [makeNode('Softmax', ['x'], ['y'], { name: 'head/softmax' })], opset: 9 })
    upgradeOpset(model, 13, new Map())
    const softmax = model.graph.node.find(({ opType }) => opType === 'Softmax')
    expect(softmax?.name).toBe('head/softmax')
    expect(model.graph.node.every(({ name }) => name !== '')).toBe(true)
  })
})

const third = sharedFixtures === undefined ? undefined : join(sharedFixtures, 'third-party')
const published = third === undefined ? describe.skip : describe

published('a published model of an old opset', () => {
  const pattern = (dims: number[], scale: number): Tensor => {
    const data = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => ((i * 37) % 256) * scale)
    return { type: 'float32', dims, data }
  }

  it.each([
    { file: 'mnist/mnist.onnx', opset: 8, input: 'Input3', feed: pattern([1, 1, 28, 28], 1) },
    { file: 'portrait/prisma_nchw.onnx', opset: 7, input: 'input_3', feed: pattern([1, 3, 256, 256], 1 / 255) }
  ])('gives the same outputs in opset 13: $file', async ({ file, opset, input, feed }) => {
    const path = join(third ?? '', file)
    const model = await loadModel(path, { workspace: third ?? '' })
    expect(opsetVersion(model)).toBe(opset)
    upgradeOpset(model, 13, new Map())
    const upgraded = join(folder.path, 'upgraded.onnx')
    await saveModel(model, upgraded)
    expectSameOutputs(await run(upgraded, { [input]: feed }), await run(path, { [input]: feed }))
  })
})
