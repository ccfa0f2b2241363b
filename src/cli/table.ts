import { dirname, resolve } from 'node:path'
import { ConfigurationError, ExitCode } from '../errors.js'
import {
  formatOfName,
  isSymmetricFormat,
  readRangeFile,
  TABLE_FORMATS,
  writeRanges,
  type SourceFormat,
  type TableFormat
} from '../quantization/formats/index.js'
import { writeFileAtomic } from '../util/files.js'
import type { CommandContext } from './context.js'
import { printable } from './printable.js'

export interface TableOptions {
  readonly from?: SourceFormat
  readonly to?: TableFormat
  readonly trtHeader?: string
}

/**
 * `precision-gate table convert IN OUT`: ranges of activations from one tool's file into another's.
 * @returns the exit code.
 */
export async function convertTable(
  input: string,
  output: string,
  { from, to, trtHeader }: TableOptions,
  { terminal }: CommandContext
): Promise<number> {
  const format = to ?? formatOfName(output)
  if (format === undefined) {
    throw new ConfigurationError(
      [{ message: `${output} does not say which format is wanted` }],
      `name one with --to: ${TABLE_FORMATS.join(', ')}`
    )
  }
  const table = await readRangeFile(input, { workspace: dirname(resolve(input)) }, from)
  const header = trtHeader ?? table.header
  await writeFileAtomic(output, writeRanges({ ...table, ...(header !== undefined && { header }) }, output, format))

  const { out, err } = terminal
  out.stream.write(printable(`${table.ranges.size} ranges: ${input} (${table.format}) -> ${output} (${format})`) + '\n')
  for (const warning of lossesOf(table.ranges, format)) err.stream.write(`warning: ${printable(warning)}\n`)
  return ExitCode.pass
}

/** What the file cannot say that the table did. */
function lossesOf(ranges: ReadonlyMap<string, { min: number; max: number }>, format: TableFormat): string[] {
  const names = [...ranges.keys()]
  const warnings: string[] = []
  if (isSymmetricFormat(format)) {
    const asymmetric = [...ranges].filter(([, { min, max }]) => min !== -max).length
    if (asymmetric > 0) {
      warnings.push(
        `${format} holds symmetric ranges: ${asymmetric} of ${ranges.size} were widened to max(|min|, |max|)`
      )
    }
  }
  if (format === 'tensorrt') {
    const colons = names.filter((name) => name.includes(':')).length
    if (colons > 0) {
      warnings.push(
        `${colons} names hold a colon: TensorRT reads them, ONNX Runtime's reader of this format ends a name at the first one`
      )
    }
  }
  return warnings
}
