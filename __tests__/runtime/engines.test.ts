import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EngineCache, engineKey, type EngineParts } from '../../src/runtime/engines.js'
import { tensorrtVersion } from '../../src/runtime/tensorrt.js'

const PARTS: EngineParts = {
  model: 'a'.repeat(64),
  precision: 'types of the model, TF32 off',
  onnxruntime: '1.26.0',
  tensorrt: '10.14.1',
  driver: '580.65.06',
  gpu: 'NVIDIA H100'
}

let folder: string
let cache: EngineCache
let log: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'precision-gate-engines-'))
  cache = new EngineCache(join(folder, 'engines'))
  log = []
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A session stands for its file; `open` refuses a file whose content is `damaged`. */
async function session(parts: EngineParts, writes: 'when built' | 'when released' | 'never' = 'when built') {
  let opened = ''
  const { keep } = await cache.session(parts, {
    open: (file) => {
      const text = readFileSync(file, 'utf8')
      if (text === 'damaged') return Promise.reject(new Error('deserialization failed'))
      opened = text
      return Promise.resolve(file)
    },
    build: (file) => {
      if (writes === 'when built') writeFileSync(file, 'engine')
      opened = 'built'
      if (writes === 'when released') queueMicrotask(() => writeFileSync(file, 'engine'))
      return Promise.resolve(file)
    },
    log: (message) => log.push(message)
  })
  await Promise.resolve()
  await keep()
  return opened
}

const files = () => readdirSync(cache.directory).sort()

describe('the cache of engines', () => {
  it.each(['when built', 'when released'] as const)(
    'keeps an engine that is written %s, and loads it next time',
    async (when) => {
      expect(await session(PARTS, when)).toBe('built')
      expect(log).toEqual(['engine cache: miss, no engine in the cache yet'])
      const key = engineKey(PARTS)
      expect(files()).toEqual([`${key}.onnx`, `${key}.onnx.json`])
      expect(await session(PARTS)).toBe('engine')
      expect(log.at(-1)).toMatch(/^engine cache: hit \(/)
    }
  )

  it.each([
    ['model', 'b'.repeat(64), 'model changed'],
    ['precision', 'other', 'precision changed (types of the model, TF32 off -> other)'],
    ['onnxruntime', '1.26.1', 'onnxruntime changed (1.26.0 -> 1.26.1)'],
    ['tensorrt', '10.15.0', 'tensorrt changed (10.14.1 -> 10.15.0)'],
    ['driver', '590.1', 'driver changed (580.65.06 -> 590.1)'],
    ['gpu', 'NVIDIA L4', 'gpu changed (NVIDIA H100 -> NVIDIA L4)']
  ])('misses where %s is another one, and says so', async (part, value, reason) => {
    await session(PARTS)
    expect(await session({ ...PARTS, [part]: value })).toBe('built')
    expect(log.at(-1)).toBe(`engine cache: miss, ${reason}`)
    expect(files()).toHaveLength(4)
  })

  it('removes an entry that does not load, and builds it anew', async () => {
    await session(PARTS)
    writeFileSync(join(cache.directory, `${engineKey(PARTS)}.onnx`), 'damaged')
    expect(await session(PARTS)).toBe('built')
    expect(log.at(-1)).toMatch(/does not load and is built anew: deserialization failed/)
    expect(await session(PARTS)).toBe('engine')
  })

  it('removes such an entry also where the new engine is not written', async () => {
    await session(PARTS)
    writeFileSync(join(cache.directory, `${engineKey(PARTS)}.onnx`), 'damaged')
    await session(PARTS, 'never')
    expect(files()).toEqual([])
  })

  it('takes no engine without the parts of its key, nor with those of another', async () => {
    await session(PARTS)
    const parts = join(cache.directory, `${engineKey(PARTS)}.onnx.json`)
    writeFileSync(parts, JSON.stringify({ ...PARTS, driver: '1' }))
    expect(await session(PARTS)).toBe('built')
    writeFileSync(parts, '{')
    expect(await session(PARTS)).toBe('built')
  })

  it('says that nothing was written, and leaves nothing behind', async () => {
    await session(PARTS, 'never')
    expect(log.at(-1)).toMatch(/wrote no engine/)
    expect(files()).toEqual([])
  })
})

describe('the version of TensorRT', () => {
  it('is read from the library that is loaded', async () => {
    const maps = join(folder, 'maps')
    writeFileSync(maps, '7f00-7f01 r-xp 00000000 08:01 12 /usr/lib/x86_64-linux-gnu/libnvinfer.so.10.14.1\n')
    expect(await tensorrtVersion(maps)).toBe('10.14.1')
    writeFileSync(maps, '7f00-7f01 r-xp 00000000 08:01 12 /usr/lib/libnvinfer_plugin.so.10.14.1\n')
    expect(await tensorrtVersion(maps)).toBeUndefined()
  })
})
