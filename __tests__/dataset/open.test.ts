import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { checkLabels, openDataset, selectEvenly, type Dataset, type DatasetSource } from '../../src/dataset/index.js'
import { FileError } from '../../src/errors.js'
import { Folder } from './files.js'

let folder: Folder
let outside: Folder
beforeEach(() => {
  folder = new Folder()
  outside = new Folder()
})
afterEach(() => {
  folder.remove()
  outside.remove()
})

/** A source without its offset, with paths relative to the test's folder. */
type Short =
  | { path: string; classes?: string; classOffset?: number }
  | { manifest: string; root?: string; classes?: string; classOffset?: number }

function open(source: Short): Promise<Dataset> {
  const { classOffset = 0, classes } = source
  const common = { classOffset, ...(classes === undefined ? {} : { classes: folder.at(classes) }) }
  const full: DatasetSource =
    'path' in source
      ? { kind: 'folders', path: folder.at(source.path), ...common }
      : { kind: 'manifest', manifest: folder.at(source.manifest), root: folder.at(source.root ?? '.'), ...common }
  return openDataset(full, { workspace: folder.path })
}

async function labels(dataset: Promise<Dataset>): Promise<Record<string, number | undefined>> {
  return Object.fromEntries((await dataset).samples.map(({ id, label }) => [id, label]))
}

async function refusal(source: Short): Promise<FileError> {
  const outcome = await open(source).then(
    () => undefined,
    (error: unknown) => error
  )
  expect(outcome).toBeInstanceOf(FileError)
  return outcome as FileError
}

describe('a folder per class', () => {
  it('numbers classes by name in code-unit order and finds nested images', async () => {
    folder.write({
      'set/b/2.png': '',
      'set/b/deep/er/1.JPG': '',
      'set/Z/3.webp': '',
      'set/10/4.png': '',
      'set/9/5.png': ''
    })
    const dataset = open({ path: 'set' })
    expect((await dataset).classes).toEqual(['10', '9', 'Z', 'b'])
    expect(await labels(dataset)).toEqual({
      '10/4.png': 0,
      '9/5.png': 1,
      'Z/3.webp': 2,
      'b/2.png': 3,
      'b/deep/er/1.JPG': 3
    })
  })

  it('takes the order from a class list, which may name classes without images', async () => {
    folder.write({ 'set/cat/1.png': '', 'set/dog/2.png': '', 'classes.txt': '\uFEFFdog\r\nbird\r\ncat\r\n' })
    expect(await labels(open({ path: 'set', classes: 'classes.txt' }))).toEqual({ 'cat/1.png': 2, 'dog/2.png': 0 })
  })

  it('adds the class offset', async () => {
    folder.write({ 'set/cat/1.png': '', 'set/dog/2.png': '' })
    expect(await labels(open({ path: 'set', classOffset: 1 }))).toEqual({ 'cat/1.png': 1, 'dog/2.png': 2 })
  })

  it('ignores hidden files and what file managers leave behind', async () => {
    folder.write({
      'set/cat/1.png': '',
      'set/cat/.DS_Store': '',
      'set/cat/Thumbs.db': '',
      'set/desktop.ini': '',
      'set/.git/config': '',
      'set/__MACOSX/cat/._1.png': ''
    })
    expect(await labels(open({ path: 'set' }))).toEqual({ 'cat/1.png': 0 })
  })

  it('follows links inside the workspace', async () => {
    folder.write({ 'store/1.png': '', 'set/dog/2.png': '' })
    symlinkSync(folder.at('store'), folder.at('set/cat'))
    symlinkSync(folder.at('store/1.png'), folder.at('set/dog/3.png'))
    expect(await labels(open({ path: 'set' }))).toEqual({ 'cat/1.png': 0, 'dog/2.png': 1, 'dog/3.png': 1 })
  })

  it('a folder of images alone has no labels', async () => {
    folder.write({ 'set/b.png': '', 'set/a.png': '' })
    const dataset = await open({ path: 'set' })
    expect(dataset.samples).toEqual([{ id: 'a.png' }, { id: 'b.png' }])
    expect(() => checkLabels(dataset, 10)).toThrow(/a\.png has no label/)
  })
})

describe('folders that are refused', () => {
  it('a missing one', async () => {
    expect((await refusal({ path: 'nowhere' })).message).toMatch(/nowhere: it does not exist/)
  })

  it('a file', async () => {
    folder.write({ 'set.png': '' })
    expect((await refusal({ path: 'set.png' })).message).toMatch(/it is a file, not a folder/)
  })

  it('an empty one', async () => {
    mkdirSync(folder.at('set'))
    expect((await refusal({ path: 'set' })).message).toMatch(/contains no images/)
  })

  it('an empty class folder, unless classes are listed', async () => {
    folder.write({ 'set/cat/1.png': '', 'classes.txt': 'cat\ndog' })
    mkdirSync(folder.at('set/dog'))
    expect((await refusal({ path: 'set' })).message).toMatch(/class folder .*dog contains no images/)
    expect(await labels(open({ path: 'set', classes: 'classes.txt' }))).toEqual({ 'cat/1.png': 0 })
  })

  it('one with a file that is no image, by name', async () => {
    folder.write({ 'set/cat/1.png': '', 'set/cat/notes.txt': '' })
    expect((await refusal({ path: 'set' })).message).toMatch(/cat.notes\.txt is not an image/)
  })

  it('images beside class folders', async () => {
    folder.write({ 'set/cat/1.png': '', 'set/2.png': '' })
    expect((await refusal({ path: 'set' })).message).toMatch(/2\.png lies beside class folders/)
  })

  it('a class that the list does not have, and lists with repeated or empty lines', async () => {
    folder.write({ 'set/cat/1.png': '', 'a.txt': 'dog\n', 'b.txt': 'cat\ndog\ncat\n', 'c.txt': 'cat\n\ndog\n' })
    expect((await refusal({ path: 'set', classes: 'a.txt' })).message).toMatch(/cat is not a class in .*a\.txt/)
    expect((await refusal({ path: 'set', classes: 'b.txt' })).message).toMatch(
      /b\.txt:3: class 'cat' is already on line 1/
    )
    expect((await refusal({ path: 'set', classes: 'c.txt' })).message).toMatch(/c\.txt:2: empty class name/)
    expect((await refusal({ path: 'set', classes: 'd.txt' })).message).toMatch(/d\.txt: it does not exist/)
  })

  it('whatever leads out of the workspace', async () => {
    outside.write({ 'cat/1.png': '' })
    folder.write({ 'set/dog/1.png': '' })
    symlinkSync(outside.at('cat'), folder.at('set/cat'))
    symlinkSync(outside.path, folder.at('other'))
    expect((await refusal({ path: 'set' })).message).toMatch(/leads to .*outside the workspace/)
    expect((await refusal({ path: 'other' })).message).toMatch(/outside the workspace/)
    expect((await refusal({ path: '../' })).message).toMatch(/outside the workspace/)
  })

  it('links in a circle', async () => {
    folder.write({ 'set/cat/1.png': '' })
    symlinkSync(folder.at('set/cat'), folder.at('set/cat/again'))
    expect((await refusal({ path: 'set' })).message).toMatch(/form a loop/)
  })

  it('one without permission', async () => {
    // Root reads everything, and Windows has no such mode.
    if (process.getuid?.() === 0 || process.platform === 'win32') return
    folder.write({ 'set/cat/1.png': '' })
    chmodSync(folder.at('set/cat'), 0)
    const error = await refusal({ path: 'set' })
    chmodSync(folder.at('set/cat'), 0o700)
    expect(error.message).toMatch(/set\/cat: permission denied/)
  })
})

describe('a CSV manifest', () => {
  beforeEach(() => {
    folder.write({ 'images/1.png': 'one', 'images/2.png': 'two', 'images/a, b.png': 'three' })
  })

  it('has a header or not', async () => {
    folder.write({
      'plain.csv': 'images/1.png,7\n\nimages/2.png,0\n',
      'header.csv': '\uFEFFlabel,size,file\r\n7,12,images/1.png\r\n0,13,images/2.png\r\n',
      'quoted.csv': 'path,label\n"images/a, b.png", 3\n'
    })
    const expected = { 'images/1.png': 7, 'images/2.png': 0 }
    expect(await labels(open({ manifest: 'plain.csv' }))).toEqual(expected)
    expect(await labels(open({ manifest: 'header.csv' }))).toEqual(expected)
    expect(await labels(open({ manifest: 'quoted.csv' }))).toEqual({ 'images/a, b.png': 3 })
  })

  it('keeps its order, adds the offset and reads the named file', async () => {
    folder.write({ 'm.csv': '2.png,1\n1.png,0\n' })
    const dataset = await open({ manifest: 'm.csv', root: 'images', classOffset: 1 })
    expect(dataset.samples).toEqual([
      { id: '2.png', label: 2 },
      { id: '1.png', label: 1 }
    ])
    expect((await dataset.read(0)).toString()).toBe('two')
  })

  it('names classes where there is a class list', async () => {
    folder.write({ 'm.csv': 'images/1.png,dog\nimages/2.png,0\n', 'c.txt': 'cat\ndog\n' })
    expect(await labels(open({ manifest: 'm.csv', classes: 'c.txt' }))).toEqual({
      'images/1.png': 1,
      'images/2.png': 0
    })
  })

  it('without a label column has no labels', async () => {
    folder.write({ 'm.csv': 'path\nimages/1.png\n' })
    expect(await labels(open({ manifest: 'm.csv' }))).toEqual({ 'images/1.png': undefined })
  })

  it.each([
    ['semicolons', 'path;label\nimages/1.png;1\n', /m\.csv:1: "path;label" is one cell.* not by semicolons$/],
    ['tabs', 'images/1.png\t1\n', /m\.csv:1: .* not by tabs$/],
    ['backslashes', 'path,label\nimages\\1.png,1\n', /m\.csv:2: 'images\\1\.png' holds "\\": write paths with "\/"/],
    ['UTF-16', Buffer.from('\uFEFFpath,label\nimages/1.png,1\n', 'utf16le'), /m\.csv is not UTF-8 text$/],
    ['Latin-1', Buffer.from('path,label\nimages/\u00e9.png,1\n', 'latin1'), /m\.csv is not UTF-8 text$/]
  ])('from a spreadsheet or Windows, with %s, is refused with the reason', async (_, content, message) => {
    folder.write({ 'm.csv': content })
    await expect(open({ manifest: 'm.csv' })).rejects.toThrow(message)
  })

  it('drops repeated rows with a warning', async () => {
    folder.write({ 'm.csv': 'images/1.png,1\nimages/2.png,0\nimages/../images/1.png,1\n' })
    const dataset = await open({ manifest: 'm.csv' })
    expect(dataset.samples).toHaveLength(2)
    expect(dataset.warnings).toEqual([expect.stringMatching(/m\.csv:3: .* already on line 1/)])
  })

  it('lists every wrong row with file and line', async () => {
    outside.write({ 'secret.png': '' })
    folder.write({
      'm.csv': [
        'path,label',
        'images/1.png,-1',
        'images/1.png,1.5',
        'images/1.png,many',
        'images/1.png,',
        ',3',
        'images/none.png,3',
        `${outside.at('secret.png')},3`,
        'images,3',
        'images/1.png,3',
        'images/1.png,4'
      ].join('\n')
    })
    const lines = (await refusal({ manifest: 'm.csv' })).message.split('\n')
    const reasons = [
      /m\.csv:2: label -1 is negative/,
      /m\.csv:3: label 1\.5 is not a whole number/,
      /m\.csv:4: label 'many' is not a number; class names need a class list/,
      /m\.csv:5: the label is missing/,
      /m\.csv:6: the path is missing/,
      /m\.csv:7: .*none\.png: it does not exist/,
      /m\.csv:8: .*outside the workspace/,
      /m\.csv:9: .*is not a file/,
      /m\.csv:11: 'images\/1\.png' has label 4 here and 3 on line 10/
    ]
    expect(lines).toHaveLength(reasons.length)
    reasons.forEach((reason, i) => expect(lines[i]).toMatch(reason))
  })

  it('is refused with a label beyond the class list', async () => {
    folder.write({ 'm.csv': 'images/1.png,2\nimages/2.png,bird\n', 'c.txt': 'cat\ndog\n' })
    const { message } = await refusal({ manifest: 'm.csv', classes: 'c.txt' })
    expect(message).toMatch(/m\.csv:1: label 2 is out of range: the class list has 2 classes, 0 to 1/)
    expect(message).toMatch(/m\.csv:2: label 'bird' is neither a class name nor a number/)
  })

  it.each([
    ['an empty file', '', /is empty/],
    ['a header alone', 'path,label\n', /a header and no rows/],
    ['a header without a path', 'picture,label\n1.png,2\n', /m\.csv:1: the header names no path column/],
    ['an open quote', 'path,label\n"images/1.png,2\n', /m\.csv.* not valid CSV/]
  ])('is refused: %s', async (_, text, reason) => {
    folder.write({ 'm.csv': text })
    expect((await refusal({ manifest: 'm.csv' })).message).toMatch(reason)
  })
})

describe('a listed data set', () => {
  beforeEach(() => {
    folder.write({ 'set/a/1.png': '1', 'set/a/2.png': '2', 'set/b/3.png': '3', 'set/b/4.png': '4', 'set/c/5.png': '5' })
  })

  it('selects samples with their bytes', async () => {
    const subset = (await open({ path: 'set' })).select([4, 0])
    expect(subset.samples.map(({ id }) => id)).toEqual(['c/5.png', 'a/1.png'])
    expect((await subset.read(0)).toString()).toBe('5')
  })

  it('is thinned evenly', async () => {
    const dataset = await open({ path: 'set' })
    expect(selectEvenly(dataset, 3).samples.map(({ id }) => id)).toEqual(['a/1.png', 'a/2.png', 'b/4.png'])
    expect(selectEvenly(dataset, 9)).toBe(dataset)
  })

  it('names an image that vanished after listing', async () => {
    const dataset = await open({ path: 'set' })
    folder.remove()
    await expect(dataset.read(2)).rejects.toThrow(/b\/3\.png: .*it does not exist/)
  })

  it('is checked against the outputs of the network', async () => {
    const dataset = await open({ path: 'set' })
    expect(() => checkLabels(dataset, 3)).not.toThrow()
    expect(() => checkLabels(dataset, 2)).toThrow(/c\/5\.png has label 2, the network has 2 outputs, 0 to 1/)
  })
})
