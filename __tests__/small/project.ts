import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { uniform } from '../../src/util/random.js'
import { main } from '../../src/cli/main.js'
import { parseResult, parseSamples, type Result, type Samples } from '../../src/result.js'
import { recordingOutput } from '../cli/harness.js'
import { makeModel, writeModel } from '../model/helpers.js'
import { CELL, network, SIZE, type TaskName } from './networks.js'

export type { TaskName } from './networks.js'
export const TASKS = ['classification', 'detection', 'segmentation'] as const

const COLOURS = ['red', 'green', 'blue'] as const
export const METRIC = { classification: 'top1', detection: 'map', segmentation: 'miou' } as const

const DATASET = {
  classification: '{path: test}',
  detection: '{coco: test.json, images: test}',
  segmentation: '{masks: masks, images: test}'
}

interface Picture {
  readonly pixels: Buffer
  readonly mask: Buffer
  /** x, y, class. */
  readonly objects: readonly (readonly [number, number, number])[]
  readonly label: number
}

/** Noisy patches of three colours on a grey ground. */
function picture(seed: number, label: number): Picture {
  const next = uniform(seed)
  const pixels = Buffer.alloc(3 * SIZE * SIZE)
  const mask = Buffer.alloc(SIZE * SIZE, label)
  for (let i = 0; i < SIZE * SIZE; i++) {
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = (c === label ? 90 : 60) + 110 * next()
  }
  const objects: [number, number, number][] = []
  for (let cell = 0; cell < (SIZE / CELL) ** 2; cell++) {
    const colour = Math.floor(12 * next())
    if (colour > 2) continue
    const [x, y] = [CELL * (cell % (SIZE / CELL)), CELL * Math.floor(cell / (SIZE / CELL))]
    objects.push([x, y, colour])
    for (let dy = 0; dy < CELL; dy++) {
      for (let dx = 0; dx < CELL; dx++) {
        const at = (y + dy) * SIZE + x + dx
        mask[at] = colour
        for (let c = 0; c < 3; c++) pixels[3 * at + c] = (c === colour ? 110 : 50) + 120 * next()
      }
    }
  }
  return { pixels, mask, objects, label }
}

function png(data: Buffer, channels: 1 | 3): Promise<Buffer> {
  const image = sharp(data, { raw: { width: SIZE, height: SIZE, channels } })
  return (channels === 1 ? image.toColourspace('b-w') : image).png().toBuffer()
}

/** A folder with a small task of each kind, and the command line to run on it in this process. */
export class SmallProject {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'precision-gate-small-')))

  private constructor(readonly task: TaskName) {}

  /** @param images in the test set. */
  static async create(task: TaskName, images = 30): Promise<SmallProject> {
    const project = new SmallProject(task)
    const annotations: object[] = []
    const listed: object[] = []
    for (let i = 0; i < images; i++) {
      const { pixels, mask, objects, label } = picture(100 + i, i % 3)
      const name = `${String(i).padStart(3, '0')}.png`
      const folder = task === 'classification' ? `test/${label}-${COLOURS[label]}` : 'test'
      project.write(join(folder, name), await png(pixels, 3))
      if (task === 'segmentation') project.write(join('masks', name), await png(mask, 1))
      // Numbers of its own, in another order than the images.
      const id = 1000 - 7 * i
      listed.push({ id, file_name: name, width: SIZE, height: SIZE })
      for (const [x, y, colour] of objects) {
        const box = { bbox: [x, y, CELL, CELL], area: CELL * CELL, iscrowd: 0 }
        annotations.push({ id: annotations.length + 1, image_id: id, category_id: 10 * (colour + 1), ...box })
      }
    }
    if (task === 'detection') {
      const categories = COLOURS.map((name, index) => ({ id: 10 * (index + 1), name }))
      project.write('test.json', JSON.stringify({ images: listed, annotations, categories }))
    }
    for (let i = 0; i < 8; i++) project.write(`calibration/${i}.png`, await png(picture(i, i % 3).pixels, 3))
    mkdirSync(join(project.folder, '.git'))
    project.model(0.1)
    return project
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts)
  }

  write(file: string, content: string | Uint8Array): string {
    mkdirSync(dirname(this.path(file)), { recursive: true })
    writeFileSync(this.path(file), content)
    return this.path(file)
  }

  /** Writes the network; the more blur the worse it is. */
  model(blur: number, file = 'model.onnx'): void {
    writeModel(this.path(file), makeModel(network(this.task, blur)))
  }

  /** @param more lines of the config; @param variants replaces the INT8 variant. */
  config(more = '', variants = 'int8: {precision: int8}', device = '0'): string {
    const decode = this.task === 'detection' ? 'decode: {layout: yolov8, clip: false}\n' : ''
    const name = `config-${Math.random().toString(36).slice(2)}.yml`
    return this.write(
      name,
      `version: 1
model: model.onnx
task: ${this.task}
dataset: ${DATASET[this.task]}
preprocess: [{scale: 1/255}]
${decode}calibration: {dataset: {path: calibration}, method: minmax}
variants: {${variants}}
runtime: {${device === '0' ? 'provider: cpu, ' : ''}batch: 4, threads: 1, device: ${device}}
${more}`
    )
  }

  /** The command line as a user has it, with paths from the project's folder. */
  async command(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const [out, err] = [recordingOutput(), recordingOutput()]
    const code = await main(args, {
      terminal: { program: 'dist/cli.js', out, err, signal: new AbortController().signal },
      loadGate: () => import('../../src/gate.js'),
      loadRuntimeModule: () => import('../../src/runtime/index.js')
    })
    return { code, out: out.stream.text, err: err.stream.text }
  }

  /** `run` into a report folder of that name. */
  run(name: string, config: string, ...args: string[]) {
    return this.command('run', '-c', config, '-o', this.path(name), '--cache-dir', this.path('cache'), ...args)
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8')
  }

  image(name: string): Buffer {
    return readFileSync(this.path('test', name))
  }

  result(name: string): Result {
    return parseResult(readFileSync(this.path(name, 'result.json'), 'utf8'))
  }

  samples(name: string): Samples {
    return parseSamples(readFileSync(this.path(name, 'samples.json'), 'utf8'))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
