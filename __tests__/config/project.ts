import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadConfig, type GateConfig, type LoadOptions } from '../../src/config/index.js'
import { ConfigurationError } from '../../src/errors.js'

/** A folder with the files that the configs of these tests name; its `.git` makes it the workspace. */
export class Project {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'precision-gate-config-')))

  constructor() {
    mkdirSync(join(this.root, '.git'))
    for (const folder of ['data/test', 'data/calibration', '.github'])
      mkdirSync(join(this.root, folder), { recursive: true })
    for (const file of ['models/net.onnx', 'models/qat.onnx', 'data/test.csv', 'data/classes.txt'])
      this.write(file, 'x')
    for (const file of ['data/inputs.npy', 'data/labels.csv', 'refs/a.npy', 'refs/cats/b.npy', 'refs/note.txt'])
      this.write(file, 'x')
  }

  write(file: string, content: string | Uint8Array): string {
    const path = join(this.root, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    return path
  }

  load(yaml: string, file = 'precision-gate.yml', options: LoadOptions = {}): Promise<GateConfig> {
    return loadConfig(this.write(file, yaml), options)
  }

  /** The messages of a config that must not load, without the folder in front of `file:line:column`. */
  async errors(yaml: string, file = 'precision-gate.yml', options: LoadOptions = {}): Promise<string[]> {
    const error: unknown = await this.load(yaml, file, options).then(
      () => new Error('the config loaded'),
      (reason: unknown) => reason
    )
    if (!(error instanceof ConfigurationError)) throw error
    return error.message.split('\n').map((line) => line.replaceAll(`${this.root}/`, '').replaceAll(this.root, '<root>'))
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** The smallest config. Each line is a key, so that tests can replace one. */
export function config(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const keys = {
    version: '1',
    model: 'models/net.onnx',
    dataset: 'data/test',
    variants: '{fp16: {precision: fp16}}',
    ...changes
  }
  return Object.entries(keys)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')
}
