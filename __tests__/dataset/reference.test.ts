import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import sharp from 'sharp'
import { openDataset, openReferences, type SampleSource } from '../../src/dataset/index.js'
import { bytes, Folder, npy } from './files.js'

let folder: Folder
beforeEach(async () => {
  const image = await sharp({ create: { width: 2, height: 2, channels: 3, background: '#102030' } })
    .png()
    .toBuffer()
  const files = [
    'test/cats/1.png',
    'test/cats/2.png',
    'test/dogs/2.png',
    'test/dogs/3.v2.png',
    'more/cats/1.png',
    'more/cats/9.png'
  ]
  folder = new Folder().write(Object.fromEntries(files.map((file) => [file, image])))
})
afterEach(() => folder.remove())

async function sources(): Promise<SampleSource[]> {
  const open = (path: string) =>
    openDataset({ kind: 'folders', path: folder.at(path), classOffset: 0 }, { workspace: folder.path })
  return [
    { what: 'the test set', dataset: await open('test') },
    { what: 'the calibration set', dataset: await open('more') }
  ]
}

const values = Float32Array.from({ length: 12 }, (_, i) => i)

async function openDumps(files: Readonly<Record<string, Buffer>>) {
  folder.write(Object.fromEntries(Object.entries(files).map(([name, data]) => [`refs/${name}`, data])))
  return openReferences({ root: folder.at('refs'), files: Object.keys(files) }, await sources(), folder.path)
}

const dump = (shape: readonly number[], descr = '<f4', data: ArrayBufferView = values) => npy(descr, shape, bytes(data))

describe('dumps of the network input', () => {
  it.each([
    ['cats/1.npy', 'cats/1.png'],
    ['1.npy', 'cats/1.png'],
    ['dogs/2.npy', 'dogs/2.png'],
    ['dogs/3.v2.npy', 'dogs/3.v2.png'],
    ['cats/2.png.npy', 'cats/2.png'],
    // Only the calibration set has it.
    ['cats/9.npy', 'cats/9.png']
  ])('%s belongs to %s', async (file, sample) => {
    const [found] = await openDumps({ [file]: dump([1, 3, 2, 2]) })
    expect(found).toMatchObject({ sample, dims: [3, 2, 2] })
    expect((await found.image()).subarray(1, 4).toString()).toBe('PNG')
  })

  it.each<[string, readonly number[], string, ArrayBufferView, number[]]>([
    ['a batch axis', [1, 2, 2, 3], '<f4', values, [2, 2, 3]],
    ['none', [3, 2, 2], '<f4', values, [3, 2, 2]],
    ['one channel without an axis', [3, 4], '<f4', values, [1, 3, 4]],
    ['float64', [3, 2, 2], '<f8', Float64Array.from(values), [3, 2, 2]],
    ['uint8', [2, 2, 3], '|u1', Uint8Array.from(values), [2, 2, 3]]
  ])('with %s are read', async (_, shape, descr, data, dims) => {
    const [found] = await openDumps({ 'cats/1.npy': dump(shape, descr, data) })
    expect(found.dims).toEqual(dims)
    expect([...found.values()]).toEqual([...values])
  })

  it.each<[string, string, RegExp, RegExp]>([
    [
      'no image',
      'cats/11.npy',
      /cats\/11\.npy belongs to no image: .*the test set or the calibration set/,
      /as in cats\/1\.npy/
    ],
    ['two images', '2.npy', /2\.npy could belong to 2 images: cats\/2\.png, dogs\/2\.png/, /folder of the same name/]
  ])('that belong to %s are refused', async (_, file, message, hint) => {
    const failure = openDumps({ [file]: dump([3, 2, 2]) })
    await expect(failure).rejects.toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint)
    })
  })

  it.each<[string, Buffer, RegExp]>([
    ['a batch of images', dump([2, 3, 2, 1]), /holds a batch of 2 images/],
    ['a vector', dump([12]), /no network input of one image: its shape is 12/],
    ['columns first', npy('<f4', [3, 2, 2], bytes(values), { fortran: true }), /Fortran/],
    ['no array', Buffer.from('PNG'), /not a NumPy/]
  ])('that are %s are refused', async (_, data, message) => {
    await expect(openDumps({ 'cats/1.npy': data })).rejects.toThrow(message)
  })
})
