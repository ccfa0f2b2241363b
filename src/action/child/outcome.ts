import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { ExitCode, messageOf } from '../../errors.js'
import { limits } from '../../github/index.js'
import { REPORT_FILE, parseResult, type Conclusion, type Result } from '../../result.js'
import type { Finding } from '../publish.js'
import type { ChildEnd, ChildResult } from './process.js'

/** What the gate found, once its exit code and its result have been held against each other. */
export interface Outcome {
  readonly finding: Finding
  /** A valid result.json, even where the run came to no good end after it; `finding` says what counts. */
  readonly result?: Result
  /** As of the command line: 0 pass, 1 a limit is broken, 2 config or usage, 3 no verdict, 4 inconclusive. */
  readonly exitCode: number
}

/** The conclusions that an exit code may stand for; docs/cli.md. */
const CONCLUSIONS: Readonly<Record<number, readonly Conclusion[]>> = {
  [ExitCode.pass]: ['success', 'inconclusive'],
  [ExitCode.limitBroken]: ['failure'],
  [ExitCode.runtime]: ['error'],
  [ExitCode.inconclusive]: ['inconclusive']
}

/**
 * Reads what the child left and believes neither it nor the exit code alone: a verdict is what both say. Whatever does
 * not fit together is no verdict, and no pass.
 */
export async function judgeChild({ end, log }: ChildResult, outputDirectory: string): Promise<Outcome> {
  const read = await readResult(join(outputDirectory, REPORT_FILE.result))
  const result = 'result' in read ? read.result : undefined
  const none = (reason: string, exitCode: number = ExitCode.runtime): Outcome => ({
    finding: { kind: 'none', reason, log },
    ...(result !== undefined && { result }),
    exitCode
  })
  if (end.kind !== 'exit') return none(describeEnd(end))
  const { code } = end
  if (code === ExitCode.usage) return none(complaintIn(log) ?? 'The config or the usage is wrong.', ExitCode.usage)
  const expected = Object.hasOwn(CONCLUSIONS, code) ? CONCLUSIONS[code] : undefined
  if (expected === undefined) return none(`The gate crashed: it ended with exit code ${exitCodeText(code)}.`)
  if (result === undefined) {
    const why = 'problem' in read ? `its result.json is not valid: ${read.problem}` : 'it left no result.json'
    if (code === ExitCode.runtime && 'missing' in read) return none(complaintIn(log) ?? 'The runtime or a file failed.')
    return none(`The gate ended with exit code ${code}, and ${why}.`)
  }
  if (!expected.includes(result.conclusion)) {
    return none(`The gate contradicts itself: exit code ${code}, and conclusion "${result.conclusion}" in result.json.`)
  }
  return { finding: { kind: 'result', result }, result, exitCode: code }
}

function describeEnd(end: Exclude<ChildEnd, { kind: 'exit' }>): string {
  switch (end.kind) {
    case 'signal':
      return `The native runtime crashed: the gate's process was killed by ${end.signal}${SIGNALS[end.signal] ?? ''}.`
    case 'timeout':
      return 'The gate was ended: it ran longer than timeout-minutes allows.'
    case 'cancelled':
      return 'The gate was cancelled.'
    case 'not-started':
      return `The gate's process did not start: ${end.reason}.`
  }
}

const SIGNALS: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: ' (it aborted)',
  SIGSEGV: ' (invalid memory access)',
  SIGBUS: ' (invalid memory access)',
  SIGILL: ' (an instruction that this processor does not have)',
  SIGFPE: ' (arithmetic error)',
  SIGKILL: ' (often the system, for lack of memory)'
}

/** Windows reports a crash as an NTSTATUS, which people know in hexadecimal. */
function exitCodeText(code: number): string {
  return code > 255 || code < 0 ? `0x${(code >>> 0).toString(16).toUpperCase()}` : String(code)
}

/** The message that the command line ended with: its last `error:` and what follows it. */
function complaintIn(log: readonly string[]): string | undefined {
  const start = log.findLastIndex((line) => line.startsWith('error: '))
  return start === -1 ? undefined : log.slice(start).join('\n').slice('error: '.length)
}

type Read = { readonly result: Result } | { readonly missing: true } | { readonly problem: string }

async function readResult(file: string): Promise<Read> {
  try {
    // The child may have put a link there: what is read has to be its own file.
    const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    try {
      const facts = await handle.stat()
      if (!facts.isFile()) return { problem: 'it is no plain file' }
      if (facts.size > limits.baseline.maxResultBytes) return { problem: `it is larger than a result can be` }
      return { result: parseResult(await handle.readFile('utf8')) }
    } finally {
      await handle.close()
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? { missing: true } : { problem: messageOf(error) }
  }
}
