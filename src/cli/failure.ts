import { CommanderError } from 'commander'
import picocolors from 'picocolors'
import { ExitCode, GateError, messageOf } from '../errors.js'
import { printable } from './printable.js'
import type { Terminal } from './terminal.js'

/**
 * Tells the user what went wrong and says with which exit code to end. Known failures are one clear message without a stack;
 * everything else is a fault of this program and says so.
 */
export function reportFailure(error: unknown, terminal: Terminal, debug: boolean): number {
  const { stream, color } = terminal.err
  const colors = picocolors.createColors(color)
  const print = (text: string): void => void stream.write(`${text}\n`)

  if (terminal.signal.aborted) {
    print(colors.yellow('interrupted'))
    return ExitCode.interrupted
  }
  // commander has printed its message, the help or the version by itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.pass : ExitCode.usage
  if (error instanceof GateError) {
    print(`${colors.red('error:')} ${printable(error.message)}`)
    if (error.hint !== undefined) print(`${colors.dim('hint:')} ${printable(error.hint)}`)
    if (debug) print(colors.dim(printable(stackOf(error))))
    return error.exitCode
  }
  const missing = missingModule(error)
  if (missing !== undefined) {
    print(`${colors.red('error:')} ${printable(missing)}`)
    print(`${colors.dim('hint:')} install precision-gate again, for this system and processor: npm ci`)
    return ExitCode.runtime
  }
  print(`${colors.red('error:')} ${printable(messageOf(error))}`)
  print('this is a bug in precision-gate, please report it')
  print(debug ? colors.dim(printable(stackOf(error))) : colors.dim('(--debug shows where it happened)'))
  return ExitCode.runtime
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by: ${stackOf(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}

/** An installation without one of its native parts, such as sharp for another system. */
function missingModule(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code
  const native = error instanceof Error && /Could not load the "sharp" module/.test(error.message)
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND' || code === 'ERR_DLOPEN_FAILED'
  return missing || native ? `a part of the installation is missing: ${messageOf(error).split('\n')[0]}` : undefined
}
