import { FileError } from '../../errors.js'
import type { Range } from '../scale.js'
import type { RangeCodec } from './types.js'
import { addRange, amax, assertOneLine, float32Text, oneSidedRange, textOf } from './values.js'

/** ONNX Runtime's `calibration.cache`: a line `name amax` for each tensor, amax in decimal digits. */
export const onnxruntimeText: RangeCodec = {
  symmetric: true,
  recognizes: (content, file) => /\.cache$/i.test(file) || /^\S+ -?[\d.]+(?:e[-+]?\d+)?\r?\n/i.test(start(content)),
  read: (content, file) => {
    const ranges = new Map<string, Range>()
    textOf(content, file)
      .split(/\r?\n/)
      .forEach((line, index) => {
        if (line === '') return
        const match = /^(.+) ([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)$/is.exec(line)
        if (match === null) {
          throw new FileError(`${file}:${index + 1}: not a tensor name, a space and a decimal number`)
        }
        const [, tensor, value] = match
        addRange(ranges, tensor, oneSidedRange(value, tensor, `${file}:${index + 1}`), file)
      })
    return { ranges }
  },
  write: ({ ranges }, file) => {
    const lines = [...ranges].map(([tensor, range]) => {
      assertOneLine(tensor, file)
      return `${tensor} ${float32Text(amax(range))}\n`
    })
    return Buffer.from(lines.join(''))
  }
}

function start(content: Uint8Array): string {
  return new TextDecoder().decode(content.subarray(0, 4096))
}
