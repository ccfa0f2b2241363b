import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadConfig, type GateConfig } from '../../src/config/index.js'
import { openDataset, sampleStream } from '../../src/dataset/index.js'
import { quantizeModel } from '../../src/gate.js'
import { loadRuntime } from '../../src/runtime/index.js'
import { sha256 } from '../../src/util/hash.js'
import { Scratch } from './workspace.js'

const FIXTURES = resolve('__fixtures__', 'acceptance')

/** Made by script/references/judge_models.py, which says how. */
const PYTHON = JSON.parse(readFileSync(join(FIXTURES, 'python-answers.json'), 'utf8')) as {
  readonly images: readonly string[]
  readonly models: Readonly<
    Record<string, { readonly sha256: string; readonly logits: readonly (readonly number[])[] }>
  >
}

const ARTEFACTS = ['fp16', 'cpu', 'tensorrt']

const scratch = new Scratch()
let config: GateConfig
beforeAll(async () => {
  config = await loadConfig(join(FIXTURES, 'judge-models.yml'), { workspace: resolve('.') })
})
afterAll(() => scratch.remove())

describe('models made of the same calibration table', () => {
  it('are made of the committed one', async () => {
    cpSync(join(FIXTURES, 'tables'), scratch.path('tables'), { recursive: true })
    const { failed } = await quantizeModel(config, {
      ...scratch.options('made'),
      noCache: false,
      cacheDirectory: scratch.path('tables')
    })
    expect(failed).toEqual([])
    // Otherwise the tables are of another version: run script/references/judge_models.py again.
    expect(readdirSync(scratch.path('tables')).sort()).toEqual(readdirSync(join(FIXTURES, 'tables')).sort())
  }, 120_000)

  it.each(ARTEFACTS)('%s: the same bytes as on the machine where Python judged it', (name) => {
    expect(sha256(readFileSync(scratch.path('made', `model.${name}.onnx`)))).toBe(PYTHON.models[name].sha256)
  })

  it.each([
    ['fp32', 1e-5],
    ['fp16', 1e-5],
    // A processor may round a sum to the neighbouring one of 256 steps.
    ['cpu', 0.02],
    ['tensorrt', 0.02]
  ])('%s: the answers of ONNX Runtime in Python', async (name, tolerance) => {
    const file = name === 'fp32' ? config.model : scratch.path('made', `model.${name}.onnx`)
    const answers = await logitsOf(file, PYTHON.images)
    const expected = PYTHON.models[name].logits
    const range = Math.max(...expected.flat()) - Math.min(...expected.flat())
    expect(answers.map(argmax)).toEqual(expected.map((row) => argmax(row)))
    const worst = Math.max(...answers.flatMap((row, i) => row.map((value, j) => Math.abs(value - expected[i][j]))))
    expect(worst).toBeLessThanOrEqual(tolerance * range)
  })
})

it('two builds write the same bytes: tables, INT8 and FP16 models, commands', async () => {
  for (const name of ['one', 'two']) await quantizeModel(config, scratch.options(name))
  const files = readdirSync(scratch.path('one')).sort()
  expect(files).toEqual([
    'calibration.cpu.json',
    'calibration.tensorrt.json',
    'model.cpu.onnx',
    'model.fp16.onnx',
    'model.tensorrt.onnx',
    'tensorrt.fp16.md',
    'tensorrt.tensorrt.md'
  ])
  for (const file of files) {
    expect([file, sha256(readFileSync(scratch.path('two', file)))]).toEqual([
      file,
      sha256(readFileSync(scratch.path('one', file)))
    ])
  }
}, 120_000)

/** Through the project's own decoding, preprocessing and session. */
async function logitsOf(model: string, images: readonly string[]): Promise<number[][]> {
  const runtime = await loadRuntime()
  const session = await runtime.createSession(model, { provider: 'cpu', device: 0, threads: 1 })
  const dataset = await openDataset(config.dataset, { workspace: config.workspace })
  const indices = images.map((image) => dataset.samples.findIndex(({ id }) => id === image))
  const stream = sampleStream(dataset, config.preprocess, session.inputs[0]).select(indices)
  const rows: number[][] = []
  for await (const { input } of stream.batches({ batch: 8 })) {
    const { data, dims } = (await session.run({ [session.inputs[0].name]: input }))[session.outputs[0].name]
    const values = Array.from(data as Float32Array)
    for (let row = 0; row < dims[0]; row++) rows.push(values.slice(row * dims[1], (row + 1) * dims[1]))
  }
  await session.release()
  return rows
}

function argmax(row: readonly number[]): number {
  return row.indexOf(Math.max(...row))
}
