import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Result } from '../../src/result.js'
import { precisionGate } from '../e2e/command.js'
import { sharedFixtures } from '../fixtures.js'
import { EXAMPLE, fashionConfig, FASHION_PREPROCESSING, right, Scratch, WORKSPACE } from './workspace.js'

const OVERFLOW = JSON.parse(readFileSync(resolve('__fixtures__', 'acceptance', 'fp16-overflow.json'), 'utf8')) as {
  readonly first: { readonly layer: string; readonly op: string; readonly tensor: string }
}

const scratch = new Scratch()
afterAll(() => scratch.remove())

/** The command line on a config: its exit code, what it printed, and result.json. */
async function run(name: string, config: string, ...options: string[]) {
  for (const folder of ['tmp', 'home']) mkdirSync(scratch.path(folder), { recursive: true })
  const args = [
    'run',
    '-q',
    '-c',
    scratch.write(`${name}.yml`, config),
    '-o',
    scratch.path(name),
    '--workspace',
    WORKSPACE
  ]
  const places = { cwd: scratch.folder, temporary: scratch.path('tmp'), home: scratch.path('home') }
  const { code, stdout, stderr } = await precisionGate([...args, '--no-cache', ...options], places)
  expect(stderr).toBe('')
  const result = JSON.parse(readFileSync(scratch.path(name, 'result.json'), 'utf8')) as Result
  return { code, text: stdout.replace(/\n +/g, ' '), result }
}

it('a finished FP16 model on the CPU, which computes it in float32, is reported as not really tried', async () => {
  const config = (variant: string) => `version: 1
model: ${EXAMPLE}/model.onnx
dataset: ${EXAMPLE}/data/test
${FASHION_PREPROCESSING}variants: {${variant}}
`
  await run('half', config('fp16: {precision: fp16}'), '--limit', '20')
  const model = scratch.path('half', 'model.fp16.onnx')
  const { text } = await run('finished', config(`ours: {model: ${model}}, plain: {model: ${EXAMPLE}/model.onnx}`))
  expect(text).toMatch(/ours: its float16 layers are computed in float32 by the CPU provider/)
  expect(text).not.toMatch(/plain: its float16/)
})

const onFixtures = sharedFixtures === undefined ? describe.skip : describe
const MINUTES = 60_000

onFixtures('a network that INT8 ruins', () => {
  it(
    'fails the limit of one point with exit code 1, on all 10,000 test images',
    async () => {
      const limits = 'thresholds: [{metric: top1, max_drop_points: 1.0}]'
      const { code, text, result } = await run(
        'imbalanced',
        fashionConfig('classify-mobilenet-imbalanced', ['fp16', 'int8'], limits)
      )
      expect(code).toBe(1)
      expect(Math.abs(right(result, 'fp32') - 9369)).toBeLessThanOrEqual(1)
      expect(Math.abs(right(result, 'fp16') - right(result, 'fp32'))).toBeLessThanOrEqual(5)
      expect(right(result, 'fp32') - right(result, 'int8')).toBeGreaterThan(100)
      expect(text).toMatch(/^FAIL {2}int8: top1 drops by \d+\.\d\d points .*; more than the limit of 1\.00/)
      expect(result.verdicts.map(({ id, status }) => [id, status])).toEqual([
        ['fp16.top1.max_drop_points', 'pass'],
        ['int8.top1.max_drop_points', 'fail']
      ])
    },
    5 * MINUTES
  )
})

onFixtures('a network that overflows FP16', () => {
  let outcome: Awaited<ReturnType<typeof run>>
  beforeAll(async () => {
    outcome = await run('overflow', fashionConfig('classify-mobilenet-overflow', ['fp16']), '--limit', '1000')
  }, MINUTES)

  it('fails, because its outputs are infinite or wrong', () => {
    expect(outcome.code).toBe(1)
    expect(outcome.text).toMatch(/^FAIL {2}fp16: /)
  })

  it('is told which layer overflows first: the one that ONNX Runtime in Python finds', () => {
    const { layer, op, tensor } = OVERFLOW.first
    expect(outcome.text).toContain(`layer ${layer} (${op}, tensor ${tensor}) is the first to overflow FP16`)
  })
})

onFixtures('too few images for a limit inside the noise', () => {
  it(
    'are inconclusive, and the number of images that would settle it is stated',
    async () => {
      const limits = 'thresholds: [{metric: top1, max_drop_points: 0.2}]'
      const { code, text, result } = await run(
        'few',
        fashionConfig('classify-resnet14', ['int8'], limits),
        '--limit',
        '500'
      )
      expect(result.dataset.samples).toBe(500)
      expect(code).toBe(0)
      expect(text).toMatch(
        /^INCONCLUSIVE {2}int8: top1 .*spans the limit of 0\.20; about [\d,]+ samples would settle it/
      )
      const [{ status, samplesNeeded }] = result.verdicts
      expect(status).toBe('inconclusive')
      expect(samplesNeeded).toBeGreaterThan(500)
    },
    MINUTES
  )
})
