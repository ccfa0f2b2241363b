import { exitCodeOf } from '../verdict/index.js'
import { createConsole } from './console.js'
import type { CommandContext } from './context.js'
import { debugRequested } from './options.js'
import type { ReportRequest } from './reporter-option.js'
import { runFactsOf } from './run-facts.js'
import { writeReports } from './run.js'

export interface MergeCommandOptions {
  readonly output: string
  readonly baseline?: string
  readonly reporter?: readonly ReportRequest[]
  readonly quiet?: boolean
  readonly debug?: boolean
}

/**
 * `precision-gate merge DIR…`: judges all shards of a test set, and writes the reports as `run` does.
 * @returns the exit code, as that of `run`.
 */
export async function merge(
  folders: readonly string[],
  options: MergeCommandOptions,
  { terminal, loadGate }: CommandContext
): Promise<number> {
  const { mergeShards } = await loadGate()
  const { output, baseline, quiet } = options
  const { log } = createConsole(terminal.err, {
    quiet,
    debug: options.debug ?? debugRequested(),
    signal: terminal.signal
  })
  const result = await mergeShards(folders, {
    outputDirectory: output,
    ...(baseline !== undefined && { baseline }),
    run: runFactsOf(process.env),
    log
  })
  await writeReports(result, options, terminal.out)
  return exitCodeOf(result, result.onInconclusive ?? 'warn')
}
