import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { renameSync } from 'node:fs'
import { makeTensor } from '../../src/model/index.js'
import { colourPng, NETWORK, Projects, type Project } from '../e2e/project.js'
import { runCli } from './harness.js'

let projects: Projects
let original: string
beforeAll(async () => {
  projects = await Projects.create()
  original = await key(projects.copy('original'))
})
afterAll(() => projects.remove())

async function key(project: Project, ...args: string[]): Promise<string> {
  const { code, out, err } = await runCli(
    ['cache-key', '-c', project.path('precision-gate.yml'), ...args],
    await import('../../src/gate.js')
  )
  expect({ code, err }).toEqual({ code: 0, err: out === '' ? err : '' })
  return out
}

describe('cache-key', () => {
  it('is one SHA-256, the same wherever the project lies', async () => {
    expect(original).toMatch(/^[0-9a-f]{64}\n$/)
    expect(await key(projects.copy('elsewhere'))).toBe(original)
  })

  it.each<[string, (project: Project) => void | Promise<void>]>([
    ['a limit', (project) => project.config('max_drop_points: 50', 'max_drop_points: 5')],
    ['a test image', async (project) => project.write('test/1-green/0.png', await colourPng(1, 99))],
    [
      'a variant that is not calibrated',
      (project) => project.config('variants:', 'variants:\n  fp16: {precision: fp16}')
    ],
    [
      'the name of a calibration image',
      (project) => renameSync(project.path('calibration/1-green/0.png'), project.path('calibration/1-green/9.png'))
    ],
    ['another spelling of the preprocessing', (project) => project.config('scale: 1/255', `scale: ${1 / 255}`)]
  ])('stays the same with %s', async (name, change) => {
    const project = projects.copy(`same-${name}`)
    await change(project)
    expect(await key(project)).toBe(original)
  })

  it.each<[string, (project: Project) => void | Promise<void>]>([
    ['a preprocessing step', (project) => project.config('mean: 0', 'mean: 0.5')],
    ['a calibration image', async (project) => project.write('calibration/1-green/0.png', await colourPng(1, 99))],
    ['one image more', async (project) => project.write('calibration/1-green/9.png', await colourPng(1, 99))],
    ['the number of images', (project) => project.config('method: minmax', 'method: minmax, samples: 3')],
    ['the method', (project) => project.config('method: minmax', 'method: entropy')],
    ['the target', (project) => project.config('precision: int8', 'precision: int8, target: tensorrt')],
    ['layers that are kept', (project) => project.config('precision: int8', 'precision: int8, keep: [Flatten]')],
    [
      'one variant more',
      (project) => project.config('variants:', 'variants:\n  rt: {precision: int8, target: tensorrt}')
    ],
    [
      'a weight',
      (project) => {
        const data = new Float32Array(9).fill(0.5)
        project.model({
          ...NETWORK,
          initializers: [makeTensor('weight', { type: 'float32', dims: [3, 3, 1, 1], data })]
        })
      }
    ]
  ])('changes with %s', async (name, change) => {
    const project = projects.copy(`other-${name}`)
    await change(project)
    const other = await key(project)
    expect(other).toMatch(/^[0-9a-f]{64}\n$/)
    expect(other).not.toBe(original)
  })

  it('is empty where nothing is calibrated', async () => {
    const project = projects.copy('nothing')
    project.config('variants:', 'variants:\n  fp16: {precision: fp16}')
    expect(await key(project, '--precision', 'fp16')).toBe('')
  })

  it('loads no native runtime', () => {
    const project = projects.copy('native')
    const script = `
      const { loadTypeScript } = await import('./script/load-typescript.mjs')
      const { calibrationCacheKey } = await loadTypeScript('src/gate/cache-key.ts')
      const { loadConfig } = await loadTypeScript('src/config/index.ts')
      await calibrationCacheKey(await loadConfig(${JSON.stringify(project.path('precision-gate.yml'))}))
      console.log(process.report.getReport().sharedObjects.filter((file) => /onnxruntime|vips|sharp/.test(file)).length)`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(output.trim().split('\n').at(-1)).toBe('0')
  })
})
