import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, parse, resolve } from 'node:path'
import { loadConfig } from '../../src/config/index.js'
import { runGate, type GateOptions } from '../../src/gate.js'
import type { Result } from '../../src/result.js'
import { sharedFixtures } from '../fixtures.js'

/** Fixtures lie outside the repository, so nothing narrower holds both them and a config. */
export const WORKSPACE = parse(process.cwd()).root

export const EXAMPLE = resolve('examples', '01_fashion_mnist')

export function fixture(...parts: string[]): string {
  return resolve(sharedFixtures ?? 'missing', ...parts)
}

/** The Fashion-MNIST images, unpacked once for all tests and runs. */
export function fashionMnist(set: 'test' | 'calibration'): string {
  const archive = fixture('own', 'data', 'fashion-mnist.tar.gz')
  const { size, mtimeMs } = statSync(archive)
  const folder = resolve('node_modules', '.cache', 'precision-gate', `fashion-mnist-${size}-${Math.round(mtimeMs)}`)
  if (!existsSync(folder)) {
    mkdirSync(resolve(folder, '..'), { recursive: true })
    const unpacked = mkdtempSync(`${folder}.`)
    execFileSync('tar', ['-xzf', archive, '-C', unpacked])
    try {
      renameSync(unpacked, folder)
    } catch (error) {
      // Another test file was faster.
      rmSync(unpacked, { recursive: true })
      if (!existsSync(folder)) throw error
    }
  }
  return findSet(folder, set)
}

function findSet(folder: string, set: string): string {
  const found = [join(folder, set), join(folder, 'fashion-mnist', set)].find((path) => existsSync(path))
  if (found === undefined) throw new Error(`the archive of Fashion-MNIST holds no folder ${set}`)
  return found
}

/** What the networks of own/ were trained with. */
export const FASHION_PREPROCESSING = `preprocess:
  - pad: 2
  - color: gray-to-rgb
  - normalize: {scale: 0.00392156862745098, mean: 0.2860, std: 0.3530}
`

export const VARIANTS = {
  fp16: 'fp16: {precision: fp16}',
  int8: 'int8: {precision: int8}',
  tensorrt: 'tensorrt: {precision: int8, target: tensorrt}'
} as const

/** A config for one of the networks of own/ on all of Fashion-MNIST, calibrated with the default method. */
export function fashionConfig(model: string, variants: readonly (keyof typeof VARIANTS)[], more = ''): string {
  return `version: 1
model: ${fixture('own', 'models', `${model}.onnx`)}
dataset: ${fashionMnist('test')}
${FASHION_PREPROCESSING}calibration: {dataset: ${fashionMnist('calibration')}}
variants: {${variants.map((name) => VARIANTS[name]).join(', ')}}
runtime: {provider: cpu, batch: 64}
${more}`
}

/** A folder for configs, reports and tables that vanishes with the test file. */
export class Scratch {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'precision-gate-acceptance-')))

  path(...parts: string[]): string {
    return join(this.folder, ...parts)
  }

  write(file: string, content: string): string {
    mkdirSync(resolve(this.path(file), '..'), { recursive: true })
    writeFileSync(this.path(file), content)
    return this.path(file)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Runs the gate on a config given as text; `log` is what it said. */
  async run(name: string, config: string, more: Partial<GateOptions> = {}): Promise<{ result: Result; log: string[] }> {
    const options = this.options(name)
    const loaded = await loadConfig(this.write(`${name}.yml`, config), { workspace: WORKSPACE })
    return { result: await runGate(loaded, { ...options, ...more }), log: options.lines }
  }

  options(name: string): GateOptions & { readonly lines: string[] } {
    const lines: string[] = []
    const say = (line: string): void => void lines.push(line)
    return {
      outputDirectory: this.path(name),
      noCache: true,
      signal: new AbortController().signal,
      progress: { start: () => ({ update: () => undefined, finish: () => undefined }) },
      log: { info: say, warn: say, debug: () => undefined },
      lines
    }
  }
}

/** Right answers: a share times the number of samples, which is whole. */
export function right(result: Result, variant: string): number {
  return Math.round((result.variants[variant].metrics.top1 ?? NaN) * result.dataset.samples)
}
