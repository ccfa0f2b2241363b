import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  batches,
  compilePreprocess,
  datasetHash,
  hashDataset,
  openDataset,
  sampleStream,
  type Batch,
  type BatchOptions,
  type Dataset,
  type PreprocessStep
} from '../../src/dataset/index.js'
import { float16Bits } from '../../src/dataset/elements.js'
import { ConfigurationError, FileError } from '../../src/errors.js'
import { sharedFixtures } from '../fixtures.js'
import { bytes, Folder, npy } from './files.js'
import { references } from './references.js'

let folder: Folder
beforeEach(() => void (folder = new Folder()))
afterEach(() => folder.remove())

const STEPS: PreprocessStep[] = [
  { step: 'resize', size: { width: 4, height: 4 }, interpolation: 'bilinear', like: 'pillow' }
]
const INPUT = { dims: ['N', 3, 4, 4], type: 'float32' }
const PICTURES = ['gradient', 'edges', 'noise', 'tall', 'wide', 'pixel', 'gray-noise', 'gray-edges'].map((name) =>
  readFileSync(join(references, 'images', `${name}.png`))
)

async function images(count: number): Promise<Dataset> {
  for (let i = 0; i < count; i++)
    folder.write({ [`set/c/${String(i).padStart(3, '0')}.png`]: PICTURES[i % PICTURES.length] })
  return openDataset({ kind: 'folders', path: folder.at('set'), classOffset: 0 }, { workspace: folder.path })
}

async function tensors(descr: string, data: ArrayBufferView, dims: readonly number[]): Promise<Dataset> {
  folder.write({ 'x.npy': npy(descr, dims, bytes(data)) })
  return openDataset({ kind: 'npy', inputs: folder.at('x.npy'), classOffset: 0 }, { workspace: folder.path })
}

/** All batches with their data copied out of the recycled buffers. */
async function collect(
  source: AsyncIterable<Batch>
): Promise<{ start: number; ids: string[]; dims: readonly number[]; data: number[] }[]> {
  const all = []
  for await (const { start, samples, input } of source)
    all.push({ start, ids: samples.map(({ id }) => id), dims: input.dims, data: Array.from(input.data, Number) })
  return all
}

function run(dataset: Dataset, options: BatchOptions, steps = STEPS) {
  return collect(batches(dataset, compilePreprocess(steps, INPUT), options))
}

describe('batches of images', () => {
  it('come in order, the last one smaller', async () => {
    const result = await run(await images(10), { batch: 4 })
    expect(result.map(({ start, dims }) => [start, dims])).toEqual([
      [0, [4, 3, 4, 4]],
      [4, [4, 3, 4, 4]],
      [8, [2, 3, 4, 4]]
    ])
    expect(result.flatMap(({ ids }) => ids)).toEqual(
      Array.from({ length: 10 }, (_, i) => `c/${String(i).padStart(3, '0')}.png`)
    )
  })

  it('say how large the images were, and refuse one that is not as its annotations say', async () => {
    folder.write({ 'set/a.png': PICTURES[3], 'set/b.png': PICTURES[4] })
    const document = (width: number) => ({
      images: [
        { id: 1, file_name: 'a.png', width: 11, height: 64 },
        { id: 2, file_name: 'b.png', width, height: 5 }
      ],
      categories: [],
      annotations: []
    })
    const sizes = async (width: number) => {
      folder.write({ 'x.json': JSON.stringify(document(width)) })
      const source = { kind: 'coco', annotations: folder.at('x.json'), images: folder.at('set') } as const
      const dataset = await openDataset(source, { workspace: folder.path })
      const found = []
      for await (const batch of batches(dataset, compilePreprocess(STEPS, INPUT), { batch: 4 }))
        found.push(...batch.sizes.map((size) => [size.width, size.height]))
      return found
    }
    expect(await sizes(50)).toEqual([
      [11, 64],
      [50, 5]
    ])
    await expect(sizes(66)).rejects.toThrow(/image b.png is 50x5, its annotations are for 66x5/)
  })

  it('hold the same numbers whatever the batch size and how far ahead they are decoded', async () => {
    const dataset = await images(21)
    const flat = async (options: BatchOptions): Promise<number[]> =>
      (await run(dataset, options)).flatMap(({ data }) => data)
    const reference = await flat({ batch: 1, concurrency: 1 })
    expect(reference).toHaveLength(21 * 48)
    expect(await flat({ batch: 4 })).toEqual(reference)
    expect(await flat({ batch: 32, concurrency: 64 })).toEqual(reference)
    expect(await flat({ batch: 5, concurrency: 2 })).toEqual(reference)
  })

  it('stay valid until the next-but-one batch, and use two buffers in all', async () => {
    const buffers = new Set<unknown>()
    let last: { batch: Batch; copy: number[] } | undefined
    for await (const batch of batches(await images(12), compilePreprocess(STEPS, INPUT), { batch: 2 })) {
      buffers.add(batch.input.data.buffer)
      if (last !== undefined) expect(Array.from(last.batch.input.data, Number)).toEqual(last.copy)
      last = { batch, copy: Array.from(batch.input.data, Number) }
    }
    expect(buffers.size).toBe(2)
  })

  it('do not pile up the pixels of images that were used', async () => {
    const create = { width: 256, height: 256, channels: 3, background: 'teal' } as const
    const picture = await sharp({ create }).png().toBuffer()
    for (let i = 0; i < 200; i++) folder.write({ [`set/c/${i}.png`]: picture })
    const source = { kind: 'folders', path: folder.at('set'), classOffset: 0 } as const
    const dataset = await openDataset(source, { workspace: folder.path })
    const before = process.memoryUsage().external
    let most = 0
    for await (const batch of batches(dataset, compilePreprocess(STEPS, INPUT), { batch: 1 }))
      if (batch.start > 0) most = Math.max(most, process.memoryUsage().external - before)
    // 39 MB in all; 16 images between collections and those ahead are 5 MB.
    expect(most).toBeLessThan(12 << 20)
  })

  it('report the hash of the bytes of every file', async () => {
    const dataset = await images(9)
    const hashes: string[] = []
    await run(dataset, { batch: 4, onBytes: (index, sha256) => (hashes[index] = sha256) })
    expect(hashes).toEqual(await hashDataset(dataset))
    expect(hashes[3]).toBe(createHash('sha256').update(PICTURES[3]).digest('hex'))
  })

  it('name the image that cannot be decoded, after the batches before it', async () => {
    const dataset = await images(9)
    folder.write({ 'set/c/005.png': PICTURES[2].subarray(0, 200) })
    const seen: number[] = []
    const failing = async (): Promise<void> => {
      for await (const { start } of batches(dataset, compilePreprocess(STEPS, INPUT), { batch: 2 })) seen.push(start)
    }
    const error: unknown = await failing().catch((error: unknown) => error)
    expect(error).toBeInstanceOf(FileError)
    expect((error as FileError).message).toMatch(/image c\/005\.png is (truncated|corrupt)/)
    expect(seen).toEqual([0, 2])
  })

  it('name the image that the steps do not fit', async () => {
    await expect(run(await images(3), { batch: 2 }, [])).rejects.toThrow(
      /image c\/000\.png: the image is 48x32 .*takes 4x4/
    )
  })

  it('stop at the signal', async () => {
    const controller = new AbortController()
    const dataset = await images(40)
    const stopped = async (): Promise<void> => {
      for await (const { start } of batches(dataset, compilePreprocess(STEPS, INPUT), {
        batch: 2,
        signal: controller.signal
      }))
        if (start === 4) controller.abort(new Error('interrupted'))
    }
    await expect(stopped()).rejects.toThrow('interrupted')
  })

  it('can be left early', async () => {
    for await (const { start } of batches(await images(20), compilePreprocess(STEPS, INPUT), { batch: 3 })) {
      expect(start).toBe(0)
      break
    }
  })

  it('need steps', async () => {
    const dataset = await images(1)
    expect(() => batches(dataset, undefined, { batch: 1 })).toThrow(ConfigurationError)
  })
})

describe('batches of tensors', () => {
  const values = Float32Array.from({ length: 20 }, (_, i) => Math.fround(i / 3))

  it('are the records', async () => {
    const dataset = await tensors('<f4', values, [5, 4])
    const result = await collect(batches(dataset, undefined, { batch: 2, input: { dims: ['N', 4], type: 'float32' } }))
    expect(result.map(({ dims }) => dims)).toEqual([
      [2, 4],
      [2, 4],
      [1, 4]
    ])
    expect(result.flatMap(({ data }) => data)).toEqual(Array.from(values))
    await dataset.close()
  })

  it('are converted to a float input', async () => {
    const integers = await tensors('<i8', BigInt64Array.of(-3n, 70000n), [2, 1])
    const [half] = await collect(batches(integers, undefined, { batch: 2, input: { dims: ['N', 1], type: 'float16' } }))
    expect(half.data).toEqual([float16Bits(-3), float16Bits(Infinity)])
    const [single] = await collect(
      batches(integers, undefined, { batch: 2, input: { dims: ['N', 1], type: 'float32' } })
    )
    expect(single.data).toEqual([-3, 70000])
    await integers.close()
  })

  it.each([
    ['another shape', ['N', 5], 'float32', /record of the .npy file is \[4\], the model takes \[5\]/],
    ['another rank', ['N', 2, 2], 'float32', /takes \[2, 2\]/],
    ['an integer input', ['N', 4], 'int8', /holds float32, the model's input takes int8/]
  ])('do not go into %s', async (_, dims, type, reason) => {
    const dataset = await tensors('<f4', values, [5, 4])
    expect(() => batches(dataset, undefined, { batch: 2, input: { dims, type } })).toThrow(reason)
    expect(() => sampleStream(dataset, [], { dims, type })).toThrow(ConfigurationError)
    await dataset.close()
  })

  it('take no preprocessing', async () => {
    const dataset = await tensors('<f4', values, [5, 4])
    expect(() => sampleStream(dataset, STEPS, { dims: ['N', 4], type: 'float32' })).toThrow(/steps are for images/)
    await dataset.close()
  })
})

describe('content hashes', () => {
  it('the hash of a set does not depend on the order of its samples, but on each id, label and content', () => {
    const a = { id: 'a', label: 1, sha256: '00' }
    const b = { id: 'b', label: 2, sha256: '11' }
    expect(datasetHash([a, b])).toBe(datasetHash([b, a]))
    const others = [
      { ...a, id: 'c' },
      { ...a, label: 2 },
      { id: 'a', sha256: '00' },
      { ...a, sha256: '01' }
    ]
    expect(new Set([a, ...others].map((first) => datasetHash([first, b]))).size).toBe(5)
  })

  it('records of tensors are hashed one by one', async () => {
    const dataset = await tensors('|u1', Uint8Array.of(1, 2, 1, 2, 3, 4), [3, 2])
    const [first, second, third] = await hashDataset(dataset)
    expect(first).toBe(second)
    expect(third).toBe(createHash('sha256').update(Uint8Array.of(3, 4)).digest('hex'))
    await dataset.close()
  })
})

const published = sharedFixtures === undefined ? describe.skip : describe

published('the published sets', () => {
  const root = join(sharedFixtures ?? '', 'third-party')

  it('MNIST digits by their manifest', async () => {
    const source = {
      kind: 'manifest',
      manifest: join(root, 'mnist/labels.csv'),
      root: join(root, 'mnist'),
      classOffset: 0
    } as const
    const dataset = await openDataset(source, { workspace: root })
    expect(dataset.samples).toHaveLength(1000)
    expect(dataset.samples[1]).toEqual({ id: 'images/00001.png', label: 2 })
    const stream = sampleStream(dataset, [], { dims: [1, 1, 28, 28], type: 'float32' }).atMost(20)
    const [first] = await collect(stream.batches({ batch: 20 }))
    expect(first.dims).toEqual([20, 1, 28, 28])
    expect(Math.max(...first.data)).toBe(255)
  })

  it('keyword-spotting tensors with their labels', async () => {
    const folder = join(root, 'keyword-spotting')
    const source = {
      kind: 'npy',
      inputs: join(folder, 'inputs.npy'),
      labels: join(folder, 'labels.csv'),
      classOffset: 0
    } as const
    const dataset = await openDataset(source, { workspace: root })
    expect(dataset.content).toEqual({ kind: 'tensor', type: 'float32', dims: [1, 49, 10] })
    expect(dataset.samples[0]).toEqual({ id: 'inputs.npy[0]', label: 7 })
    const [first] = await collect(batches(dataset, undefined, { batch: 2 }))
    expect(first.data[0]).toBe(readFileSync(source.inputs).readFloatLE(128))
    await dataset.close()
  })
})
