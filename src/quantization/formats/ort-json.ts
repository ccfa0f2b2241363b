import * as z from 'zod'
import { FileError } from '../../errors.js'
import type { Range } from '../scale.js'
import type { RangeCodec } from './types.js'
import { addRange, float32Text, rangeOf, startsWith, textOf } from './values.js'

const scalar = z.union([
  z.number(),
  z.object({ data: z.union([z.number(), z.tuple([z.number()])]) }).transform(({ data }) => data)
])

const tensorSchema = z.object({
  lowest: scalar.transform(first),
  highest: scalar.transform(first)
})

/**
 * ONNX Runtime's `calibration.json`, a `TensorData` for each tensor, and the file of `calibration_cache_path`, which holds
 * the same below `data`.
 */
export const onnxruntimeJson: RangeCodec = {
  symmetric: false,
  recognizes: (content) =>
    startsWith(content, '{') && /"(?:lowest|TensorsData)"/.test(new TextDecoder().decode(content)),
  read: (content, file) => {
    const table = objectIn(parse(content, file), file)
    const tensors = table.CLS === 'TensorsData' ? objectIn(table.data, file) : table
    const ranges = new Map<string, Range>()
    for (const [tensor, value] of Object.entries(tensors)) {
      const range = tensorSchema.safeParse(value)
      if (!range.success) {
        throw new FileError(
          `${file}: ${tensor} has no single lowest and highest value`,
          'tables with a range for each channel of an activation are not supported'
        )
      }
      addRange(ranges, tensor, rangeOf(range.data.lowest, range.data.highest, tensor, file), file)
    }
    return { ranges }
  },
  write: ({ ranges }) => {
    const value = (number: number) => ({ data: [Number(float32Text(number))], dtype: 'float32', CLS: 'numpy.array' })
    const tensors = [...ranges].map(([tensor, { min, max }]) => [
      tensor,
      { lowest: value(min), highest: value(max), CLS: 'TensorData' }
    ])
    const table = {
      CLS: 'TensorsData',
      data: Object.fromEntries(tensors) as Readonly<Record<string, unknown>>,
      // its other methods want histograms beside the ranges
      calibration_method: { CLS: 'CalibrationMethod', value: 'CalibrationMethod.MinMax' },
      smooth_quant: false
    }
    return Buffer.from(`${JSON.stringify(table)}\n`)
  }
}

function objectIn(value: unknown, file: string): Readonly<Record<string, unknown>> {
  const object = z.record(z.string(), z.unknown()).safeParse(value)
  if (object.success) return object.data
  throw new FileError(
    `${file} is no calibration table of ONNX Runtime: an object with a range for each tensor is expected`
  )
}

/** numpy writes a float32 in the digits that tell it from others. */
function first(value: number | [number]): number {
  return Math.fround(typeof value === 'number' ? value : value[0])
}

function parse(content: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(textOf(content, file))
  } catch (cause) {
    if (cause instanceof FileError) throw cause
    throw new FileError(`${file} is not JSON: it is cut short or another file`, undefined, { cause })
  }
}
