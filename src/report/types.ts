import type { Result } from '../result.js'
import type { ReportLinks } from './links.js'

export interface ReportOptions {
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
  readonly links?: ReportLinks
}

/** Turns a result into text; reads nothing else and prints nothing. */
export interface Reporter {
  /** Name of its file in the report folder; absent where it goes to the terminal alone. */
  readonly fileName?: string
  readonly format: (result: Result, options: ReportOptions) => string
}
