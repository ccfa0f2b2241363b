import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { openDataset } from '../../src/dataset/index.js'
import { mask, objectsOf, refusal } from './annotations.js'
import { Folder } from './files.js'

let folder: Folder
beforeEach(() => {
  folder = new Folder()
})
afterEach(() => folder.remove())

const source = (classes = 'data.yaml') =>
  ({ kind: 'yolo', labels: folder.at('labels'), images: folder.at('images'), classes: folder.at(classes) }) as const

/** 13 pixels wide, 11 high. */
const picture = mask('grey-8.png')

function write(labels: Readonly<Record<string, string>>): void {
  const named = Object.entries(labels).map(([name, text]) => [`labels/${name}.txt`, text] as const)
  folder.write({
    'data.yaml': 'train: images\nnames: {0: cat, 1: dog}\n',
    'images/a.png': picture,
    'images/deep/b.png': picture,
    ...Object.fromEntries(named)
  })
}

describe('YOLO text labels', () => {
  it('are shares of the image; an image without a file has no objects', async () => {
    write({ a: '1 0.5 0.5 1 1\n\n0 0.25 0.5 0.5 0.2\n', classes: 'left by a tool' })
    const dataset = await openDataset(source(), { workspace: folder.path })
    expect(dataset.classes).toEqual(['cat', 'dog'])
    const { 'a.png': rows, ...others } = objectsOf(dataset)
    expect(others).toEqual({ 'deep/b.png': [] })
    expect(rows[0]).toEqual(['dog', 0, 0, 13, 11, 143])
    const [name, ...box] = rows[1] as [string, ...number[]]
    expect(name).toBe('cat')
    ;[0, 4.4, 6.5, 2.2, 14.3].forEach((value, i) => expect(box[i]).toBeCloseTo(value, 9))
  })

  it('give the boxes that were written', async () => {
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true })
    await fc.assert(
      fc.asyncProperty(share, share, share, async (cx, cy, room) => {
        const size = 2 * room * Math.min(cx, cy, 1 - cx, 1 - cy)
        write({ 'deep/b': `0 ${cx} ${cy} ${size} ${size}` })
        const [[, x, y, w, h]] = objectsOf(await openDataset(source(), { workspace: folder.path }))['deep/b.png'] as [
          [string, number, number, number, number]
        ]
        expect((x + w / 2) / 13).toBeCloseTo(cx, 9)
        expect((y + h / 2) / 11).toBeCloseTo(cy, 9)
        expect(w / 13).toBeCloseTo(size, 9)
        expect(h / 11).toBeCloseTo(size, 9)
      }),
      { numRuns: 25 }
    )
  })

  it('take names from a list in data.yaml or from a text file', async () => {
    write({ a: '1 0.5 0.5 1 1' })
    folder.write({
      'list.yaml': 'names: [x, y]',
      'classes.txt': 'p\nq\n',
      'gap.yaml': 'names: {0: x, 2: y}',
      'no.yml': 'a: 1'
    })
    const classes = async (name: string) => (await openDataset(source(name), { workspace: folder.path })).classes
    expect(await classes('list.yaml')).toEqual(['x', 'y'])
    expect(await classes('classes.txt')).toEqual(['p', 'q'])
    expect(await refusal(source('gap.yaml'), folder)).toMatch(/names has no text for class 1/)
    expect(await refusal(source('no.yml'), folder)).toMatch(/no.yml has no names/)
  })

  it.each<[string, string, RegExp]>([
    ['a class too many', '2 0.5 0.5 1 1', /a.txt:1: class '2' is not one of the 2 classes, 0 to 1/],
    ['a box outside', '0 0.5 0.5 1 1\n0 0.9 0.5 0.5 0.2', /a.txt:2: the box .* outside the image of 13x11/],
    ['pixels', '0 6 5 10 4', /is in pixels, not in shares/],
    ['an outline', '0 0.1 0.1 0.5 0.1 0.5 0.5', /7 values \(an outline\?\) where 5 are expected/],
    ['no number', '0 x 0.5 1 1', /is not finite/],
    ['a negative size', '0 0.5 0.5 -0.2 0.1', /negative size/]
  ])('refuse %s', async (_, text, message) => {
    write({ a: text })
    expect(await refusal(source(), folder)).toMatch(message)
  })

  it('refuse labels without an image, and folders that do not belong together', async () => {
    write({ a: '', z: '' })
    expect(await refusal(source(), folder)).toMatch(/z.txt has no image/)
    folder.remove()
    folder = new Folder()
    write({ elsewhere: '' })
    expect(await refusal(source(), folder)).toMatch(/no image in .* has a label file/)
  })
})
