import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import * as layouts from './layouts.js'
import { EXAMPLE, Scenes, type Ran } from './scenes.js'
import { encodeNpy } from '../../../src/util/npy.js'
import { ADDED } from './surgery.js'

const scenes = new Scenes({ test: 24, calibration: 8 })
afterAll(() => scenes.remove())

/** What is behind the heads stays in FP32, as in the example: then INT8 has the same boxes however they are written. */
const config = (model: string, decode: string) => `version: 1
model: ${model}.onnx
task: detection
dataset: {coco: test/instances.json, images: test/images}
preprocess: [{scale: 1/255}]
decode: ${decode}
calibration: {dataset: {path: calibration}, method: minmax}
variants:
  fp16: {precision: fp16}
  int8: {precision: int8, keep: [/h8/h8.1/*, /h16/h16.1/*, '/*'${model === 'original' ? '' : `, '${ADDED}/*'`}]}
thresholds: [{metric: map, max_drop_points: 50}]
layers: {samples: 2, isolated_samples: 1}
runtime: {provider: cpu}
`

/** `as`: the reading of the unchanged network that finds the same. `init`: the layout that is proposed. */
const DENSE = [
  { name: 'yolov5', decode: '{layout: yolov5}', as: 'suppressed', init: 'yolov5' },
  { name: 'yolox', decode: '{layout: yolox, strides: [8, 16]}', as: 'suppressed', init: 'yolox' },
  { name: 'ssdWithPriors', decode: '{layout: ssd, outputs: {priors: priors}}', as: 'suppressed', init: 'ssd' },
  { name: 'ssd', decode: '{layout: ssd, priors: priors.npy}', as: 'suppressed', init: 'ssd' },
  { name: 'detr', decode: `{layout: detr, min_score: ${0.001 * layouts.DETR_SHARE}}`, as: 'best', init: 'detr' },
  {
    name: 'detrSigmoid',
    decode: '{layout: detr, activation: sigmoid, background: none}',
    as: 'best',
    init: 'detr'
  }
] as const
const SUPPRESSED = [
  { name: 'torchvision', decode: '{layout: torchvision}', as: 'suppressed', init: 'torchvision' },
  { name: 'tensorflow', decode: '{layout: tensorflow}', as: 'suppressed', init: 'tensorflow' },
  { name: 'efficientNms', decode: '{layout: efficient_nms}', as: 'suppressed', init: 'efficient_nms' },
  { name: 'nmsIndices', decode: '{layout: nms_indices}', as: 'suppressed', init: 'nms_indices' },
  { name: 'rows', decode: '{layout: rows}', as: 'suppressed', init: 'rows' }
] as const
const ALL = [...DENSE, ...SUPPRESSED]

const runs = new Map<string, Promise<Ran>>()

beforeAll(async () => {
  const source = join(EXAMPLE, 'model.onnx')
  await layouts.exportAs(() => undefined, source, scenes.path('original.onnx'))
  scenes.write('priors.npy', encodeNpy(Float32Array.from(layouts.PRIORS), [layouts.PRIORS.length / 4, 4]))
  scenes.write(
    'corners.npy',
    encodeNpy(Float32Array.from(layouts.priorCorners(160)), [1, layouts.PRIORS.length / 4, 4])
  )
  start('suppressed', config('original', '{layout: yolov8}'))
  start('best', config('original', '{layout: yolov8, multi_label: false, nms: false}'))
  for (const { name, decode } of ALL) {
    await layouts.exportAs(layouts[name], source, scenes.path(`${name}.onnx`))
    start(name, config(name, decode))
  }
  const corners = '{file: corners.npy, box_format: xyxy, units: pixels, variances: [0.1, 0.2]}'
  start('corners', config('ssd', `{layout: ssd, priors: ${corners}}`))
  start('otherVariances', config('ssd', '{layout: ssd, priors: {file: priors.npy, variances: [0.2, 0.2]}}'))
}, 60_000)

function start(name: string, text: string): void {
  const run = scenes.run(name, text)
  // Awaited by its test; until then it must not count as unhandled.
  run.catch(() => undefined)
  runs.set(name, run)
}

async function ran(name: string) {
  const run = await runs.get(name)
  if (run?.result === undefined) throw new Error(`${name} did not run: ${run?.stdout} ${run?.stderr}`)
  return { ...run, result: run.result }
}

/** AP of FP32, INT8 and FP16. */
async function precisions(name: string): Promise<number[]> {
  const { result } = await ran(name)
  return ['fp32', 'int8', 'fp16'].map((variant) => result.variants[variant].metrics.map ?? NaN)
}

describe('a detector that is exported in another layout', () => {
  it.each(ALL)(
    '$name: the same AP in FP32 and in INT8',
    async ({ name, as }) => {
      const [fp32, int8, fp16] = await precisions(name)
      const [ownFp32, ownInt8, ownFp16] = await precisions(as)
      expect(ownFp32).toBeGreaterThan(0.4)
      expect(ownInt8).not.toBe(ownFp32)
      expect(Math.abs(fp32 - ownFp32)).toBeLessThan(1e-6)
      expect(Math.abs(int8 - ownInt8)).toBeLessThan(1e-6)
      // Shares, offsets and logits round to other FP16 numbers than pixels and scores do.
      expect(Math.abs(fp16 - ownFp16)).toBeLessThan(0.02)
      const { result } = await ran(name)
      expect(result.variants.int8.executed?.int8).toBeGreaterThan(10)
    },
    300_000
  )

  it.each(ALL)(
    '$name: init proposes its layout',
    async ({ name, init }) => {
      const file = `${name}.init.yml`
      expect(await scenes.command('init', `${name}.onnx`, '-o', file)).toMatchObject({ code: 0 })
      const proposed = parse(readFileSync(scenes.path(file), 'utf8')) as Record<string, Record<string, unknown>>
      expect(proposed).toMatchObject({ task: 'detection', decode: { layout: init } })
      expect(Object.keys(proposed.decode.outputs ?? {}).includes('priors')).toBe(name === 'ssdWithPriors')
    },
    60_000
  )
})

describe('priors from a file', () => {
  it('may be corners in pixels, and their values are part of how outputs were read', async () => {
    const [plain, corners] = [await ran('ssd'), await ran('corners')]
    expect(await precisions('corners')).toEqual(await precisions('ssd'))
    for (const { decoding } of [plain.result, corners.result]) {
      expect(decoding?.canonical).toMatch(/"priors":\{"boxes":"sha256:[0-9a-f]{64}","variances":\[0\.1,0\.2\]\}/)
    }
    const other = await ran('otherVariances')
    expect(other.result.decoding?.hash).not.toBe(plain.result.decoding?.hash)
    expect(other.result.variants.fp32.metrics.map).toBeLessThan(0.6 * (plain.result.variants.fp32.metrics.map ?? NaN))
  }, 300_000)
})

describe('its layers', () => {
  it.each(DENSE)(
    '$name: are compared up to the outputs',
    async ({ name }) => {
      const { result } = await ran(name)
      expect(Object.keys(result.layers ?? {})).toEqual(['fp16', 'int8'])
      expect(result.layerComparison?.int8).not.toHaveProperty('stoppedAt')
      expect(result.layers?.fp16.map((layer) => layer.name)).toContainEqual(expect.stringMatching(/^\/export\//))
    },
    300_000
  )

  it.each(SUPPRESSED)(
    '$name: are compared up to the suppression, and the report says so',
    async ({ name }) => {
      const { result, stdout } = await ran(name)
      for (const variant of ['fp16', 'int8']) {
        const { stoppedAt, error, observer } = result.layerComparison?.[variant] ?? {}
        expect(error).toBeUndefined()
        expect(observer).toMatchObject({ different: 0 })
        expect(stoppedAt).toEqual([{ name: expect.stringMatching(/^\/export\/Non/), op: 'NonMaxSuppression' }])
        const names = result.layers?.[variant].map((layer) => layer.name) ?? []
        expect(names).toEqual(expect.arrayContaining(['/b1/b1.0/b1.0.0/Conv', '/Softplus']))
        expect(names.filter((layer) => /TopK|GatherND|Non/.test(layer))).toEqual([])
      }
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain('stops before NonMaxSuppression /export/NonMaxSuppression_')
    },
    300_000
  )
})
