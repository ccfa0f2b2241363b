import { FileError } from '../../errors.js'
import { csv } from './csv.js'
import { onnxruntimeFlatbuffers } from './ort-flatbuffers.js'
import { onnxruntimeJson } from './ort-json.js'
import { onnxruntimeText } from './ort-text.js'
import { ranges } from './ranges.js'
import { tensorrt } from './tensorrt.js'
import { TABLE_FORMATS, type RangeCodec, type RangeTable, type TableFormat } from './types.js'

/** The order in which a file is looked at: those with unmistakable contents first. */
const CODECS: Readonly<Record<TableFormat, RangeCodec>> = {
  tensorrt,
  ranges,
  'onnxruntime-json': onnxruntimeJson,
  csv,
  'onnxruntime-text': onnxruntimeText,
  'onnxruntime-flatbuffers': onnxruntimeFlatbuffers
}

/** Names of files by which `table convert` guesses what to write. */
const EXTENSIONS: readonly (readonly [RegExp, TableFormat])[] = [
  [/\.(flatbuffers?|fb)$/i, 'onnxruntime-flatbuffers'],
  [/\.csv$/i, 'csv'],
  [/\.cache$/i, 'tensorrt'],
  [/\.json$/i, 'ranges']
]

/** A model of 100,000 tensors has a table of some 10 MB. */
export const MAX_TABLE_BYTES = 64 * 1024 * 1024

/**
 * Reads ranges from a table of any format, found out from its content.
 * @param format where it is known.
 * @throws FileError where the content is none of them, or malformed
 */
export function readRanges(
  content: Uint8Array,
  file: string,
  format?: TableFormat
): RangeTable & { format: TableFormat } {
  if (content.length > MAX_TABLE_BYTES) {
    throw new FileError(`${file} has ${content.length} bytes: a table has at most ${MAX_TABLE_BYTES}`)
  }
  const names = Object.keys(CODECS) as TableFormat[]
  const found = format ?? names.find((name) => CODECS[name].recognizes(content, file))
  if (found === undefined) {
    throw new FileError(
      `${file} is no table of ranges that is known here`,
      `known are ${TABLE_FORMATS.join(', ')}; name one with --from if it is one of them`
    )
  }
  const table = CODECS[found].read(content, file)
  if (table.ranges.size === 0)
    throw new FileError(`${file} holds no range`, 'the file is cut short, or of another format')
  return { ...table, format: found }
}

/** @throws FileError where the format cannot express a name */
export function writeRanges(table: RangeTable, file: string, format: TableFormat): Uint8Array {
  return CODECS[format].write(table, file)
}

/** Whether the format keeps max(|min|, |max|) alone. */
export function isSymmetricFormat(format: TableFormat): boolean {
  return CODECS[format].symmetric
}

/** What a file name asks for; undefined where it says nothing. */
export function formatOfName(file: string): TableFormat | undefined {
  return EXTENSIONS.find(([pattern]) => pattern.test(file))?.[1]
}
