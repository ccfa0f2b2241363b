import { Builder, ByteBuffer } from 'flatbuffers'
import { FileError } from '../../errors.js'
import type { Range } from '../scale.js'
import type { RangeCodec } from './types.js'
import { addRange, amax, float32Text, oneSidedRange } from './values.js'

/**
 * `calibration.flatbuffers` of ONNX Runtime's TensorRT provider:
 *
 *     table KeyValue { key:string; value:string; }   value: the decimal digits of amax
 *     table TrtTable { dict:[KeyValue]; }             root
 *
 * ONNX Runtime's own writer stores max(min, max) without the absolute value, which loses tensors that are mostly
 * negative; amax is max(|min|, |max|) here.
 */
export const onnxruntimeFlatbuffers: RangeCodec = {
  symmetric: true,
  recognizes: (content, file) =>
    /\.(flatbuffers?|fb)$/i.test(file) || (content.length >= 8 && content.slice(0, 64).includes(0)),
  read: (content, file) => {
    const ranges = new Map<string, Range>()
    for (const [tensor, value] of entriesOf(content, file)) {
      addRange(ranges, tensor, oneSidedRange(value, tensor, file), file)
    }
    return { ranges }
  },
  write: ({ ranges }) => {
    const builder = new Builder(64 * (ranges.size + 1))
    const entries = [...ranges].map(([tensor, range]) => {
      const key = builder.createString(tensor)
      const value = builder.createString(float32Text(amax(range)))
      builder.startObject(2)
      builder.addFieldOffset(0, key, 0)
      builder.addFieldOffset(1, value, 0)
      return builder.endObject()
    })
    builder.startVector(4, entries.length, 4)
    for (const entry of entries.reverse()) builder.addOffset(entry)
    const dict = builder.endVector()
    builder.startObject(1)
    builder.addFieldOffset(0, dict, 0)
    builder.finish(builder.endObject())
    return builder.asUint8Array()
  }
}

/** Field offsets in a vtable: 4 + 2 * index. */
const FIRST = 4
const SECOND = 6

/** The reader of the library checks no bounds: every offset is held against the file's length before it is followed. */
function* entriesOf(content: Uint8Array, file: string): Generator<[string, string]> {
  const bytes = new ByteBuffer(content)
  const inside = (offset: number, length: number): number => {
    if (Number.isInteger(offset) && offset >= 0 && offset + length <= content.length) return offset
    throw new FileError(`${file} is no calibration table of ONNX Runtime: an offset leads out of the file`)
  }
  const indirect = (at: number): number => inside(at + bytes.readInt32(inside(at, 4)), 4)
  const field = (table: number, slot: number): number => {
    const vtable = inside(table - bytes.readInt32(inside(table, 4)), 4)
    inside(vtable, bytes.readInt16(vtable))
    const offset = bytes.__offset(table, slot)
    return offset === 0 ? 0 : inside(table + offset, 4)
  }
  const text = (table: number, slot: number): string => {
    const at = field(table, slot)
    if (at === 0) return ''
    const start = indirect(at)
    const length = bytes.readInt32(start)
    inside(start + 4, length)
    return new TextDecoder().decode(content.subarray(start + 4, start + 4 + length))
  }
  const dict = field(indirect(0), FIRST)
  if (dict === 0) return
  const vector = indirect(dict)
  const count = bytes.readInt32(vector)
  if (count < 0) throw new FileError(`${file} is no calibration table of ONNX Runtime: it announces ${count} entries`)
  inside(vector + 4, 4 * count)
  for (let i = 0; i < count; i++) {
    const entry = indirect(vector + 4 + 4 * i)
    yield [text(entry, FIRST), text(entry, SECOND)]
  }
}
