import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { GateModule } from '../../src/cli/context.js'
import type { GateConfig } from '../../src/config/index.js'
import { config, Project } from '../config/project.js'
import { passingResult } from '../report/results.js'
import { runCli } from './harness.js'

const LIMITS = `[
    { metric: top1, max_drop_points: 1 },
    { metric: top1, variant: int8, max_drop_points: 2 },
    { metric: top1, variant: fp16, min: 0.5 },
    { layer: '*', variant: int8, min_sqnr_db: 10 },
    { layer: '*', min_sqnr_db: 5 }
  ]`
const VARIANTS = `{ fp16: { precision: fp16 }, int8: { precision: int8 }, small: { precision: int8, target: tensorrt } }`
const KEYS = { variants: VARIANTS, calibration: '{ dataset: data/calibration }' }

let project: Project
let file: string
beforeAll(() => {
  project = new Project()
  file = project.write('precision-gate.yml', config({ ...KEYS, thresholds: LIMITS }))
})
afterAll(() => project.remove())

async function run(...args: string[]) {
  let seen: GateConfig | undefined
  const gate: Partial<GateModule> = {
    runGate: (given) => {
      seen = given
      return Promise.resolve(passingResult)
    }
  }
  const ended = await runCli(['run', '-c', file, '-o', project.root, ...args], gate)
  return { ...ended, seen }
}

describe('run --precision', () => {
  it('judges the variants of these precisions, and says which limits are left out', async () => {
    const { code, err, seen } = await run('--precision', 'fp16')
    expect(code).toBe(0)
    expect([...(seen?.variants.keys() ?? [])]).toEqual(['fp16'])
    expect(seen?.thresholds.map(({ variant }) => variant)).toEqual([undefined, 'fp16'])
    expect(seen?.layerLimits?.map(({ value }) => value)).toEqual([5])
    expect(err).toMatch(/the limit on layers \* of int8 \(line \d+\) is left out/)
    expect(err).toMatch(/not judged: int8, small/)
    expect(err).toMatch(/the limit on top1 of int8 \(line \d+\) is left out/)
  })

  it.each([
    ['a list', ['--precision', 'fp16, int8']],
    ['repeated', ['--precision', 'fp16', '--precision', 'int8']]
  ])('takes %s', async (_, args) => {
    expect([...((await run(...args)).seen?.variants.keys() ?? [])]).toEqual(['fp16', 'int8', 'small'])
  })

  it('is a mistake where nothing is left to judge', async () => {
    const { code, err, seen } = await run('--precision', 'model')
    expect([code, seen]).toEqual([2, undefined])
    expect(err).toMatch(/--precision model leaves nothing to judge: the config has fp16 \(fp16\), int8 \(int8\)/)
  })

  it('is a mistake where no limit is left', async () => {
    const only = project.write(
      'only.yml',
      config({ ...KEYS, thresholds: '[{ metric: top1, variant: int8, max_drop_points: 2 }]' })
    )
    const { code, err } = await run('-c', only, '--precision', 'fp16')
    expect(code).toBe(2)
    expect(err).toMatch(/leaves no limit/)
  })

  it.each([
    ['int4', /There is no precision "int4"/],
    ['fp32', /fp32 is measured in any case/]
  ])('is a mistake where there is no such precision: %s', async (name, message) => {
    const { code, err } = await run('--precision', name)
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })
})
