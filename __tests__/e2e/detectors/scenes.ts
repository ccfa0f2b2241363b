import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Result } from '../../../src/result.js'
import { precisionGate, type Finished } from '../command.js'

export const EXAMPLE = resolve('examples', '10_detection')

interface Coco {
  images: { id: number; file_name: string; width: number; height: number }[]
  annotations: { image_id: number; category_id: number; bbox: [number, number, number, number] }[]
  categories: { id: number; name: string }[]
}

export interface Ran extends Finished {
  /** undefined where there is none. */
  readonly result: Result | undefined
}

/** A work tree with some of the scenes of example 10. */
export class Scenes {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'precision-gate-scenes-')))
  readonly coco: Coco

  constructor(images: { readonly test: number; readonly calibration: number }) {
    mkdirSync(this.path('.git'))
    for (const part of ['tmp', 'home']) mkdirSync(this.path(part))
    const whole = JSON.parse(readFileSync(join(EXAMPLE, 'data', 'test', 'instances.json'), 'utf8')) as Coco
    const taken = evenly(whole.images, images.test)
    const ids = new Set(taken.map(({ id }) => id))
    this.coco = { ...whole, images: taken, annotations: whole.annotations.filter(({ image_id: id }) => ids.has(id)) }
    this.write('test/instances.json', JSON.stringify(this.coco))
    this.copy(
      'test/images',
      taken.map((image) => image.file_name)
    )
    const calibration = readdirSync(join(EXAMPLE, 'data', 'calibration', 'images')).sort()
    this.copy('calibration', evenly(calibration, images.calibration), 'calibration/images')
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts)
  }

  write(file: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.path(file)), { recursive: true })
    writeFileSync(this.path(file), content)
  }

  private copy(folder: string, names: readonly string[], from = folder): void {
    mkdirSync(this.path(folder), { recursive: true })
    for (const name of names) copyFileSync(join(EXAMPLE, 'data', from, name), this.path(folder, name))
  }

  /** Writes `NAME.yml` and runs it. */
  async run(name: string, config: string): Promise<Ran> {
    this.write(`${name}.yml`, config)
    const finished = await this.command('run', '-q', '--no-cache', '-c', `${name}.yml`, '-o', name)
    const text = tryRead(this.path(name, 'result.json'))
    return { ...finished, result: text === undefined ? undefined : (JSON.parse(text) as Result) }
  }

  command(...args: string[]): Promise<Finished> {
    return precisionGate(args, { cwd: this.folder, temporary: this.path('tmp'), home: this.path('home') })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function evenly<T>(entries: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => entries[Math.floor((i * entries.length) / count)])
}

function tryRead(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
