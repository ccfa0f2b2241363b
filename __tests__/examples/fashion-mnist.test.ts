import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { loadConfig } from '../../src/config/index.js'
import { openDataset, type Dataset, type DatasetSource } from '../../src/dataset/index.js'
import { sha256 } from '../../src/util/hash.js'

const folder = fileURLToPath(new URL('../../examples/01_fashion_mnist', import.meta.url))
const config = await loadConfig(join(folder, 'precision-gate.yml'))

describe('example 01', () => {
  it('has the same number of test images in every class', async () => {
    const dataset = await open(config.dataset)
    const perClass = new Map<number | undefined, number>()
    for (const { label } of dataset.samples) perClass.set(label, (perClass.get(label) ?? 0) + 1)
    expect([...perClass]).toEqual(Array.from({ length: 10 }, (_, label) => [label, 200]))
    await dataset.close()
  })

  it('calibrates on images that are not in the test set', async () => {
    const test = await contents(config.dataset)
    const calibration = await contents(config.calibration!.dataset)
    expect(calibration.size).toBeGreaterThanOrEqual(256)
    expect([...calibration].filter((hash) => test.has(hash))).toEqual([])
  })

  it('names its JSON Schema, so that editors check and complete it', () => {
    const schema = /^# yaml-language-server: \$schema=(\S+)$/m.exec(readFileSync(config.file, 'utf8'))?.[1]
    expect(JSON.parse(readFileSync(join(dirname(config.file), schema!), 'utf8'))).toHaveProperty('$schema')
  })

  it('asks for the two reduced precisions and a limit on top-1', () => {
    expect([...config.variants.values()].map(({ kind }) => kind)).toEqual(['fp16', 'int8'])
    expect(config.thresholds).toMatchObject([{ metric: 'top1', maxDropPoints: 1, severity: 'error' }])
    expect(config.preprocess.map(({ step }) => step)).toEqual(['pad', 'color', 'normalize'])
  })
})

async function open(source: DatasetSource): Promise<Dataset> {
  return openDataset(source, { workspace: config.workspace })
}

async function contents(source: DatasetSource): Promise<Set<string>> {
  const dataset = await open(source)
  const hashes = new Set<string>()
  for (let i = 0; i < dataset.samples.length; i++) hashes.add(sha256(await dataset.read(i)))
  await dataset.close()
  return hashes
}
