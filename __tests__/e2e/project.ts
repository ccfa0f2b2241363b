import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { makeNode, makeTensor } from '../../src/model/index.js'
import { parseResult } from '../../src/result.js'
import { makeModel, writeModel, type ModelParts } from '../model/helpers.js'
import { precisionGate } from './command.js'

/** Height and width of the images. */
export const SIZE = 8
const CLASSES = ['0-red', '1-green', '2-blue']

/** Nothing is wrong with it: 12 images of 3 colours, which the network tells apart without a mistake. */
export const CONFIG = `version: 1
model: model.onnx
dataset: {path: test}
preprocess:
  - normalize: {scale: 1/255, mean: 0, std: 1}
calibration: {dataset: {path: calibration}, method: minmax}
variants:
  int8: {precision: int8}
thresholds:
  - {metric: top1, max_drop_points: 50}
`

/** A convolution that passes the three colours through, and their means: logits [batch,3]. */
export const NETWORK: ModelParts = {
  nodes: [
    makeNode('Conv', ['images', 'weight'], ['mixed'], { name: 'mix' }),
    makeNode('GlobalAveragePool', ['mixed'], ['means'], { name: 'pool' }),
    makeNode('Flatten', ['means'], ['logits'], { name: 'flatten' })
  ],
  inputs: { images: ['batch', 3, SIZE, SIZE] },
  outputs: ['logits'],
  initializers: [colourWeight()]
}

/** The 1x1 convolution's weight; `outputs` beyond the third see every colour a little. */
export function colourWeight(outputs = 3, inputs = 3) {
  const data = new Float32Array(outputs * inputs).fill(0.01)
  for (let i = 0; i < Math.min(outputs, inputs); i++) data[i * inputs + i] = 1
  return makeTensor('weight', { type: 'float32', dims: [outputs, inputs, 1, 1], data })
}

/** A folder with everything that a run needs, to be broken in one place. */
export class Project {
  constructor(readonly folder: string) {}

  /** Where a command runs, and where it may leave something. */
  get places() {
    return { cwd: this.folder, temporary: this.path('tmp'), home: this.path('home') }
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts)
  }

  write(file: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.path(file)), { recursive: true })
    writeFileSync(this.path(file), content)
  }

  read(file: string): Buffer {
    return readFileSync(this.path(file))
  }

  remove(file: string): void {
    rmSync(this.path(file), { recursive: true })
  }

  /** Replaces a part of the config; a part that is not there would leave the project whole. */
  config(from: string, to: string): void {
    const text = this.read('precision-gate.yml').toString()
    if (!text.includes(from)) throw new Error(`the config has no ${from}`)
    this.write('precision-gate.yml', text.replace(from, to))
  }

  model(parts: ModelParts, file = 'model.onnx'): void {
    mkdirSync(dirname(this.path(file)), { recursive: true })
    writeModel(this.path(file), makeModel(parts))
  }

  /** All files of the project, as paths from its folder. */
  files(): string[] {
    return this.list('.').filter((file) => statSync(this.path(file)).isFile())
  }

  /** Everything below a folder, as paths from it; nothing where it does not exist. */
  list(folder: string): string[] {
    try {
      return readdirSync(this.path(folder), { recursive: true }).map(String).sort()
    } catch {
      return []
    }
  }
}

/** Judges a project without a cache. `result` reads what the run has written. */
export async function judge(project: Project, ...options: string[]) {
  const finished = await precisionGate(['run', '-q', '--no-cache', ...options], project.places)
  return { ...finished, result: () => parseResult(project.read('precision-gate-report/result.json').toString()) }
}

/** One finished project that the others are copies of. */
export class Projects {
  private constructor(
    private readonly root: string,
    private readonly template: string
  ) {}

  static async create(): Promise<Projects> {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'precision-gate-e2e-')))
    chmodSync(root, 0o755)
    const project = new Project(join(root, 'template'))
    project.write('precision-gate.yml', CONFIG)
    project.model(NETWORK)
    for (const [set, images] of [
      ['test', 4],
      ['calibration', 2]
    ] as const) {
      for (const [label, name] of CLASSES.entries()) {
        for (let i = 0; i < images; i++) project.write(`${set}/${name}/${i}.png`, await colourPng(label, 40 + 10 * i))
      }
    }
    return new Projects(root, project.folder)
  }

  copy(name: string): Project {
    const folder = join(this.root, name.replace(/[^a-z0-9]+/gi, '-'))
    cpSync(this.template, folder, { recursive: true, errorOnExist: true, force: false })
    // The work tree is the workspace: what lies beside it is outside.
    mkdirSync(join(folder, '.git'))
    for (const writable of ['tmp', 'home']) {
      mkdirSync(join(folder, writable))
      chmodSync(join(folder, writable), 0o777)
    }
    return new Project(folder)
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** One channel is bright, the others are `rest`. */
export async function colourPng(channel: number, rest: number, size = SIZE): Promise<Buffer> {
  const background = { r: rest, g: rest, b: rest, [(['r', 'g', 'b'] as const)[channel]]: 230 }
  return sharp({ create: { width: size, height: size, channels: 3, background } })
    .png()
    .toBuffer()
}
