import * as z from 'zod'
import { FileError } from '../../errors.js'
import type { Range } from '../scale.js'
import { parseTable } from '../table.js'
import type { RangeCodec } from './types.js'
import { addRange, rangeOf, startsWith, textOf } from './values.js'

const FORMAT = 'precision-gate ranges'
const TABLE = 'precision-gate calibration table'

const rangesSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(1),
  /** [tensor, min, max]: in an array, because objects put names of digits first. */
  ranges: z.array(z.tuple([z.string(), z.number(), z.number()]))
})

/** Our own: ranges alone, exact. A calibration table of this program reads as one. */
export const ranges: RangeCodec = {
  symmetric: false,
  recognizes: (content) =>
    startsWith(content, '{') && [FORMAT, TABLE].some((name) => new TextDecoder().decode(content).includes(name)),
  read: (content, file) => {
    const text = textOf(content, file)
    const found = new Map<string, Range>()
    if (text.includes(TABLE)) {
      for (const [tensor, { range }] of Object.entries(parseTable(text, file).tensors)) {
        addRange(found, tensor, rangeOf(...range, tensor, file), file)
      }
      return { ranges: found }
    }
    const parsed = rangesSchema.safeParse(parse(text, file))
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]
      throw new FileError(`${file} is damaged at ${path.join('.') || 'its top'}: ${message}`)
    }
    for (const [tensor, min, max] of parsed.data.ranges) {
      addRange(found, tensor, rangeOf(min, max, tensor, file), file)
    }
    return { ranges: found }
  },
  write: (table) => {
    const entries = [...table.ranges].map(([tensor, { min, max }]) => JSON.stringify([tensor, min, max]))
    return Buffer.from(
      `{ "format": ${JSON.stringify(FORMAT)}, "version": 1, "ranges": [\n${entries.join(',\n')}\n] }\n`
    )
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new FileError(`${file} is not JSON: it is cut short or another file`, undefined, { cause })
  }
}
