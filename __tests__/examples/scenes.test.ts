import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { loadConfig, type GateConfig } from '../../src/config/index.js'
import { openDataset, type DatasetSource } from '../../src/dataset/index.js'
import type { Result } from '../../src/result.js'
import { sha256 } from '../../src/util/hash.js'
import { precisionGate, type Finished } from '../e2e/command.js'

let scratch: string
beforeAll(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'precision-gate-examples-')))
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** `fp32`: what `python script/make-scene-examples.py --measure` prints. */
const EXAMPLES = [
  { name: '09_segmentation', metric: 'miou', fp32: 0.8025, images: 80 },
  { name: '10_detection', metric: 'map', fp32: 0.8137, images: 120 }
] as const

describe.each(EXAMPLES)('example $name', ({ name, metric, fp32, images }) => {
  const folder = resolve('examples', name)
  let config: GateConfig
  beforeAll(async () => {
    config = await loadConfig(join(folder, 'precision-gate.yml'))
  })

  it('runs as it stands and passes, with the figures of an independent evaluation', async () => {
    const output = join(scratch, name)
    const finished = await run(['run', '-q', '--no-cache', '-c', `examples/${name}/precision-gate.yml`, '-o', output])
    expect(finished).toMatchObject({ code: 0 })
    expect(finished.stdout).toContain('PASS')
    const result = JSON.parse(readFileSync(join(output, 'result.json'), 'utf8')) as Result
    expect(result.dataset.samples).toBe(images)
    expect(Math.abs((result.variants.fp32.metrics[metric] ?? NaN) - fp32)).toBeLessThanOrEqual(0.00006)
    expect(Object.keys(result.variants)).toEqual(['fp32', 'fp16', 'int8'])
    expect(result.verdicts.map(({ id, status }) => [id, status])).toEqual([
      [`fp32.${metric}.expect`, 'pass'],
      [`fp16.${metric}.max_drop_points`, 'pass'],
      [`int8.${metric}.max_drop_points`, 'pass']
    ])
    expect(result.variants.int8.executed?.int8).toBeGreaterThan(10)
  }, 300_000)

  it('calibrates on images that are not in the test set', async () => {
    const test = await contents(config.dataset)
    const calibration = await contents(config.calibration!.dataset)
    expect([test.size, calibration.size]).toEqual([images, 32])
    expect([...calibration].filter((hash) => test.has(hash))).toEqual([])
  })

  it('shows in its README the config that it has', () => {
    const shown = /```yaml\n([^]*?)```/.exec(readFileSync(join(folder, 'README.md'), 'utf8'))?.[1] ?? ''
    expect(parse(shown)).toEqual(parse(readFileSync(config.file, 'utf8')))
  })

  async function contents(source: DatasetSource): Promise<Set<string>> {
    const dataset = await openDataset(source, { workspace: config.workspace })
    const hashes = new Set<string>()
    for (let i = 0; i < dataset.samples.length; i++) hashes.add(sha256(await dataset.read(i)))
    await dataset.close()
    return hashes
  }
})

/** In the repository's root, as the READMEs say. */
function run(args: readonly string[]): Promise<Finished> {
  return precisionGate(args, { cwd: resolve('.'), temporary: scratch, home: scratch })
}
