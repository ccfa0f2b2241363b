import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  isSymmetricFormat,
  readRanges,
  TABLE_FORMATS,
  writeRanges,
  type TableFormat
} from '../../../src/quantization/formats/index.js'
import { makeTable, serializeTable } from '../../../src/quantization/index.js'

/** script/references/table_formats.py */
const folder = new URL('../../../__fixtures__/quantization/tables/', import.meta.url)
const file = (name: string) => readFileSync(new URL(name, folder))
const json = <T>(name: string) => JSON.parse(file(name).toString()) as T

const theirs = json<Record<string, [number, number]>>('onnxruntime/ranges.json')
const ours = new Map(Object.entries(theirs).map(([name, [min, max]]) => [name, { min, max }]))

const text = (content: string, format?: TableFormat) => readRanges(Buffer.from(content), 'table', format)

describe("tables of ONNX Runtime's calibrator", () => {
  it.each(['calibration.json', 'calibration_cache_path.json'])('%s imports with equal ranges', (name) => {
    const { ranges, format } = readRanges(file(`onnxruntime/${name}`), name)
    expect(format).toBe('onnxruntime-json')
    expect(Object.fromEntries([...ranges].map(([tensor, { min, max }]) => [tensor, [min, max]]))).toEqual(theirs)
  })

  it.each(['calibration.flatbuffers', 'calibration.cache'])('%s is refused where a lower end is lost', (name) => {
    expect(() => readRanges(file(`onnxruntime/${name}`), name)).toThrow(/(?:only negative|out) has the value -\d/)
  })

  it('without the ranges that it announces is refused', () => {
    const table = '{"CLS": "TensorsData", "dato": {}}'
    expect(() => text(table, 'onnxruntime-json')).toThrow(/is no calibration table of ONNX Runtime/)
  })

  it('tell their format by content', () => {
    const name = (of: string) => (format: TableFormat) => {
      try {
        return readRanges(file(`onnxruntime/${of}`), of, format).format
      } catch {
        return undefined
      }
    }
    expect(TABLE_FORMATS.map(name('calibration.json')).filter(Boolean)).toEqual(['onnxruntime-json'])
  })
})

describe('tables written here', () => {
  const read = json<{ flatbuffers: object; json: Record<string, [number, number]>; tensorrt: object }>('ours.read.json')
  const amax = Object.fromEntries([...ours].map(([name, { min, max }]) => [name, Math.max(-min, max)]))

  it("are what ONNX Runtime's readers were given", () => {
    expect(Buffer.from(writeRanges({ ranges: ours }, 'x', 'onnxruntime-flatbuffers'))).toEqual(file('ours.flatbuffers'))
    expect(Buffer.from(writeRanges({ ranges: ours }, 'x', 'onnxruntime-json'))).toEqual(file('ours.cache-path.json'))
    expect(Buffer.from(writeRanges({ ranges: ours }, 'x', 'tensorrt'))).toEqual(file('ours.cache'))
  })

  it('were read by them with equal ranges', () => {
    expect(read.flatbuffers).toEqual(amax)
    expect(read.tensorrt).toEqual(amax)
    // JSON has no -0 after a decimal text
    for (const [name, [min, max]] of Object.entries(read.json)) {
      expect([min + 0, max + 0]).toEqual(theirs[name].map((end) => end + 0))
    }
    expect(Object.keys(read.json)).toHaveLength(ours.size)
  })
})

describe('every format', () => {
  it.each(TABLE_FORMATS)('%s holds names with separators that are no ends of lines', (format) => {
    const ranges = new Map([['a\u2028b\u2029c\u0085d e', { min: -1, max: 1 }]])
    expect([...readRanges(writeRanges({ ranges }, 'x', format), 'x', format).ranges.keys()]).toEqual([...ranges.keys()])
  })

  // 1/127 of the smallest floats is smaller than any
  const float = fc
    .float({ noNaN: true, noDefaultInfinity: true, max: Math.fround(1e37), min: Math.fround(-1e37) })
    .map((value) => (Math.abs(value) < 1e-30 ? 0 : value))
  const range = fc.tuple(float, float).map(([a, b]) => ({ min: Math.min(a, b) + 0, max: Math.max(a, b) + 0 }))
  const name = fc
    .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
    .filter((text) => !/[\r\n]/.test(text) && text.trim() === text && text !== '__proto__')
  const tables = fc
    .uniqueArray(fc.tuple(name, range), { minLength: 1, maxLength: 20, selector: ([name]) => name })
    .map((entries) => new Map(entries))

  it.each(TABLE_FORMATS)('%s gives back what was written, to float32', (format) => {
    fc.assert(
      fc.property(tables, (ranges) => {
        const back = readRanges(writeRanges({ ranges }, 'x', format), 'x', format)
        expect([...back.ranges.keys()].sort()).toEqual([...ranges.keys()].sort())
        for (const [tensor, { min, max }] of ranges) {
          const width = Math.max(-min, max)
          // the file has the float32 scale, a 127th
          const kept = format === 'tensorrt' ? 127 * Math.fround(width / 127) : width
          const found = back.ranges.get(tensor)!
          expect(Math.fround(found.max)).toBe(Math.fround(isSymmetricFormat(format) ? kept : max) + 0)
          expect(Math.fround(found.min) + 0).toBe(Math.fround(isSymmetricFormat(format) ? -kept : min) + 0)
        }
      })
    )
  })

  it.each(TABLE_FORMATS)('%s is written the same again after it was read', (format) => {
    fc.assert(
      fc.property(tables, (ranges) => {
        const once = writeRanges({ ranges }, 'x', format)
        const again = writeRanges(readRanges(once, 'x', format), 'x', format)
        expect(Buffer.from(again)).toEqual(Buffer.from(once))
      })
    )
  })

  it.each(TABLE_FORMATS)('%s cut anywhere or changed anywhere is an error or other ranges, never a crash', (format) => {
    const whole = writeRanges({ ranges: ours }, 'x', format)
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, value, cut) => {
        const bytes = cut ? whole.slice(0, at) : Uint8Array.from(whole, (byte, i) => (i === at ? value : byte))
        try {
          for (const { min, max } of readRanges(bytes, 'x', format).ranges.values()) {
            if (!Number.isFinite(min) || !Number.isFinite(max) || min > max) throw new Error('no range')
          }
        } catch (error) {
          expect((error as Error).name).toBe('FileError')
        }
      }),
      { numRuns: 500 }
    )
  })
})

describe('a TensorRT cache', () => {
  const cache = 'TRT-8203-EntropyCalibration2\ninput: 3c010a14\nscope/a:0: 3d2f2a6b\nb,c: 00000000\n'

  it('has the scale of each tensor as a big-endian float32, and names with colons', () => {
    const { ranges, header, format } = text(cache)
    expect(format).toBe('tensorrt')
    expect(header).toBe('TRT-8203-EntropyCalibration2')
    expect([...ranges.keys()]).toEqual(['input', 'scope/a:0', 'b,c'])
    // struct.unpack('!f', bytes.fromhex('3c010a14'))[0] * 127
    expect(ranges.get('input')?.max).toBeCloseTo(0.007875937 * 127, 6)
    expect(ranges.get('b,c')).toEqual({ min: 0, max: 0 })
  })

  it('is written with the header that it had', () => {
    expect(Buffer.from(writeRanges(text(cache), 'x', 'tensorrt')).toString()).toBe(cache)
  })

  it.each([
    ['TRT-1-x\nname without digits\n', /table:2: not a tensor name/],
    ['TRT-1-x\na: 7f800000\n', /a has the range Infinity/],
    ['TRT-1-x\na: bf800000\n', /a has the range -127/],
    ['TRT-1-x\na: 3c010a14\na: 3c010a14\n', /a has two ranges/],
    ['TRT-1-x\n', /holds no range/]
  ])('%j is refused', (content, message) => {
    expect(() => text(content)).toThrow(message)
  })
})

describe('a CSV file', () => {
  it('has a range a line, quoted names, and perhaps a header', () => {
    const { ranges } = text('tensor,min,max\n"a,b",-1,2\n"say ""x""",0,1e-3\n', 'csv')
    expect([...ranges]).toEqual([
      ['a,b', { min: -1, max: 2 }],
      ['say "x"', { min: 0, max: Math.fround(0.001) }]
    ])
  })

  it.each([
    ['a,1\n', /table:1: 2 columns/],
    ['a,2,1\n', /a has the range 2 to 1/],
    ['tensor,min,max\na,,1\n', /table:2: "" is not a finite number/],
    ['a,-1,inf\n', /"inf" is not a finite number/],
    [',0,1\n', /no tensor name/]
  ])('%j is refused', (content, message) => {
    expect(() => text(content, 'csv')).toThrow(message)
  })
})

describe('our own calibration table', () => {
  it('reads as its chosen ranges', () => {
    const parts = { algorithm: 1, model: 'm', weights: {}, preprocessing: '{}', images: ['a'], imagesHash: 'h' }
    const range = { min: -1, max: 2 }
    const observed = { min: -3, max: 4 }
    const calibrated = new Map([['x', { observed, range, quarter: range, half: range, cut: 0 }]])
    const table = makeTable({ ...parts, method: '{}', target: 'cpu', tensors: ['x'] }, 1, calibrated)
    expect([...text(serializeTable(table)).ranges]).toEqual([['x', { min: -1, max: 2 }]])
    expect(() => text(serializeTable(table).replace('"min":', ' "min":').replace('-1', '-2'))).toThrow(/checksum/)
  })
})

it('says which formats are known where the content is none of them', () => {
  expect(() => text('hello')).toThrow(/no table of ranges/)
  expect(() => text('{}')).toThrow(/no table of ranges/)
})

it.each(TABLE_FORMATS)('%s takes names with any separator of Unicode, where it is no line end', (format) => {
  const ranges = new Map(['a\u2028b', 'c\u0085d', 'e  f', 'g\u2029:h'].map((name) => [name, { min: -1, max: 1 }]))
  expect([...readRanges(writeRanges({ ranges }, 'x', format), 'x', format).ranges.keys()]).toEqual([...ranges.keys()])
})

it('refuses a table of ONNX Runtime whose data is missing', () => {
  expect(() => text('{"CLS": "TensorsData", "lowest": 1}')).toThrow(/no calibration table of ONNX Runtime/)
})

it('refuses a name with a line break where lines separate ranges', () => {
  const ranges = new Map([['a\nb', { min: 0, max: 1 }]])
  expect(() => writeRanges({ ranges }, 'x', 'tensorrt')).toThrow(/line break/)
  expect(writeRanges({ ranges }, 'x', 'ranges').length).toBeGreaterThan(0)
})
