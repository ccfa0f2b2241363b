import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdirSync, readFileSync } from 'node:fs'
import type { Result } from '../../src/result.js'
import { precisionGate } from '../e2e/command.js'
import { EXAMPLE, FASHION_PREPROCESSING, Scratch, WORKSPACE } from './workspace.js'

const scratch = new Scratch()
afterAll(() => scratch.remove())

const config = (variants: string, runtime: string) => `version: 1
model: ${EXAMPLE}/model.onnx
dataset: ${EXAMPLE}/data/test
${FASHION_PREPROCESSING}calibration: {dataset: ${EXAMPLE}/data/calibration, samples: 64, method: minmax}
variants: {${variants}}
layers: false
runtime: {provider: cpu, ${runtime}}
`

async function run(name: string, variants: string, runtime = 'require_executed: [int8, fp16]') {
  for (const folder of ['tmp', 'home']) mkdirSync(scratch.path(folder), { recursive: true })
  const file = scratch.write(`${name}.yml`, config(variants, runtime))
  const args = ['run', '-q', '-c', file, '-o', scratch.path(name), '--workspace', WORKSPACE, '--no-cache']
  const places = { cwd: scratch.folder, temporary: scratch.path('tmp'), home: scratch.path('home') }
  const { code, stdout } = await precisionGate([...args, '--limit', '64'], places)
  const result = JSON.parse(readFileSync(scratch.path(name, 'result.json'), 'utf8')) as Result
  const of = (variant: string) =>
    result.verdicts.filter((verdict) => verdict.variant === variant && verdict.subject.startsWith('executed'))
  return { code, text: stdout.replace(/\n +/g, ' '), result, of }
}

// Which kernels exist differs on arm64, where symmetric models have integer kernels.
const onX64 = process.arch === 'x64' ? describe : describe.skip

onX64('require_executed on the CPU', () => {
  let made: Awaited<ReturnType<typeof run>>
  beforeAll(async () => {
    made = await run(
      'made',
      'int8: {precision: int8}, trt: {precision: int8, target: tensorrt}, half: {precision: fp16}, ' +
        'free: {precision: int8, target: tensorrt, require_executed: none}'
    )
  }, 60_000)

  it('holds for a model whose every layer ran in integers', () => {
    const [verdict] = made.of('int8')
    expect(verdict).toMatchObject({ id: 'int8.executed int8.require_executed', status: 'pass', unit: 'layers' })
    expect(verdict.observed).toBe(verdict.limit)
    expect(verdict.limit).toBeGreaterThan(5)
  })

  it('fails for a symmetric model, which the same kernels compute in float, and names the layers', () => {
    const [verdict] = made.of('trt')
    const [int8] = made.of('int8')
    expect(verdict).toMatchObject({ status: 'fail', limit: int8.limit, configPosition: { line: 11 } })
    expect(verdict.observed).toBeLessThan(verdict.limit)
    expect(verdict.message).toMatch(/of \d+ layers did not run in int8 on cpu: \d+ simulated \(\S+ \(Conv\), .* more\)/)
    expect(made.result.conclusion).toBe('failure')
    expect(made.code).toBe(1)
    expect(made.text).toMatch(/executed int8 +\S+ +0 of \d+/)
  })

  it('fails for FP16, which the CPU only emulates', () => {
    expect(made.of('half')).toMatchObject([{ status: 'fail', observed: 0 }])
    expect(made.of('half')[0].message).toMatch(/did not run in fp16 on cpu: .*computes FP16 in float32/)
  })

  it('says nothing of a variant that asks for nothing', () => {
    expect(made.of('free')).toEqual([])
  })

  it('reads from a finished model which of its layers are INT8 or FP16', async () => {
    const file = (name: string) => scratch.path('made', `model.${name}.onnx`)
    const { of } = await run(
      'finished',
      `ours: {model: ${file('int8')}}, theirs: {model: ${file('trt')}}, half: {model: ${file('half')}}, ` +
        `plain: {model: ${EXAMPLE}/model.onnx}, wrong: {model: ${EXAMPLE}/model.onnx, require_executed: int8}`
    )
    expect(of('ours')).toMatchObject([{ status: 'pass', limit: made.of('int8')[0].limit }])
    expect(of('theirs')).toMatchObject([{ status: 'fail', subject: 'executed int8' }])
    expect(of('half')).toMatchObject([{ status: 'fail', subject: 'executed fp16' }])
    expect(of('plain')).toEqual([])
    expect(of('wrong')).toMatchObject([{ status: 'fail', message: expect.stringMatching(/^no Conv/) as unknown }])
  }, 60_000)

  it('leaves out what the config keeps in FP32', async () => {
    const { of } = await run('kept', 'int8: {precision: int8, keep: [Gemm]}', 'require_executed: int8')
    expect(of('int8')).toMatchObject([{ status: 'pass', limit: made.of('int8')[0].limit - 1 }])
  }, 60_000)
})
