import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { run } from '../../model/helpers.js'
import { Scenes } from './scenes.js'

const EXAMPLE = resolve('examples', '09_segmentation')
const [SIZE, CLASSES, IMAGES] = [160, 11, 8]

const scenes = new Scenes({ test: 1, calibration: 8 })
afterAll(() => scenes.remove())

const config = (masks: string, more: string) => `version: 1
model: model.onnx
task: segmentation
dataset: {masks: ${masks}, images: images${more}}
preprocess: [{scale: 1/255}]
calibration: {dataset: {images: calibration}}
variants: {int8: {precision: int8}}
thresholds: [{metric: miou, max_drop_points: 50}]
layers: false
runtime: {provider: cpu}
`

const MAP = `map: {${Array.from({ length: CLASSES }, (_, k) => `${numberOf(k)}: ${k}`).join(', ')}}`

/** The numbers that a data set might have for the classes. */
function numberOf(label: number): number {
  return 30 + 7 * label
}

/** A stripe across every image, over background and objects. */
const isStripe = (pixel: number) => Math.floor(pixel / SIZE) % 40 < 10

let names: string[]
beforeAll(async () => {
  copyFileSync(join(EXAMPLE, 'model.onnx'), scenes.path('model.onnx'))
  names = readdirSync(join(EXAMPLE, 'data/test/images')).sort().slice(0, IMAGES)
  for (const folder of ['images', 'mapped', 'ignored', 'others']) mkdirSync(scenes.path(folder))
  for (const name of names) {
    copyFileSync(join(EXAMPLE, 'data/test/images', name), scenes.path('images', name))
    const labels = await maskOf(name)
    const write = (folder: string, value: (label: number, pixel: number) => number) =>
      sharp(Uint8Array.from(labels, value), { raw: { width: SIZE, height: SIZE, channels: 1 } })
        .toColourspace('b-w')
        .png()
        .toFile(scenes.path(folder, name.replace('.jpg', '.png')))
    await write('mapped', numberOf)
    await write('ignored', (label, pixel) => (isStripe(pixel) ? 255 : label))
    await write('others', (label, pixel) => (isStripe(pixel) ? 9 : numberOf(label)))
  }
})

async function maskOf(name: string): Promise<Uint8Array> {
  const file = join(EXAMPLE, 'data/test/masks', name.replace('.jpg', '.png'))
  return sharp(file).extractChannel(0).raw().toBuffer()
}

/** Intersections over unions, counted here, of what the network says of the pixels that count. */
async function meanIou(counts: (pixel: number) => boolean): Promise<number> {
  const [both, either] = [new Float64Array(CLASSES), new Float64Array(CLASSES)]
  const plane = SIZE * SIZE
  for (const name of names) {
    const labels = await maskOf(name)
    const pixels = await sharp(join(EXAMPLE, 'data/test/images', name))
      .removeAlpha()
      .raw()
      .toBuffer()
    const data = new Float32Array(3 * plane)
    for (let i = 0; i < plane; i++) for (let c = 0; c < 3; c++) data[c * plane + i] = pixels[3 * i + c] / 255
    const { logits } = await run(join(EXAMPLE, 'model.onnx'), {
      images: { type: 'float32', dims: [1, 3, SIZE, SIZE], data }
    })
    const scores = logits.data as Float32Array
    for (let i = 0; i < plane; i++) {
      if (!counts(i)) continue
      let best = 0
      for (let k = 1; k < CLASSES; k++) if (scores[k * plane + i] > scores[best * plane + i]) best = k
      if (best === labels[i]) both[best]++
      else either[best]++
      either[labels[i]]++
    }
  }
  const there = Array.from(either, (all, k) => (all > 0 ? both[k] / all : NaN)).filter((iou) => !Number.isNaN(iou))
  return there.reduce((sum, iou) => sum + iou) / there.length
}

async function measured(name: string, text: string): Promise<number> {
  const { result, stdout, stderr } = await scenes.run(name, text)
  if (result === undefined) throw new Error(`${name} did not run: ${stdout} ${stderr}`)
  expect(result.variants.int8.drop.miou.points).toBeLessThan(5)
  return result.variants.fp32.metrics.miou ?? NaN
}

it("a map turns the numbers of a data set's masks into classes", async () => {
  expect(await measured('map', config('mapped', `, ${MAP}`))).toBeCloseTo(await meanIou(() => true), 5)
}, 120_000)

it('pixels with the ignored value do not count', async () => {
  const expected = await meanIou((pixel) => !isStripe(pixel))
  expect(Math.abs(expected - (await meanIou(() => true)))).toBeGreaterThan(1e-4)
  expect(await measured('ignore', config('ignored', ', ignore: 255'))).toBeCloseTo(expected, 5)
}, 120_000)

it('nor do numbers that the map leaves out, where it says so', async () => {
  const expected = await meanIou((pixel) => !isStripe(pixel))
  expect(await measured('others', config('others', `, ${MAP}, others: ignore`))).toBeCloseTo(expected, 5)
}, 120_000)

it('and without that they are an error that names the file and the value', async () => {
  const { code, stderr, result } = await scenes.run('unmapped', config('others', `, ${MAP}`))
  expect(code).toBe(3)
  expect(stderr).toMatch(/others\/\d{4}\.png/)
  expect(stderr).toContain('9')
  expect(result).toBeUndefined()
}, 120_000)
