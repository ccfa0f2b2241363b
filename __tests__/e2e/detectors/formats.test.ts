import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXAMPLE, Scenes, type Ran } from './scenes.js'

const scenes = new Scenes({ test: 24, calibration: 8 })
afterAll(() => scenes.remove())

const config = (dataset: string, calibration = 'path') => `version: 1
model: model.onnx
task: detection
dataset: ${dataset}
preprocess: [{scale: 1/255}]
decode: {layout: yolov8}
calibration: {dataset: {${calibration}: calibration}, method: minmax}
variants: {int8: {precision: int8, keep: [/h8/h8.1/*, /h16/h16.1/*, '/*']}}
thresholds: [{metric: map, max_drop_points: 50}, {metric: voc07, max_drop_points: 50}]
layers: false
runtime: {provider: cpu}
`

const stem = (file: string) => file.replace(/\.[^.]+$/, '')

/** 1-based corners that belong to the box. Some boxes have the tags that annotation tools add. */
function writeVoc(): void {
  const { images, annotations, categories } = scenes.coco
  for (const { id, file_name: file, width, height } of images) {
    const objects = annotations
      .filter((entry) => entry.image_id === id)
      .map(({ category_id: category, bbox: [x, y, w, h] }) => {
        const corners = { xmin: x + 1, ymin: y + 1, xmax: x + w, ymax: y + h }
        const box = Object.entries(corners).map(([name, value]) => `      <${name}>${value}</${name}>`)
        const name = categories.find((one) => one.id === category)?.name ?? ''
        return [
          `  <object>\n    <name>${name}</name>\n    <pose>Unspecified</pose>\n    <difficult>0</difficult>`,
          `    <bndbox>\n${box.join('\n')}\n    </bndbox>\n  </object>`
        ].join('\n')
      })
    const size = `<size><width>${width}</width><height>${height}</height><depth>3</depth></size>`
    const lines = [`<annotation>`, `  <filename>${file}</filename>`, `  ${size}`, ...objects, '</annotation>', '']
    scenes.write(`voc/${stem(file)}.xml`, lines.join('\n'))
  }
}

/** Centre and size as shares of the image. */
function writeYolo(folder: string, number: (share: number) => string): void {
  const { images, annotations, categories } = scenes.coco
  for (const { id, file_name: file, width, height } of images) {
    const lines = annotations
      .filter((entry) => entry.image_id === id)
      .map(({ category_id: category, bbox: [x, y, w, h] }) => {
        const shares = [(x + w / 2) / width, (y + h / 2) / height, w / width, h / height]
        return [categories.findIndex((one) => one.id === category), ...shares.map(number)].join(' ')
      })
    scenes.write(`${folder}/${stem(file)}.txt`, `${lines.join('\n')}\n`)
  }
}

const runs = new Map<string, Promise<Ran>>()

beforeAll(() => {
  copyFileSync(join(EXAMPLE, 'model.onnx'), scenes.path('model.onnx'))
  const names = scenes.coco.categories.map(({ name }) => name)
  scenes.write('classes.txt', `${names.join('\n')}\n`)
  scenes.write('data.yaml', `nc: ${names.length}\nnames: [${names.join(', ')}]\n`)
  writeVoc()
  writeYolo('yolo', String)
  writeYolo('yolo6', (share) => share.toFixed(6))
  const datasets = {
    coco: '{coco: test/instances.json, images: test/images}',
    voc: '{voc: voc, images: test/images, classes: classes.txt}',
    yolo: '{yolo: yolo, images: test/images, classes: data.yaml}',
    yolo6: '{yolo: yolo6, images: test/images, classes: classes.txt}'
  }
  for (const [name, dataset] of Object.entries(datasets)) {
    start(name, config(dataset))
  }
  start('images', config(datasets.coco, 'images'))
})

function start(name: string, text: string): void {
  const run = scenes.run(`run-${name}`, text)
  run.catch(() => undefined)
  runs.set(name, run)
}

async function figures(name: string): Promise<number[]> {
  const run = await runs.get(name)
  if (run?.result === undefined) throw new Error(`${name} did not run: ${run?.stdout} ${run?.stderr}`)
  const { fp32, int8 } = run.result.variants
  const metrics = ['map', 'map50', 'map_small', 'map_medium', 'ar100', 'voc07', 'voc12']
  return [fp32, int8].flatMap((variant) => metrics.map((metric) => variant.metrics[metric] ?? NaN))
}

it("Pascal VOC's XML gives every figure that COCO's annotations give", async () => {
  const coco = await figures('coco')
  expect(coco[0]).toBeGreaterThan(0.7)
  expect(coco).not.toContain(NaN)
  expect(await figures('voc')).toEqual(coco)
}, 120_000)

it("YOLO's text labels do so, too, when written with every digit", async () => {
  const [coco, yolo] = [await figures('coco'), await figures('yolo')]
  yolo.forEach((value, i) => expect(Math.abs(value - coco[i])).toBeLessThan(1e-9))
}, 120_000)

it('and to the rounding of six digits as tools write them, a ten-thousandth of a pixel', async () => {
  const [coco, yolo] = [await figures('coco'), await figures('yolo6')]
  yolo.forEach((value, i) => expect(Math.abs(value - coco[i])).toBeLessThan(0.005))
}, 120_000)

it('a folder of images without labels calibrates to the same table', async () => {
  expect(await figures('images')).toEqual(await figures('coco'))
  const [one, other] = [await runs.get('images'), await runs.get('coco')]
  const key = (run: Ran | undefined) => run?.result?.variants.int8.calibration?.key
  expect(key(one)).toMatch(/^[0-9a-f]{64}$/)
  expect(key(one)).toBe(key(other))
}, 120_000)

it('and is no test set, since nothing says what is in the images', async () => {
  const { code, stderr } = await scenes.run('unlabelled', config('{images: test/images}'))
  expect(code).toBe(2)
  expect(stderr).toMatch(/unlabelled\.yml:4:10: dataset holds images without labels, and task detection takes \{coco/)
}, 60_000)
