import { afterAll, describe, expect, it } from '@jest/globals'
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadConfig } from '../../src/config/index.js'
import { quantizeModel, type GateOptions } from '../../src/gate.js'
import { parseTable, type CalibrationTable } from '../../src/quantization/index.js'
import { sharedFixtures } from '../fixtures.js'
import { EXAMPLE, fashionMnist, FASHION_PREPROCESSING, fixture, Scratch, WORKSPACE } from './workspace.js'

const scratch = new Scratch()
afterAll(() => scratch.remove())

/** Makes the models of a config; the text of each calibration table, by variant. */
async function tables(name: string, config: string, more: Partial<GateOptions> = {}): Promise<Record<string, string>> {
  const loaded = await loadConfig(scratch.write(`${name}.yml`, config), { workspace: WORKSPACE })
  const { failed } = await quantizeModel(loaded, { ...scratch.options(name), ...more })
  expect(failed).toEqual([])
  return Object.fromEntries(
    [...loaded.variants.keys()].map((variant) => [
      variant,
      readFileSync(scratch.path(name, `calibration.${variant}.json`), 'utf8')
    ])
  )
}

const onFixtures = sharedFixtures === undefined ? describe.skip : describe

onFixtures('min-max ranges', () => {
  const reference = JSON.parse(
    readFileSync(resolve('__fixtures__', 'quantization', 'resnet14-minmax-64.json'), 'utf8')
  ) as { readonly images: readonly string[]; readonly ranges: Readonly<Record<string, readonly [number, number]>> }

  it("are those of ONNX Runtime's own calibrator on the same 64 images", async () => {
    const manifest = scratch.write('first-64.csv', ['path', ...reference.images].join('\n'))
    const config = `version: 1
model: ${fixture('own', 'models', 'classify-resnet14.onnx')}
dataset: ${fashionMnist('test')}
${FASHION_PREPROCESSING}calibration: {dataset: {manifest: ${manifest}, root: ${fashionMnist('calibration')}}, method: minmax}
variants: {cpu: {precision: int8}, tensorrt: {precision: int8, target: tensorrt}}
`
    for (const text of Object.values(await tables('minmax', config))) {
      const table: CalibrationTable = parseTable(text, 'table')
      const tensors = Object.entries(table.tensors)
      const known = tensors.filter(([tensor]) => tensor in reference.ranges)
      expect(known.length).toBe(tensors.length)
      for (const [tensor, { range }] of known) {
        const largest = Math.max(...reference.ranges[tensor].map(Math.abs))
        for (const end of [0, 1]) {
          expect([tensor, Math.abs(range[end] - reference.ranges[tensor][end]) <= 1e-6 * largest]).toEqual([
            tensor,
            true
          ])
        }
      }
    }
  }, 120_000)
})

describe('the same calibration images', () => {
  const images = join(EXAMPLE, 'data', 'calibration')
  const files = readdirSync(images, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.png'))
    .sort()
    .filter((_, index) => index % 4 === 0)
  const config = (source: string, method: string, batch: number, targets = ['cpu']) => `version: 1
model: ${join(EXAMPLE, 'model.onnx')}
dataset: ${join(EXAMPLE, 'data', 'test')}
${FASHION_PREPROCESSING}calibration: {dataset: ${source}, method: ${method}}
variants: {${targets.map((target) => `${target}: {precision: int8, target: ${target}}`).join(', ')}}
runtime: {batch: ${batch}}
`
  const manifest = (name: string, order: readonly string[]) =>
    `{manifest: ${scratch.write(`${name}.csv`, ['path', ...order].join('\n'))}, root: ${images}}`

  /** 61 has no divisor in common with 64 files: every one comes once. */
  const shuffled = files.map((_, index) => files[(index * 61 + 7) % files.length])

  it.each(['minmax', 'percentile', 'entropy'])(
    '%s: in another order and with another batch size write the same table bytes',
    async (method) => {
      expect([...shuffled].sort()).toEqual(files)
      const one = await tables(`${method}-sorted`, config(manifest(`${method}-sorted`, files), method, 1))
      const other = await tables(`${method}-shuffled`, config(manifest(`${method}-shuffled`, shuffled), method, 32))
      expect(other).toEqual(one)
    },
    120_000
  )

  it('under other names, in one folder, write the same table bytes', async () => {
    const copies = scratch.path('copies')
    mkdirSync(copies)
    shuffled.forEach((file, index) => cpSync(join(images, file), join(copies, `${index}.png`)))
    const targets = ['cpu', 'tensorrt']
    const one = await tables('named', config(manifest('named', files), 'percentile', 8, targets))
    expect(await tables('renamed', config(copies, 'percentile', 8, targets))).toEqual(one)
  }, 120_000)
})
