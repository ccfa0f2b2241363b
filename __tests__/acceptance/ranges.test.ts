import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { loadModel, tensorData } from '../../src/model/index.js'
import type { Result } from '../../src/result.js'
import { runCli } from '../cli/harness.js'
import { EXAMPLE, FASHION_PREPROCESSING, Scratch } from './workspace.js'

const scratch = new Scratch()
afterAll(() => scratch.remove())

const config = (more: string) => `version: 1
model: ${EXAMPLE}/model.onnx
dataset: ${EXAMPLE}/data/test
${FASHION_PREPROCESSING}${more}
runtime: {provider: cpu, batch: 64}
`

const TABLES = ['trt.cache', 'trt.csv', 'trt.flatbuffers', 'trt.json', 'onnxruntime.json'] as const
const FROM_TABLES = ['cache', 'csv', 'flatbuffers', 'json', 'onnxruntime', 'qdq']

let calibrated: Result
let imported: Result
beforeAll(async () => {
  const calibration = `calibration: {dataset: ${EXAMPLE}/data/calibration, method: minmax}`
  const variants = 'variants: {trt: {precision: int8, target: tensorrt}, cpu: {precision: int8}}'
  ;({ result: calibrated } = await scratch.run('calibrated', config(`${calibration}\n${variants}`), { limit: 300 }))
  for (const table of TABLES) {
    const converted = await runCli([
      'table',
      'convert',
      at('calibrated/calibration.trt.json'),
      at(table),
      ...toOf(table)
    ])
    if (converted.code !== 0) throw new Error(converted.err)
  }
  const ranges = `variants:
  cache: {precision: int8, ranges: ${at('trt.cache')}}
  flatbuffers: {precision: int8, ranges: ${at('trt.flatbuffers')}}
  csv: {precision: int8, ranges: ${at('trt.csv')}, target: tensorrt}
  json: {precision: int8, ranges: ${at('trt.json')}, target: tensorrt}
  onnxruntime: {precision: int8, ranges: ${at('onnxruntime.json')}, target: tensorrt}
  qdq: {precision: int8, ranges: ${at('calibrated/model.trt.onnx')}}
  qdqcpu: {precision: int8, ranges: ${at('calibrated/model.cpu.onnx')}}`
  ;({ result: imported } = await scratch.run('imported', config(ranges), { limit: 300 }))
}, 60_000)

const at = (file: string) => scratch.path(file)
const toOf = (table: string) => (table === 'onnxruntime.json' ? ['--to', 'onnxruntime-json'] : [])

/** Scales and zero points of the activations by the name of the tensor, as float32 values. */
async function parametersOf(file: string): Promise<ReadonlyMap<string, readonly number[]>> {
  const model = await loadModel(scratch.path(file), { workspace: scratch.folder })
  const constant = (name: string) => {
    const initializer = model.graph.initializer.find((tensor) => tensor.name === name)
    return initializer === undefined ? undefined : Number(tensorData(model, initializer).data[0])
  }
  const stored = new Set(model.graph.initializer.map(({ name }) => name))
  return new Map(
    model.graph.node
      .filter(({ opType, input }) => opType === 'QuantizeLinear' && !stored.has(input[0]))
      .map(({ input: [tensor, scale, zeroPoint] }) => [tensor, [constant(scale) ?? NaN, constant(zeroPoint) ?? NaN]])
  )
}

describe('ranges in place of calibration', () => {
  it.each(FROM_TABLES)('from %s give the scales of the calibrated model', async (name) => {
    const wanted = await parametersOf('calibrated/model.trt.onnx')
    expect(wanted.size).toBeGreaterThan(20)
    expect(await parametersOf(`imported/model.${name}.onnx`)).toEqual(wanted)
  })

  it('of a model for the CPU give its scales and zero points', async () => {
    const wanted = await parametersOf('calibrated/model.cpu.onnx')
    expect(await parametersOf('imported/model.qdqcpu.onnx')).toEqual(wanted)
  })

  it('give the same verdict and the same figures', () => {
    const judged = (result: Result, variant: string) => {
      const { metrics, drop, flips } = result.variants[variant]
      const verdicts = result.verdicts
        .filter((verdict) => verdict.variant === variant)
        .map(({ subject, observed, status }) => ({ subject, observed, status }))
      return { metrics, drop, flips, verdicts }
    }
    for (const name of FROM_TABLES) {
      expect(judged(imported, name)).toEqual(judged(calibrated, 'trt'))
    }
    expect(judged(imported, 'qdqcpu')).toEqual(judged(calibrated, 'cpu'))
    expect(imported.conclusion).toBe(calibrated.conclusion)
  })

  it('are described in the result and written down, exactly', async () => {
    const { calibration } = imported.variants.cache
    const file = relative('/', at('trt.cache'))
    expect(calibration).toMatchObject({ source: 'imported', method: `tensorrt (${file})`, samples: 0 })
    expect(calibration?.table).toBe('ranges.cache.json')
    const converted = await runCli(['table', 'convert', at('imported/ranges.cache.json'), at('again.cache')])
    expect(converted.code).toBe(0)
    expect(readFileSync(at('again.cache'), 'utf8')).toBe(readFileSync(at('trt.cache'), 'utf8'))
  })

  it('are audited: their names, where they come from, and what the test images say of them', () => {
    const checks = imported.diagnosis.filter(({ variant }) => variant === 'cache')
    expect(checks.map(({ check, status }) => [check, status])).toEqual(
      expect.arrayContaining([
        ['names in the calibration table', 'pass'],
        ['test values outside the calibrated ranges', 'pass'],
        ['calibration table', 'pass']
      ])
    )
    expect(checks.find(({ check }) => check === 'calibration table')?.evidence).toMatch(
      /^imported from .*trt\.cache \(tensorrt\): 25 of its 25 ranges are used, target tensorrt/
    )
    expect(imported.diagnosis.map(({ check }) => check)).not.toContain('number of calibration images')
    expect(imported.diagnosis.map(({ check }) => check)).not.toContain('preprocessing of calibration and evaluation')
  })

  it('bring the commands that build the engine with them, for TensorRT only', () => {
    expect(readFileSync(at('imported/tensorrt.cache.md'), 'utf8')).toContain('--optShapes=images:64x3x32x32')
    expect(() => readFileSync(at('imported/tensorrt.qdqcpu.md'))).toThrow(/ENOENT/)
  })
})
