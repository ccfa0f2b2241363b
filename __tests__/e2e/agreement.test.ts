import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
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
import { join, resolve } from 'node:path'
import { parseResult, parseSamples } from '../../src/result.js'
import { precisionGate, type Finished } from './command.js'

const EXAMPLE = resolve('examples', '01_fashion_mnist')

/** Example 01 without what says which image shows what. */
const CONFIG = `version: 1
model: model.onnx
metric: agreement
dataset: {images: images}
preprocess:
  - pad: 2
  - color: gray-to-rgb
  - normalize: {scale: 1/255, mean: 0.2860, std: 0.3530}
calibration: {dataset: calibration}
variants:
  fp16: {precision: fp16}
  int8: {precision: int8}
thresholds:
  - {metric: agreement, max_drop_points: 2.0}
layers: {samples: 2, isolated_samples: 1}
runtime: {provider: cpu}
`

let folder: string
let finished: Finished
const at = (...parts: string[]) => join(folder, ...parts)
const run = (...args: string[]) => precisionGate(args, { cwd: folder, temporary: at('tmp'), home: at('home') })

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'precision-gate-agreement-')))
  for (const name of ['tmp', 'home', '.git', 'images', 'calibration']) mkdirSync(at(name))
  copyFileSync(join(EXAMPLE, 'model.onnx'), at('model.onnx'))
  for (const [from, to] of [
    ['test', 'images'],
    ['calibration', 'calibration']
  ]) {
    for (const label of readdirSync(join(EXAMPLE, 'data', from))) {
      for (const file of readdirSync(join(EXAMPLE, 'data', from, label)))
        copyFileSync(join(EXAMPLE, 'data', from, label, file), at(to, file))
    }
  }
  writeFileSync(at('precision-gate.yml'), CONFIG)
  finished = await run('run', '-o', 'out', '--no-cache', '-r', 'terminal', '-r', 'markdown=report.md')
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('example 01 without labels', () => {
  it('passes on what INT8 answers like FP32', () => {
    expect(finished.code).toBe(0)
    expect(finished.stderr).not.toContain('error')
    expect(finished.stdout).toMatch(/^PASS {2}2 of 2 limits hold/m)
    expect(finished.stdout).toMatch(/int8 +agreement +100\.00 % +99\.\d\d %/)
    expect(finished.stdout).toMatch(/int8: [1-9]\d? answers changed against FP32/)
  })

  it('writes what agreed, image by image', () => {
    const result = parseResult(readFileSync(at('out', 'result.json'), 'utf8'))
    const { outcomes, labels } = parseSamples(readFileSync(at('out', 'samples.json'), 'utf8'))
    const { metrics, changed } = result.variants.int8
    expect(result.comparedWith).toBe('fp32')
    expect([...outcomes.int8].filter((digit) => digit === '0')).toHaveLength(changed ?? -1)
    expect(metrics.agreement).toBe((2000 - (changed ?? 0)) / 2000)
    expect(new Set(outcomes.fp32)).toEqual(new Set('1'))
    expect(new Set(labels)).toEqual(new Set([-1]))
  })

  it('says in Markdown what changed', () => {
    const text = readFileSync(at('report.md'), 'utf8')
    expect(text).toContain("changed: images with another answer than FP32's")
    expect(text).not.toMatch(/broken|repaired/)
  })

  it('is what init proposes', async () => {
    const { code } = await run('init', 'model.onnx', '--data', 'images', '-o', 'started.yml')
    expect(code).toBe(0)
    expect(readFileSync(at('started.yml'), 'utf8')).toMatch(/^metric: agreement[^]*^dataset: \{images: images\}/m)
    expect(await run('check', '-c', 'started.yml')).toMatchObject({ code: 0, stderr: '' })
  })
})
