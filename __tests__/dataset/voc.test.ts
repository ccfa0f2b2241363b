import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { openDataset } from '../../src/dataset/index.js'
import { objectsOf, refusal } from './annotations.js'
import { Folder } from './files.js'

let folder: Folder
beforeEach(() => {
  folder = new Folder()
})
afterEach(() => folder.remove())

const source = (list?: string) =>
  ({
    kind: 'voc',
    annotations: folder.at('Annotations'),
    images: folder.at('JPEGImages'),
    classes: folder.at('classes.txt'),
    ...(list !== undefined && { list: folder.at(list) })
  }) as const

type Corners = readonly [number, number, number, number]

const object = (name: string, [xmin, ymin, xmax, ymax]: Corners, extra = '') =>
  `<object><name>${name}</name>${extra}
  <bndbox><xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax></bndbox>
</object>`

const annotation = (...objects: readonly string[]) => `<annotation>
<filename>a.jpg</filename>
<size><width>50</width><height>40</height><depth>3</depth></size>
${objects.join('\n')}
</annotation>`

function write(xml: string, more: Readonly<Record<string, string>> = {}): void {
  folder.write({ 'classes.txt': 'cat\ndog\n', 'JPEGImages/a.jpg': 'bytes', 'Annotations/a.xml': xml, ...more })
}

describe('Pascal VOC annotations', () => {
  it('count pixels from 1 and include the last', async () => {
    const part =
      '<part><name>head</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>3</xmax><ymax>3</ymax></bndbox></part>'
    write(
      annotation(
        object('dog', [1, 1, 1, 1]),
        object('cat', [1, 1, 50, 40], '<difficult>1</difficult>'),
        object('dog', [11, 21, 20, 40], `<difficult>0</difficult>${part}`)
      )
    )
    const dataset = await openDataset(source(), { workspace: folder.path })
    expect(objectsOf(dataset)).toEqual({
      'a.jpg': [
        ['dog', 0, 0, 1, 1, 1],
        ['cat', 0, 0, 50, 40, 2000, 'difficult'],
        ['dog', 10, 20, 10, 20, 200]
      ]
    })
    expect(dataset.samples[0].size).toEqual({ width: 50, height: 40 })
  })

  it('take the images of a list, in its order, and those without objects', async () => {
    write(annotation(), {
      'Annotations/b.xml': annotation(object('cat', [1, 1, 5, 5])),
      'Annotations/c.xml': 'not read',
      'JPEGImages/b.png': 'bytes',
      'test.txt': 'b\na\n'
    })
    const dataset = await openDataset(source('test.txt'), { workspace: folder.path })
    expect(objectsOf(dataset)).toEqual({ 'b.png': [['cat', 0, 0, 5, 5, 25]], 'a.jpg': [] })
  })

  it('give the corners that were written', async () => {
    const corner = (most: number) => fc.integer({ min: 1, max: most })
    const box = fc
      .tuple(corner(50), corner(40), corner(50), corner(40))
      .filter(([x1, y1, x2, y2]) => x1 <= x2 && y1 <= y2)
    await fc.assert(
      fc.asyncProperty(fc.array(box, { maxLength: 4 }), async (boxes) => {
        write(annotation(...boxes.map((corners) => object('cat', corners))))
        const { 'a.jpg': rows } = objectsOf(await openDataset(source(), { workspace: folder.path }))
        const corners = (rows as [string, number, number, number, number][]).map(([, x, y, w, h]) => [
          x + 1,
          y + 1,
          x + w,
          y + h
        ])
        expect(corners).toEqual(boxes)
      }),
      { numRuns: 25 }
    )
  })

  it.each<[string, string, RegExp]>([
    ['an unknown class', annotation(object('cow', [1, 1, 2, 2])), /a.xml:4: 'cow' is not one of the classes/],
    ['a box outside', annotation(object('cat', [1, 1, 52, 2])), /a.xml:4: the box .* outside the image of 50x40/],
    ['swapped corners', annotation(object('cat', [9, 1, 2, 2])), /the wrong way round/],
    ['no number', annotation(object('cat', [NaN, 1, 2, 2])), /<xmin> holds 'NaN', which is not a number/],
    ['no box', annotation('<object><name>cat</name></object>'), /has no bndbox/],
    ['no name', annotation('<object></object>'), /<object> has no <name>/],
    ['no size', '<annotation></annotation>', /there is no size/],
    ['broken XML', '<annotation><object></annotation>', /a.xml is not valid XML/],
    ['an empty file', '', /a.xml is not valid XML/]
  ])('refuse %s', async (_, xml, message) => {
    write(xml)
    expect(await refusal(source(), folder)).toMatch(message)
  })

  it('fetch no entities', async () => {
    write(`<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>${annotation('<object><name>&e;</name></object>')}`)
    expect(await refusal(source(), folder)).toMatch(/not valid XML|not one of the classes/)
  })

  it('refuse a missing image, a missing annotation and lists of one class', async () => {
    write(annotation(), { 'test.txt': 'a\nz\n', 'cat.txt': 'a -1\n', 'Annotations/z.xml': annotation() })
    expect(await refusal(source(), folder)).toMatch(/z.xml has no image/)
    folder.write({ 'test.txt': 'a\ny\n' })
    expect(await refusal(source('test.txt'), folder)).toMatch(/cannot read the annotations .*y.xml/)
    expect(await refusal(source('cat.txt'), folder)).toMatch(/cat.txt:1: 'a -1' is not one name/)
  })
})
