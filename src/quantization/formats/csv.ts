import { parse } from 'csv-parse/sync'
import { FileError } from '../../errors.js'
import type { Range } from '../scale.js'
import type { RangeCodec } from './types.js'
import { addRange, float32Of, float32Text, rangeOf, textOf } from './values.js'

/**
 * `tensor,min,max` a line, as for TensorRT's `setDynamicRange(min, max)`; names with commas or quotes are quoted, as RFC
 * 4180 has it. A first line of those words is a header.
 */
export const csv: RangeCodec = {
  symmetric: false,
  recognizes: (_, file) => /\.csv$/i.test(file),
  read: (content, file) => {
    const ranges = new Map<string, Range>()
    records(content, file).forEach(({ record, info }, index) => {
      const [tensor, min, max] = record
      const place = `${file}:${info.lines}`
      if (index === 0 && isHeader(record)) return
      if (record.length !== 3) {
        throw new FileError(`${place}: ${record.length} columns, and tensor, min and max are expected`)
      }
      addRange(ranges, tensor, rangeOf(numberOf(min, place), numberOf(max, place), tensor, place), file)
    })
    return { ranges }
  },
  write: ({ ranges }) => {
    const lines = [...ranges].map(
      ([tensor, { min, max }]) => `${quoted(tensor)},${float32Text(min)},${float32Text(max)}\n`
    )
    return Buffer.from(`tensor,min,max\n${lines.join('')}`)
  }
}

interface CsvRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

function records(content: Uint8Array, file: string): CsvRecord[] {
  const text = textOf(content, file)
  try {
    return parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true
    }) as unknown as CsvRecord[]
  } catch (cause) {
    throw new FileError(`${file} is not CSV: ${cause instanceof Error ? cause.message : String(cause)}`, undefined, {
      cause
    })
  }
}

function isHeader(record: readonly string[]): boolean {
  return record.length === 3 && Number.isNaN(Number(record[1])) && Number.isNaN(Number(record[2]))
}

function numberOf(text: string, place: string): number {
  const value = text.trim() === '' ? Number.NaN : float32Of(text)
  if (Number.isFinite(value)) return value
  throw new FileError(`${place}: ${JSON.stringify(text)} is not a finite number`)
}

function quoted(name: string): string {
  return /[",\r\n]|^\s|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name
}
