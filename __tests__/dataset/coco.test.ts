import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { objectsHash, openDataset } from '../../src/dataset/index.js'
import { objectsOf, refusal } from './annotations.js'
import { Folder } from './files.js'

let folder: Folder
beforeEach(() => {
  folder = new Folder()
})
afterEach(() => folder.remove())

const source = () => ({ kind: 'coco', annotations: folder.at('instances.json'), images: folder.at('images') }) as const

const IMAGES = [
  { id: 40, file_name: 'b.jpg', width: 100, height: 50 },
  { id: 7, file_name: 'sub/a.jpg', width: 30, height: 60 },
  { id: 3, file_name: 'empty.jpg', width: 10, height: 10 }
]
const CATEGORIES = [
  { id: 90, name: 'toothbrush', supercategory: 'indoor' },
  { id: 1, name: 'person' },
  { id: 13, name: 'stop sign' }
]
const BOX = { id: 1, image_id: 40, category_id: 1, bbox: [1, 2, 30, 40], area: 700.5, iscrowd: 0 }

function write(document: unknown): void {
  const names = ['b.jpg', 'sub/a.jpg', 'empty.jpg'].map((name) => [`images/${name}`, 'bytes'] as const)
  folder.write({ ...Object.fromEntries(names), 'instances.json': JSON.stringify(document) })
}

describe('COCO annotations', () => {
  it('keep images without objects, areas as given, crowds, and number categories by id', async () => {
    const outline = { segmentation: [[1, 1, 5, 1, 5, 5]] }
    const runs = { segmentation: { counts: [5, 20, 5], size: [6, 5] } }
    write({
      images: IMAGES,
      categories: CATEGORIES,
      annotations: [
        { ...BOX, ...outline },
        { id: 2, image_id: 7, category_id: 90, bbox: [0, 0, 30, 60], area: 900, iscrowd: 1, ...runs },
        { id: 3, image_id: 40, category_id: 13, bbox: [5.5, 6.25, 10, 4] }
      ]
    })
    const dataset = await openDataset(source(), { workspace: folder.path })
    expect(dataset.classes).toEqual(['person', 'stop sign', 'toothbrush'])
    expect(dataset.categoryIds).toEqual([1, 13, 90])
    expect(dataset.samples.map(({ id, imageId, size }) => [id, imageId, size?.width])).toEqual([
      ['b.jpg', 40, 100],
      ['empty.jpg', 3, 10],
      ['sub/a.jpg', 7, 30]
    ])
    expect(objectsOf(dataset)).toEqual({
      'b.jpg': [
        ['person', 1, 2, 30, 40, 700.5],
        ['stop sign', 5.5, 6.25, 10, 4, 40]
      ],
      'empty.jpg': [],
      'sub/a.jpg': [['toothbrush', 0, 0, 30, 60, 900, 'crowd']]
    })
    expect(objectsOf(dataset.select([2]))).toEqual({ 'sub/a.jpg': objectsOf(dataset)['sub/a.jpg'] })
    expect(dataset.select([2]).categoryIds).toEqual([1, 13, 90])
  })

  it('give the boxes that were written', async () => {
    const side = fc.double({ min: 0, max: 25, noNaN: true })
    const objects = fc.array(fc.record({ box: fc.tuple(side, side, side, side), category: fc.constantFrom(0, 1, 2) }))
    await fc.assert(
      fc.asyncProperty(objects, async (list) => {
        const annotations = list.map(({ box, category }, id) => ({
          ...BOX,
          id,
          bbox: box,
          category_id: CATEGORIES[category].id,
          area: box[2]
        }))
        write({ images: IMAGES, categories: CATEGORIES, annotations })
        const found = objectsOf(await openDataset(source(), { workspace: folder.path }))
        expect(found['b.jpg']).toEqual(list.map(({ box, category }) => [CATEGORIES[category].name, ...box, box[2]]))
      }),
      { numRuns: 25 }
    )
  })

  it.each<[string, object, RegExp]>([
    [
      'an unknown image',
      { annotations: [{ ...BOX, image_id: 8 }] },
      /annotations\[0\] \(id 1\): image_id 8 is not one/
    ],
    ['an unknown category', { annotations: [{ ...BOX, category_id: 2 }] }, /category_id 2 is not one of/],
    ['a box outside', { annotations: [{ ...BOX, bbox: [60, 2, 43, 5] }] }, /outside the image of 100x50 'b.jpg'/],
    ['a negative size', { annotations: [{ ...BOX, bbox: [6, 2, -3, 5] }] }, /has a negative size/],
    ['a box of three', { annotations: [{ ...BOX, bbox: [6, 2, 3] }] }, /bbox \[6,2,3\] is not \[x, y, width, height\]/],
    ['null in a box', { annotations: [{ ...BOX, bbox: [6, 2, 3, null] }] }, /is not \[x, y/],
    ['a box left out', { annotations: [{ id: 5, image_id: 40, category_id: 1 }] }, /bbox \(missing\)/],
    ['a negative area', { annotations: [{ ...BOX, area: -1 }] }, /area -1/],
    ['another crowd', { annotations: [{ ...BOX, iscrowd: 2 }] }, /iscrowd 2 is neither/],
    ['a missing image', { images: [{ ...IMAGES[0], file_name: 'c.jpg' }] }, /images\[0\]: cannot read image .*c.jpg/],
    ['an image outside', { images: [{ ...IMAGES[0], file_name: '../../etc' }] }, /cannot read|outside the workspace/],
    ['an image without size', { images: [{ ...IMAGES[0], width: 0 }] }, /width 0 and height 50/],
    ['an image twice', { images: [IMAGES[0], IMAGES[0]] }, /image 40 is in the list twice/],
    ['a name twice', { images: [IMAGES[0], { ...IMAGES[0], id: 4 }] }, /'b.jpg' is in the list twice/],
    ['a category twice', { categories: [CATEGORIES[0], CATEGORIES[0]] }, /category 90 is in the list twice/],
    ['no images', { images: [], annotations: [] }, /lists no images/],
    ['no categories', { categories: undefined }, /has no list 'categories'/]
  ])('refuse %s', async (_, change, message) => {
    write({ images: IMAGES, categories: CATEGORIES, annotations: [BOX], ...change })
    expect(await refusal(source(), folder)).toMatch(message)
  })

  it('refuse what is not JSON, NaN among it, and show all that is wrong at once', async () => {
    write({})
    folder.write({ 'instances.json': '{"annotations": [{"bbox": [NaN, 0, 1, 1]}]}' })
    expect(await refusal(source(), folder)).toMatch(/is not valid JSON/)
    write({
      images: IMAGES,
      categories: CATEGORIES,
      annotations: [
        { ...BOX, image_id: 8 },
        { ...BOX, category_id: 2 }
      ]
    })
    expect(await refusal(source(), folder)).toMatch(/annotations\[0\].*\n.*annotations\[1\]/)
  })

  it('change their hash with boxes and classes', async () => {
    const hash = async (box: object) => {
      write({ images: IMAGES, categories: CATEGORIES, annotations: [{ ...BOX, ...box }] })
      const { samples, classes } = await openDataset(source(), { workspace: folder.path })
      const [{ objects }] = samples
      return objects === undefined ? '' : objectsHash(objects, classes ?? [])
    }
    const first = await hash({})
    expect(await hash({})).toBe(first)
    const others = [await hash({ bbox: [1, 2, 30, 41] }), await hash({ category_id: 13 }), await hash({ iscrowd: 1 })]
    expect(new Set([first, ...others]).size).toBe(4)
  })
})
