import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { loadConfig } from '../../src/config/index.js'
import { runGate } from '../../src/gate.js'
import { makeNode, makeTensor } from '../../src/model/index.js'
import type { Result } from '../../src/result.js'
import { exitCodeOf } from '../../src/verdict/index.js'
import { makeModel, writeModel } from '../model/helpers.js'
import { network } from '../small/networks.js'
import { SmallProject } from '../small/project.js'

let project: SmallProject
beforeAll(async () => {
  project = await SmallProject.create('classification')
  project.model(0.1, 'same.onnx')
  project.model(1.2, 'ours.onnx')
})
afterAll(() => project.remove())

/** The config's file cannot name one provider twice; on one machine without a GPU it is the way to two of them. */
async function onTwo(limits: string, variants = 'same: {model: same.onnx}, ours: {model: ours.onnx}'): Promise<Result> {
  const file = project.config(`layers: false\nthresholds: [${limits}]\n`, variants)
  const config = await loadConfig(file)
  const twice = { ...config, runtime: { ...config.runtime, others: ['cpu' as const] } }
  return runGate(twice, {
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

  it('asks both for the required precision, and names a variant that runs on neither', async () => {
    const { nodes, initializers = [], ...parts } = network('classification', 0.1)
    const broken = {
      ...parts,
      // The last index is out of bounds, which shows when it runs.
      initializers: [
        ...initializers,
        makeTensor('order', { type: 'int64', dims: [3], data: BigInt64Array.of(0n, 1n, 7n) })
      ],
      nodes: [
        ...nodes.slice(0, -1),
        makeNode('Flatten', ['means'], ['flat'], { name: 'flatten' }),
        makeNode('Gather', ['flat', 'order'], ['logits'], { name: 'order', attributes: { axis: { int: 1 } } })
      ]
    }
    writeModel(project.path('broken.onnx'), makeModel(broken))
    const result = await onTwo(
      '{metric: top1, max_drop_points: 60}',
      'same: {model: same.onnx, require_executed: int8}, broken: {model: broken.onnx}'
    )
    const required = 'executed int8.require_executed fail'
    expect(statuses(result)).toEqual(expect.arrayContaining([`same.${required}`, `same@cpu.${required}`]))
    for (const name of ['broken', 'broken@cpu']) {
      expect(result.reasons).toContainEqual(expect.stringMatching(new RegExp(`^${name} did not run: `)))
    }
    expect(exitCodeOf(result, 'warn')).toBe(3)
  }, 60_000)
})
