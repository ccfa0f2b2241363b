import { parse } from 'csv-parse/sync'
import { FileError } from '../../errors.js'

export interface TableRow {
  /** Line in the file, counted from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** Rows of a CSV file (RFC 4180 quoting, spaces around cells ignored, empty lines skipped). */
export function parseTable(text: string, file: string): readonly TableRow[] {
  try {
    const rows = parse(text, { info: true, relaxColumnCount: true, skipEmptyLines: true, trim: true }) as unknown as {
      readonly record: readonly string[]
      readonly info: { readonly lines: number }
    }[]
    return rows.map(({ record, info }) => ({ line: info.lines, cells: record }))
  } catch (error) {
    const line = error instanceof Error && 'lines' in error && typeof error.lines === 'number' ? `:${error.lines}` : ''
    throw new FileError(
      `${file}${line}: not valid CSV: ${error instanceof Error ? error.message : String(error)}`,
      'quote cells that contain commas or quotes, and double the quotes inside them',
      { cause: error }
    )
  }
}

/** Collects the problems of a text file, so that one run shows them all; throws the first twenty as one error. */
export class Problems {
  private readonly messages: string[] = []

  constructor(private readonly file: string) {}

  /** @param place a line, or what stands for one in a file that is not read by lines. */
  add(place: number | string, message: string): void {
    this.messages.push(`${this.file}:${typeof place === 'number' ? place : ` ${place}`}: ${message}`)
  }

  throwIfAny(hint: string): void {
    if (this.messages.length === 0) return
    const shown = this.messages.slice(0, 20)
    const more = this.messages.length - shown.length
    throw new FileError([...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n'), hint)
  }
}

/**
 * A label cell: a class name where there is a class list, else a class index.
 * @returns the index before the offset, or what is wrong.
 */
export function parseLabel(cell: string, classes: ReadonlyMap<string, number> | undefined): number | string {
  const named = classes?.get(cell)
  if (named !== undefined) return named
  const value = cell === '' ? NaN : Number(cell)
  if (Number.isNaN(value)) {
    if (cell === '') return 'the label is missing'
    return classes === undefined
      ? `label '${cell}' is not a number; class names need a class list (\`classes\`)`
      : `label '${cell}' is neither a class name nor a number`
  }
  if (!Number.isInteger(value)) return `label ${cell} is not a whole number`
  if (value < 0) return `label ${cell} is negative`
  if (classes !== undefined && value >= classes.size)
    return `label ${cell} is out of range: the class list has ${classes.size} classes, 0 to ${classes.size - 1}`
  return value
}
