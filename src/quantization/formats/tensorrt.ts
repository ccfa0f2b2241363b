import { FileError } from '../../errors.js'
import type { Range } from '../scale.js'
import type { RangeCodec } from './types.js'
import { addRange, amax, assertOneLine, startsWith, symmetricRange, textOf } from './values.js'

/**
 * TensorRT's calibration cache (TensorRT 10 and older): a header, then a line `name: xxxxxxxx` for each tensor, where
 * the hexadecimal digits are the big-endian float32 of scale = amax / 127. The name ends at the last colon, since names
 * may hold some; ONNX Runtime's own reader cuts at the first.
 */
export const tensorrt: RangeCodec = {
  symmetric: true,
  recognizes: (content) => startsWith(content, 'TRT-'),
  read: (content, file) => {
    const [header, ...lines] = textOf(content, file).split(/\r?\n/)
    const ranges = new Map<string, Range>()
    lines.forEach((line, index) => {
      if (line === '') return
      const match = /^(.+): ?([0-9a-fA-F]{1,8})$/s.exec(line)
      if (match === null) {
        throw new FileError(`${file}:${index + 2}: not a tensor name, a colon and the hexadecimal digits of a scale`)
      }
      const [, tensor, digits] = match
      addRange(ranges, tensor, symmetricRange(LEVELS * scaleOf(digits), tensor, `${file}:${index + 2}`), file)
    })
    return { header, ranges }
  },
  write: ({ header = DEFAULT_HEADER, ranges }, file) => {
    const lines = [...ranges].map(([tensor, range]) => {
      assertOneLine(tensor, file)
      return `${tensor}: ${digitsOf(amax(range) / LEVELS)}`
    })
    return Buffer.from(`${[header, ...lines].join('\n')}\n`)
  }
}

/** Symmetric int8 has codes to 127. */
const LEVELS = 127

/** The last version that reads such a cache is 10; TensorRT passes over a cache of a version that it does not know. */
const DEFAULT_HEADER = 'TRT-101401-EntropyCalibration2'

function scaleOf(digits: string): number {
  const bytes = new DataView(new ArrayBuffer(4))
  bytes.setUint32(0, Number.parseInt(digits, 16))
  return bytes.getFloat32(0)
}

function digitsOf(scale: number): string {
  const bytes = new DataView(new ArrayBuffer(4))
  bytes.setFloat32(0, scale)
  return bytes.getUint32(0).toString(16).padStart(8, '0')
}
