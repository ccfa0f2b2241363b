import { ExitCode } from '../errors.js'
import type { Outcome } from './child/outcome.js'
import type { FailOn } from './settings.js'

/** How the step ends. */
export interface Status {
  /** 0: the step succeeds. */
  readonly exitCode: number
  /** Why it does not. */
  readonly message?: string
}

/**
 * The end of the step: the gate's verdict, seen through `fail-on`. A gate that could not judge fails in any case; a
 * failure of GitHub does not appear here.
 */
export function statusOf({ exitCode, finding }: Outcome, failOn: FailOn): Status {
  if (finding.kind === 'none') return { exitCode, message: finding.reason }
  const { conclusion, reasons, verdicts, shard } = finding.result
  const [message = conclusion] = reasons
  // A finished part of a test set: the step that merges all of them has the verdict.
  if (shard !== undefined) return { exitCode }
  if (conclusion === 'error') return { exitCode, message }
  if (failOn === 'never') return { exitCode: ExitCode.pass }
  if (exitCode !== ExitCode.pass) return { exitCode, message }
  if (failOn === 'error') return { exitCode: ExitCode.pass }
  if (conclusion === 'inconclusive') return { exitCode: ExitCode.inconclusive, message }
  const warning = verdicts.find(({ status }) => status === 'warn' || status === 'inconclusive')
  return warning === undefined
    ? { exitCode: ExitCode.pass }
    : { exitCode: ExitCode.limitBroken, message: warning.message }
}
