import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { loadConfig } from '../../src/config/index.js'
import { runGate } from '../../src/gate.js'
import type { Result } from '../../src/result.js'
import { exitCodeOf } from '../../src/verdict/index.js'
import { SmallProject } from '../small/project.js'

let project: SmallProject
beforeAll(async () => {
  project = await SmallProject.create('classification')
  project.model(0.1, 'same.onnx')
  project.model(1.2, 'ours.onnx')
})
afterAll(() => project.remove())

/** The config's file cannot name one provider twice; on one machine without a GPU it is the way to two of them. */
async function onTwo(limits: string): Promise<Result> {
  const file = project.config(
    `layers: false\nthresholds: [${limits}]\n`,
    'same: {model: same.onnx}, ours: {model: ours.onnx}'
  )
  const config = await loadConfig(file)
  const unlimited = { ...config, runtime: { ...config.runtime, others: ['cpu' as const] } }
  return runGate(unlimited, {
    outputDirectory: project.path('out'),
    noCache: true,
    signal: new AbortController().signal,
    progress: { start: () => ({ update: () => undefined, finish: () => undefined }) },
    log: { info: () => undefined, warn: () => undefined, debug: () => undefined }
  })
}

const statuses = ({ verdicts }: Result) => verdicts.map(({ id, status }) => `${id} ${status}`)

describe('a run on two providers', () => {
  it('holds the limits on both', async () => {
    const result = await onTwo('{metric: top1, max_drop_points: 10, variant: ours}')
    expect(statuses(result)).toEqual(['ours.top1.max_drop_points fail', 'ours@cpu.top1.max_drop_points fail'])
    expect(exitCodeOf(result, 'warn')).toBe(1)
  }, 60_000)

  it('fails on a floor that FP32 misses, on each of them', async () => {
    const result = await onTwo('{metric: top1, min: 0.99, variant: ours}, {metric: top1, max_drop_points: 60}')
    expect(statuses(result).filter((text) => text.includes('@cpu'))).toEqual(
      expect.arrayContaining([expect.stringMatching(/^ours@cpu\.top1\.min fail$/)])
    )
  }, 60_000)
})
