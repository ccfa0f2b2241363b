import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openDataset, type Dataset } from '../../src/dataset/index.js'
import { FileError } from '../../src/errors.js'
import { bytes, Folder, npy } from './files.js'

let folder: Folder
beforeEach(() => void (folder = new Folder()))
afterEach(() => folder.remove())

function open(labels?: string, classOffset = 0): Promise<Dataset> {
  const source = { kind: 'npy', inputs: folder.at('x.npy'), classOffset } as const
  return openDataset(labels === undefined ? source : { ...source, labels: folder.at(labels) }, {
    workspace: folder.path
  })
}

async function refusal(labels?: string): Promise<string> {
  const outcome = await open(labels).then(
    () => undefined,
    (error: unknown) => error
  )
  expect(outcome).toBeInstanceOf(FileError)
  return (outcome as FileError).message
}

const VALUES = Float32Array.from({ length: 12 }, (_, i) => i + 0.5)
const INPUTS = npy('<f4', [3, 2, 2], bytes(VALUES))

describe('.npy tensors', () => {
  it.each([1, 2, 3] as const)('format version %i is read record by record', async (version) => {
    folder.write({ 'x.npy': npy('<f4', [3, 2, 2], bytes(VALUES), { version }) })
    const dataset = await open()
    expect(dataset.content).toEqual({ kind: 'tensor', type: 'float32', dims: [2, 2] })
    expect(dataset.samples).toEqual([{ id: 'x.npy[0]' }, { id: 'x.npy[1]' }, { id: 'x.npy[2]' }])
    expect(await dataset.read(1)).toEqual(Buffer.from(bytes(VALUES.slice(4, 8))))
    expect(await dataset.select([2]).read(0)).toEqual(Buffer.from(bytes(VALUES.slice(8))))
    await dataset.close()
    await dataset.close()
  })

  it.each([
    ['<f8', 'float64', 8],
    ['<f2', 'float16', 2],
    ['|u1', 'uint8', 1],
    ['|i1', 'int8', 1],
    ['<i2', 'int16', 2],
    ['<i4', 'int32', 4],
    ['<i8', 'int64', 8]
  ] as const)('%s is %s', async (descr, type, size) => {
    folder.write({ 'x.npy': npy(descr, [2, 3], new Uint8Array(6 * size)) })
    const dataset = await open()
    expect(dataset.content).toEqual({ kind: 'tensor', type, dims: [3] })
    expect(await dataset.read(1)).toHaveLength(3 * size)
    await dataset.close()
  })

  it.each([
    ['Fortran order', npy('<f4', [3, 2, 2], bytes(VALUES), { fortran: true }), /Fortran/],
    ['big-endian numbers', npy('>f4', [3, 2, 2], bytes(VALUES)), /'>f4'/],
    ['complex numbers', npy('<c8', [3, 2], new Uint8Array(48)), /'<c8'/],
    [
      'a record type',
      Buffer.from(INPUTS.toString('latin1').replace("'<f4'", "[('a')]"), 'latin1'),
      /not a plain array/
    ],
    ['a missing end', INPUTS.subarray(0, -1), /truncated: its header promises 48 bytes of data, 47/],
    ['a missing header', INPUTS.subarray(0, 40), /ends inside its header/],
    ['bytes after the end', Buffer.concat([INPUTS, Buffer.from('more')]), /4 bytes more/],
    ['no bytes', Buffer.alloc(0), /is empty/],
    ['another format', Buffer.from('PK\x03\x04 this is a zip file'), /not a NumPy/],
    ['an unknown version', Buffer.concat([INPUTS.subarray(0, 6), Buffer.of(9), INPUTS.subarray(7)]), /version 9/],
    ['no samples', npy('<f4', [0, 2, 2], new Uint8Array(0)), /holds no samples/],
    ['a scalar', Buffer.from(INPUTS.toString('latin1').replace('(3, 2, 2)', '()       '), 'latin1'), /single number/],
    ['an impossible shape', npy('<f4', [2 ** 50, 2 ** 50], new Uint8Array(8)), /damaged/]
  ])('are refused with %s', async (_, content, reason) => {
    folder.write({ 'x.npy': content })
    expect(await refusal()).toMatch(reason)
  })

  it('are refused where they are missing', async () => {
    expect(await refusal()).toMatch(/x\.npy: it does not exist/)
  })
})

describe('labels of tensors', () => {
  beforeEach(() => void folder.write({ 'x.npy': INPUTS }))

  it.each([
    ['an int64 vector', 'y.npy', npy('<i8', [3], bytes(BigInt64Array.of(4n, 0n, 9n)))],
    ['an int32 column', 'y.npy', npy('<i4', [3, 1], bytes(Int32Array.of(4, 0, 9)))],
    ['a uint8 vector', 'y.npy', npy('|u1', [3], Uint8Array.of(4, 0, 9))],
    ['one label a line', 'y.csv', Buffer.from('4\n0\n9\n')],
    ['index,label without a header', 'y.csv', Buffer.from('1,0\n0,4\n2,9\n')],
    ['a header with other columns', 'y.csv', Buffer.from('index,file,label\n0,a.bin,4\n1,b.bin,0\n2,c.bin,9\n')]
  ])('are %s', async (_, name, content) => {
    folder.write({ [name]: content })
    const dataset = await open(name, 1)
    expect(dataset.samples.map(({ label }) => label)).toEqual([5, 1, 10])
    await dataset.close()
  })

  it.each([
    ['too few', 'y.csv', Buffer.from('1\n2\n'), /y\.csv has 2 labels, .*x\.npy has 3 samples/],
    ['negative', 'y.csv', Buffer.from('1\n-2\n3\n'), /y\.csv:2: label -2 is negative/],
    ['words', 'y.csv', Buffer.from('index,label\n0,cat\n1,1\n2,2\n'), /y\.csv:2: label 'cat' is not a number/],
    ['repeated', 'y.csv', Buffer.from('0,1\n0,1\n2,1\n'), /y\.csv:2: sample 0 is already on line 1/],
    ['out of place', 'y.csv', Buffer.from('0,1\n1,1\n7,1\n'), /y\.csv:3: index '7' is not a sample/],
    ['without a name', 'y.csv', Buffer.from('a,b,c\n0,1,1\n'), /no column is named 'label'/],
    ['empty', 'y.csv', Buffer.from(''), /is empty/],
    ['one-hot', 'y.npy', npy('|u1', [3, 2], new Uint8Array(6)), /labels are a vector/],
    ['floats', 'y.npy', npy('<f4', [3], new Uint8Array(12)), /labels are integers/],
    ['negative in .npy', 'y.npy', npy('|i1', [3], Uint8Array.of(1, 255, 1)), /label -1 of sample 1 is negative/]
  ])('are refused: %s', async (_, name, content, reason) => {
    folder.write({ [name]: content })
    expect(await refusal(name)).toMatch(reason)
  })
})
