import { afterAll, describe, expect, it } from '@jest/globals'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/index.js'
import { quantizeModel } from '../../src/gate.js'
import { auditSettling } from '../../src/diagnosis/settling.js'
import { parseTable, type CalibrationTable } from '../../src/quantization/index.js'
import type { Diagnosis, Result } from '../../src/result.js'
import { EXAMPLE, fashionMnist, FASHION_PREPROCESSING, fixture, Scratch, WORKSPACE } from '../acceptance/workspace.js'
import { sharedFixtures } from '../fixtures.js'

const scratch = new Scratch()
afterAll(() => scratch.remove())

const IMAGES = join(EXAMPLE, 'data', 'calibration')
const FILES = readdirSync(IMAGES, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.png'))
  .sort()

function config(files: readonly string[], method = 'percentile', preprocessing = FASHION_PREPROCESSING): string {
  const name = `${files.length}-${createHash('sha1').update(files.join()).digest('hex').slice(0, 8)}.csv`
  const manifest = scratch.write(name, ['path,label', ...files.map((file) => `${file},${file[0]}`)].join('\n'))
  return `version: 1
model: ${join(EXAMPLE, 'model.onnx')}
dataset: ${join(EXAMPLE, 'data', 'test')}
${preprocessing}calibration: {dataset: {manifest: ${manifest}, root: ${IMAGES}}, method: ${method}}
variants: {int8: {precision: int8}}
runtime: {provider: cpu, batch: 32}
`
}

function named({ diagnosis }: Result, check: string): Diagnosis {
  const found = diagnosis.filter((entry) => entry.check === check)
  expect([check, found.length]).toEqual([check, 1])
  return found[0]
}

const spread = (count: number) =>
  FILES.filter((_, index) => index % Math.floor(FILES.length / count) === 0).slice(0, count)

describe('a run of the gate', () => {
  it('finds nothing where nothing is wrong, in the order of the founding page', async () => {
    const { result, log } = await scratch.run('clean', config(FILES), { limit: 128 })
    expect(result.diagnosis.map(({ check, status }) => `${status} ${check}`)).toEqual([
      'pass preprocessing of calibration and evaluation',
      'pass range of the first layer',
      // Indices against names: a manifest has no class list.
      expect.stringMatching(/ classes in the calibration set$/),
      'pass copies in the calibration set',
      'pass calibration images in the test set',
      'pass number of calibration images',
      'pass values that the calibration method cuts off',
      'pass test values outside the calibrated ranges',
      'pass calibration table',
      'pass integer kernels against simulation',
      ...result.diagnosis.slice(10).map(({ check, status }) => `${status} ${check}`)
    ])
    expect(result.diagnosis.at(-1)).toMatchObject({ check: 'noise floor', status: 'pass' })
    expect(log.filter((line) => line.startsWith('noise floor: FP32 against FP32'))).toHaveLength(1)
  }, 60_000)

  it('calls 4 images too small, also when their table comes from the cache', async () => {
    const cache = { noCache: false, cacheDirectory: scratch.path('cache-4'), limit: 64 }
    const { result } = await scratch.run('four', config(spread(4)), cache)
    const { status, evidence } = named(result, 'number of calibration images')
    expect(status).toBe('warn')
    expect(evidence).toMatch(/^too small: 4 images/)
    const [file] = readdirSync(scratch.path('cache-4'))
    const then = new Date('2026-01-02T03:04:00Z')
    utimesSync(scratch.path('cache-4', file), then, then)

    const again = (await scratch.run('four-again', config(spread(4)), cache)).result
    expect(again.variants.int8.calibration).toMatchObject({ source: 'cache', computedAt: then.toISOString() })
    expect(named(again, 'number of calibration images')).toEqual(named(result, 'number of calibration images'))
    const origin = named(again, 'calibration table')
    expect(origin.status).toBe('pass')
    expect(origin.evidence).toMatch(
      /^from the cache: percentile 99\.99 on 4 images.*its key was verified.*computed 2026-01-02 03:04 UTC \(\d+ days ago\)$/
    )
  }, 60_000)

  it('refuses a stale table under the name of the right one, and says so', async () => {
    const cache = { noCache: false, cacheDirectory: scratch.path('cache-stale'), limit: 64 }
    const files = spread(32)
    const right = await scratch.run('right', config(files), cache)
    const [key] = readdirSync(cache.cacheDirectory)
    renameSync(join(cache.cacheDirectory, key), scratch.path('right.json'))
    const other = FASHION_PREPROCESSING.replace('0.2860', '0.5')
    await scratch.run('other', config(files, 'percentile', other), cache)
    const [stale] = readdirSync(cache.cacheDirectory)
    renameSync(join(cache.cacheDirectory, stale), join(cache.cacheDirectory, key))

    const { result } = await scratch.run('stale', config(files), cache)
    const { status, evidence } = named(result, 'calibration table')
    expect(status).toBe('warn')
    expect(evidence).toMatch(
      /^a cached table was refused .*computed anew: .*another key \(preprocessing changed \(step 3: .*0\.5.* -> .*0\.286/
    )
    expect(result.variants.int8.calibration?.source).toBe('computed')
    expect(result.variants.int8.metrics).toEqual(right.result.variants.int8.metrics)
    expect(readFileSync(join(cache.cacheDirectory, key))).toEqual(readFileSync(scratch.path('right.json')))
  }, 60_000)

  it('sees that one class says little about the others', async () => {
    const { result } = await scratch.run(
      'bags',
      config(
        FILES.filter((file) => file.startsWith('1-')),
        'minmax'
      ),
      { limit: 128 }
    )
    expect(named(result, 'classes in the calibration set').status).toBe('warn')
    const { status, evidence } = named(result, 'test values outside the calibrated ranges')
    expect(status).toBe('warn')
    expect(evidence).toMatch(
      /ranges are contradicted on \d+ test images: .* outside \[.*calibration itself left out 0 %/
    )
  }, 60_000)

  it('names the tensor that entropy cuts through', async () => {
    const { result } = await scratch.run('entropy', config(spread(64), 'entropy'), { limit: 64 })
    const { status, evidence, action } = named(result, 'values that the calibration method cuts off')
    expect(status).toBe('warn')
    expect(evidence).toMatch(/^entropy cuts off more than 1 % of the values of \d+ tensors: input images: 2\d % /)
    expect(action).toContain('percentile')
  }, 60_000)

  it('compares with the dumps that the config names', async () => {
    const root = join('__fixtures__', 'diagnosis', 'preprocessing', 'example')
    const steps = FASHION_PREPROCESSING.replace('preprocess:', 'preprocess:\n  reference: REFS\n  steps:').replaceAll(
      '\n  - ',
      '\n    - '
    )
    const run = async (name: string) => {
      const text = config(
        spread(32),
        'percentile',
        steps.replace('REFS', join(process.cwd(), root, name, '*', '*.npy'))
      )
      return named((await scratch.run(`dumps-${name}`, text, { limit: 64 })).result, 'preprocessing against your dumps')
    }
    expect((await run('same')).status).toBe('pass')
    expect((await run('not-divided')).evidence).toContain('not divided by 255')
  }, 60_000)
})

describe('the ranges after a quarter and half of the images', () => {
  it.each(['percentile', 'minmax'])(
    '%s: are those of the first images in the order of their hashes',
    async (method) => {
      const files = spread(32)
      const hash = (file: string) =>
        createHash('sha256')
          .update(readFileSync(join(IMAGES, file)))
          .digest('hex')
      const ordered = [...files].sort((a, b) => (hash(a) < hash(b) ? -1 : 1))
      const all = await tableOf(`all-${method}`, config(files, method))
      for (const part of ['quarter', 'half'] as const) {
        const count = part === 'quarter' ? 8 : 16
        const { tensors } = await tableOf(`${part}-${method}`, config(ordered.slice(0, count), method))
        for (const [tensor, { range }] of Object.entries(tensors))
          expect([tensor, all.tensors[tensor][part]]).toEqual([tensor, range])
      }
    },
    60_000
  )
})

async function tableOf(name: string, text: string): Promise<CalibrationTable> {
  const loaded = await loadConfig(scratch.write(`${name}.yml`, text), { workspace: WORKSPACE })
  mkdirSync(scratch.path(name), { recursive: true })
  const { failed } = await quantizeModel(loaded, scratch.options(name))
  expect(failed).toEqual([])
  return parseTable(readFileSync(scratch.path(name, 'calibration.int8.json'), 'utf8'), name)
}

const onFixtures = sharedFixtures === undefined ? describe.skip : describe

onFixtures('on Fashion-MNIST', () => {
  const networks = ['classify-resnet14', 'classify-mobilenetv2']
  const cases = networks.flatMap((network) =>
    ['minmax', 'percentile', 'mse', 'entropy'].map((method) => [network, method])
  )

  it.each(cases)(
    '%s, %s: 4 images are too small and 512 are not',
    async (network, method) => {
      const audit = async (samples: number) => {
        const text = `version: 1
model: ${fixture('own', 'models', `${network}.onnx`)}
dataset: ${fashionMnist('test')}
${FASHION_PREPROCESSING}calibration: {dataset: ${fashionMnist('calibration')}, method: ${method}, samples: ${samples}}
variants: {int8: {precision: int8}}
`
        const table = await tableOf(`${network}-${method}-${samples}`, text)
        return auditSettling('int8', table, (tensor) => tensor)
      }
      expect(await audit(4)).toMatchObject({ status: 'warn', evidence: expect.stringMatching(/^too small/) })
      expect(await audit(512)).toMatchObject({
        status: 'pass',
        evidence: expect.stringMatching(/^the ranges have settled/)
      })
    },
    120_000
  )
})
