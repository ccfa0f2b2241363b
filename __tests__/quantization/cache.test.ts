import { mkdtempSync, readdirSync, rmSync, writeFileSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { TableCache } from '../../src/quantization/cache.js'
import { makeTable, serializeTable, type KeyParts } from '../../src/quantization/table.js'
import { sha256 } from '../../src/util/hash.js'

const steps = (...list: object[]): string => JSON.stringify({ steps: list, version: 1 })

function parts(change: Partial<KeyParts> = {}): KeyParts {
  const images = change.images ?? ['aaaa', 'bbbb', 'cccc']
  return {
    algorithm: 1,
    model: 'm1',
    weights: { 'conv.weight': '1111', 'fc.weight': '2222' },
    preprocessing: steps({ step: 'resize', size: { shorter: 256 } }, { step: 'layout', to: 'nchw' }),
    method: '{"method":"entropy"}',
    target: 'cpu',
    tensors: ['images', 'relu'],
    ...change,
    images,
    imagesHash: sha256(images.join())
  }
}

const range = { min: -1, max: 1.5 }
const tensor = { observed: { min: -1, max: 2 }, range, quarter: { min: -0.5, max: 1 }, half: range, cut: 0.001 }
const calibrated = new Map(['images', 'relu'].map((name) => [name, tensor]))

let folder: string
let cache: TableCache
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'precision-gate-cache-'))
  cache = new TableCache(join(folder, 'tables'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('TableCache', () => {
  it('finds what was stored, to the byte', async () => {
    const table = makeTable(parts(), 3, calibrated)
    const file = await cache.store(table)
    expect(readFileSync(file, 'utf8')).toBe(serializeTable(table))
    expect(await cache.find(parts())).toMatchObject({ hit: true, table })
    expect(readdirSync(join(folder, 'tables'))).toEqual([`${table.key}.json`])
  })

  it('says that it is empty', async () => {
    expect(await cache.find(parts())).toEqual({ hit: false, refused: false, reason: 'no table in the cache yet' })
  })

  it.each<[string, Partial<KeyParts>, RegExp]>([
    [
      'a weight',
      { model: 'm2', weights: { 'conv.weight': '1111', 'fc.weight': '9999' } },
      /^model changed \(weight fc\.weight\)$/
    ],
    ['the graph', { model: 'm2' }, /^model changed \(another graph\)$/],
    [
      'a preprocessing step',
      {
        preprocessing: steps({ step: 'resize', size: { shorter: 224 } }, { step: 'layout', to: 'nchw' })
      },
      /^preprocessing changed \(step 1: .*shorter 256 -> .*shorter 224\)$/
    ],
    [
      'a removed step',
      { preprocessing: steps({ step: 'resize', size: { shorter: 256 } }) },
      /^preprocessing changed \(step 2 removed: step layout, to nchw\)$/
    ],
    [
      'an image',
      { images: ['aaaa', 'bbbb', 'dddd'] },
      /^calibration images changed \(1 new, 1 gone, of 3 before and 3 now\)$/
    ],
    [
      'the method',
      { method: '{"method":"percentile","percentile":99.99}' },
      /^method changed \(method entropy -> method percentile, percentile 99\.99\)$/
    ],
    ['the target', { target: 'tensorrt' }, /^target changed \(cpu -> tensorrt\)$/],
    [
      'the layers',
      { tensors: ['images', 'relu', 'add'] },
      /^quantized layers changed \(new tensor add: 2 -> 3 tensors\)$/
    ],
    ['the algorithm', { algorithm: 2 }, /algorithm of precision-gate changed/]
  ])('misses and names %s', async (_, change, reason) => {
    await cache.store(makeTable(parts(), 3, calibrated))
    const lookup = await cache.find(parts(change))
    expect(lookup).toMatchObject({ hit: false, reason: expect.stringMatching(reason) })
  })

  it('does not compare with the table of another project', async () => {
    const images = { ...parts(), model: 'm2', method: '{"method":"mse"}', target: 'tensorrt' as const }
    await cache.store(makeTable(images, 3, calibrated))
    expect(await cache.find(parts())).toMatchObject({ hit: false, reason: 'no table of this network in the cache yet' })
  })

  it('explains by the nearest of several entries', async () => {
    await cache.store(makeTable(parts({ model: 'm9', method: '{"method":"mse"}', target: 'tensorrt' }), 3, calibrated))
    await cache.store(makeTable(parts({ method: '{"method":"mse"}' }), 3, calibrated))
    expect(await cache.find(parts())).toMatchObject({ reason: 'method changed (method mse -> method entropy)' })
  })

  it.each<[string, (text: string) => string, RegExp]>([
    ['cut short', (text) => text.slice(0, text.length / 2), /is not JSON.*refused/],
    ['an edited range', (text) => text.replace('1.5', '9.5'), /does not match its checksum.*refused/],
    ['another key', (text) => text.replace(/"key": "../, '"key": "00'), /refused/],
    ['another file', () => '{"a": 1}', /is damaged at .*refused/],
    ['empty', () => '', /is not JSON.*refused/]
  ])('refuses a table that is %s', async (_, damage, reason) => {
    const table = makeTable(parts(), 3, calibrated)
    const file = await cache.store(table)
    writeFileSync(file, damage(serializeTable(table)))
    expect(await cache.find(parts())).toMatchObject({ hit: false, reason: expect.stringMatching(reason) })
  })

  it('refuses the table of another key under this name', async () => {
    const other = makeTable(parts({ model: 'm2' }), 3, calibrated)
    await cache.store(other)
    writeFileSync(cache.fileOf(makeTable(parts(), 3, calibrated).key), serializeTable(other))
    expect(await cache.find(parts())).toMatchObject({
      hit: false,
      reason: expect.stringContaining('another key')
    })
  })
})
