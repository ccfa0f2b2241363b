import type { Writable } from 'node:stream'

export interface Output {
  readonly stream: Writable
  readonly isTerminal: boolean
  readonly color: boolean
  /** Columns; a fixed number where it is no terminal. */
  readonly width: number
}

/** What a command may touch of the process it runs in. */
export interface Terminal {
  /** The script that this process runs, for processes of the same program. */
  readonly program: string
  /** The report. */
  readonly out: Output
  /** Progress, log and errors. */
  readonly err: Output
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
}

type Environment = Readonly<Record<string, string | undefined>>

const LOG_WIDTH = 120

export function describeOutput(stream: Writable & { isTTY?: boolean; columns?: number }, env: Environment): Output {
  const isTerminal = stream.isTTY === true && env.TERM !== 'dumb'
  return { stream, isTerminal, color: wantsColor(isTerminal, env), width: stream.columns ?? LOG_WIDTH }
}

/** https://no-color.org; FORCE_COLOR wins over it, as in Node.js. */
export function wantsColor(isTerminal: boolean, env: Environment): boolean {
  const force = env.FORCE_COLOR
  if (force !== undefined) return force !== '0' && force !== 'false'
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  return isTerminal
}
