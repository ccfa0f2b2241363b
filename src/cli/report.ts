import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { compareWithBaseline, openBaseline } from '../baseline/index.js'
import { ExitCode } from '../errors.js'
import type { CommandContext } from './context.js'
import type { ReportRequest } from './reporter-option.js'
import { writeReport } from './write-report.js'

export interface ReportOptions {
  readonly output?: string
  readonly reporter?: readonly ReportRequest[]
  readonly baseline?: string
  readonly reportId?: string
  readonly runUrl?: string
  readonly sha?: string
}

/**
 * `precision-gate report RESULT`: the reports of a finished run, without a model or a runtime.
 * @param file a result.json, or the report folder that holds one.
 * @returns the exit code: 0 whatever the verdict, which was that of the run.
 */
export async function report(
  file: string,
  { output, reporter, baseline, ...links }: ReportOptions,
  { terminal: { out } }: CommandContext
): Promise<number> {
  const run = await openBaseline(file)
  const compared = baseline === undefined ? {} : { baseline: await besideBaseline(baseline, run) }
  const folder = output ?? ((await stat(file)).isDirectory() ? file : dirname(file))
  for (const request of reporter ?? [{ name: 'terminal' }]) {
    await writeReport(request, { ...run.result, ...compared }, { folder, out, links })
  }
  return ExitCode.pass
}

async function besideBaseline(baseline: string, run: Awaited<ReturnType<typeof openBaseline>>) {
  return compareWithBaseline(await openBaseline(baseline), run.result, run.samples).comparison
}
