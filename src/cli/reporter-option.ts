import { InvalidArgumentError } from 'commander'
import { reporters, type ReporterName } from '../report/index.js'
import { didYouMean } from '../util/suggest.js'

export interface ReportRequest {
  readonly name: ReporterName
  /** `-` is the standard output; the reporter's own name in the report folder where it is left out. */
  readonly file?: string
}

const NAMES = Object.keys(reporters)

/** `NAME` or `NAME=FILE`; repeated options add up. */
export function parseReporter(value: string, previous: readonly ReportRequest[] = []): ReportRequest[] {
  const [, name = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(value) ?? []
  if (!isReporterName(name)) {
    throw new InvalidArgumentError(
      `There is no reporter ${JSON.stringify(name)}${didYouMean(name, NAMES)}; there are ${NAMES.join(', ')}.`
    )
  }
  if (file === '') throw new InvalidArgumentError(`Name a file behind ${name}=, or - for the standard output.`)
  return [...previous, { name, ...(file !== undefined && { file }) }]
}

function isReporterName(name: string): name is ReporterName {
  return NAMES.includes(name)
}
