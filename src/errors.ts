/** Exit codes of the command line (docs/cli.md). */
export const ExitCode = { pass: 0, limitBroken: 1, usage: 2, runtime: 3, inconclusive: 4, interrupted: 130 } as const

/** A place in a text file, counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A failure that has a known cause and a message for the user: printed without a stack trace. */
export class GateError extends Error {
  /** @param hint what the user can do about it, printed on a line of its own. */
  constructor(
    message: string,
    readonly exitCode: 2 | 3,
    readonly hint?: string,
    options?: ErrorOptions
  ) {
    super(message, options)
    this.name = new.target.name
  }
}

export interface ConfigurationIssue {
  /** What is wrong, with the offending value and what is allowed. */
  readonly message: string
  readonly file?: string
  readonly position?: Position
}

/** The config or the command line is wrong (exit code 2). Carries every problem found, not only the first. */
export class ConfigurationError extends GateError {
  constructor(
    readonly issues: readonly ConfigurationIssue[],
    hint?: string,
    options?: ErrorOptions
  ) {
    super(issues.map(formatIssue).join('\n'), 2, hint, options)
  }
}

/** An image, a label, a model or another file is missing, unreadable or not what it should be (exit code 3). */
export class FileError extends GateError {
  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, 3, hint, options)
  }
}

/** ONNX Runtime, a provider or the machine refuses (exit code 3). */
export class RuntimeError extends GateError {
  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, 3, hint, options)
  }
}

function formatIssue({ file, position, message }: ConfigurationIssue): string {
  const place = [file, position?.line, position?.column].filter((part) => part !== undefined).join(':')
  return place === '' ? message : `${place}: ${message}`
}

/** What happened and what to do about it as one sentence, where there is no line of its own for the hint. */
export function explain({ message, hint }: GateError): string {
  if (hint === undefined) return message
  const start = /^[A-Z][a-z]/.test(hint) ? hint.charAt(0).toLowerCase() + hint.slice(1) : hint
  return `${message}; ${start.replace(/\.$/, '')}`
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}
