import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openDataset, type DatasetSource } from '../../src/dataset/index.js'
import { decodeMask } from '../../src/dataset/decode/mask.js'
import { mask, refusal } from './annotations.js'
import { Folder } from './files.js'

interface Stored {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly data: string
}

/** Values that Pillow reads (script/references/segmentation.py). */
const { masks } = JSON.parse(readFileSync('__fixtures__/dataset/masks/masks.json', 'utf8')) as { masks: Stored[] }
const valuesOf = (name: string) => [...Buffer.from(masks.find((entry) => entry.name === name)?.data ?? '', 'base64')]

describe('masks', () => {
  it.each(masks.map((entry) => [entry.name, entry] as const))(
    'are stored values, not colours: %s',
    async (name, entry) => {
      const { data, width, height } = await decodeMask(mask(name), name)
      expect([width, height]).toEqual([entry.width, entry.height])
      expect([...data]).toEqual(valuesOf(name))
    }
  )

  it('refuse what holds no small number a pixel, or is damaged', async () => {
    await expect(decodeMask(mask('refused-16-bit.png'), 'm')).rejects.toThrow(/mask m has 16 bits a pixel/)
    await expect(decodeMask(mask('refused-colour.png'), 'm')).rejects.toThrow(/mask m is in colour/)
    await expect(decodeMask(mask('indexed-8.png').subarray(0, 900), 'm')).rejects.toThrow(/truncated or corrupt/)
    await expect(decodeMask(readFileSync('__fixtures__/dataset/encoded/gray.jpg'), 'm')).rejects.toThrow(/is not a PNG/)
  })
})

let folder: Folder
beforeEach(() => {
  folder = new Folder()
})
afterEach(() => folder.remove())

type MaskSource = Extract<DatasetSource, { kind: 'masks' }>
const source = (more: Partial<MaskSource> = {}): MaskSource => ({
  kind: 'masks',
  images: folder.at('images'),
  masks: folder.at('masks'),
  maskSuffix: '.png',
  ...more
})

const SIZE = { width: 13, height: 11 }

async function read(more: Partial<MaskSource>, classes: number, size = SIZE): Promise<number[]> {
  const dataset = await openDataset(source(more), { workspace: folder.path })
  return [...((await dataset.readMask?.(0, { classes, size }))?.data ?? [])]
}

describe('images with masks', () => {
  beforeEach(() => {
    folder.write({ 'images/a.jpg': 'bytes', 'masks/a.png': mask('indexed-2.png') })
  })
  const values = valuesOf('indexed-2.png')

  it('have the values as classes, with some ignored or mapped', async () => {
    expect(await read({}, 4)).toEqual(values)
    expect(await read({ ignore: 3 }, 3)).toEqual(values.map((value) => (value === 3 ? 255 : value)))
    const map = (others: 'error' | 'ignore') => ({
      values: new Map<number, number | 'ignore'>([
        [0, 1],
        [1, 0],
        [2, 'ignore']
      ]),
      others
    })
    const mapped = values.map((value) => [1, 0, 255, 255][value])
    expect(await read({ map: map('ignore') }, 2)).toEqual(mapped)
    expect(await read({ map: map('error'), ignore: 3 }, 2)).toEqual(mapped)
    await expect(read({ map: map('error') }, 2)).rejects.toThrow(/has value 3 at .* which is not in the map/)
  })

  it('refuse values that are no class and masks of another size', async () => {
    await expect(read({}, 3)).rejects.toThrow(/a.png has value 3 at \d+,\d+ \(x,y\); the network has 3 classes, 0 to 2/)
    await expect(read({}, 4, { width: 12, height: 11 })).rejects.toThrow(/is 13x11, its image a.jpg is 12x11/)
  })

  it('pair by suffixes and keep the pair in a selection', async () => {
    folder.write({ 'images/x_photo.jpg': 'bytes', 'masks/x_ids.png': mask('grey-1.png') })
    const suffixes = { imageSuffix: '_photo.jpg', maskSuffix: '_ids.png' }
    expect(await read(suffixes, 2)).toEqual(valuesOf('grey-1.png'))
    folder.write({ 'masks/x_photo.png': mask('grey-1.png') })
    folder.write({ 'images/x_ids.jpg': 'bytes' })
    const dataset = (await openDataset(source(), { workspace: folder.path })).select([2])
    expect(dataset.samples).toEqual([{ id: 'x_photo.jpg' }])
    expect([...((await dataset.readMask?.(0, { classes: 2 }))?.data ?? [])]).toEqual(valuesOf('grey-1.png'))
    expect(dataset.hashMask?.(0)).not.toBe((await openDataset(source(), { workspace: folder.path })).hashMask?.(0))
  })

  it('refuse what has no partner', async () => {
    folder.write({ 'images/b.jpg': 'bytes' })
    expect(await refusal(source(), folder)).toMatch(/image b.jpg has no mask: there is no b.png/)
    folder.write({ 'masks/b.png': '', 'masks/c.png': '' })
    expect(await refusal(source(), folder)).toMatch(/c.png has no image/)
    folder.write({ 'images/c.jpg': 'bytes', 'images/c.jpeg': 'bytes' })
    expect(await refusal(source(), folder)).toMatch(/c.jpeg and c.jpg have the same name/)
  })
})
