import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError, ExitCode, explain, GateError, messageOf } from '../../errors.js'
import {
  formatCommand,
  maskSecret,
  readContext,
  readPullRequest,
  resolvePullRequest,
  runUrl,
  writeOutputs,
  type ClientOptions,
  type GitHubClient,
  type GitHubContext,
  type Logger,
  type WorkflowRun,
  type Write
} from '../../github/index.js'
import { exitCodeOf } from '../../verdict/index.js'
import { clientFor } from '../client.js'
import { createLog } from '../log.js'
import { OUTPUT } from '../names.js'
import { publish, type Finding } from '../publish.js'
import { contentOf } from '../publish/content.js'
import type { Destination, FailOn } from '../settings.js'
import { statusOf } from '../status.js'
import { readReportInputs, type ReportInputs } from './inputs.js'
import { readMeasured } from './measured.js'
import { REPORT_FILE } from '../../result.js'

export interface ReportOptions {
  readonly env: NodeJS.ProcessEnv
  readonly write: Write
  /** Time limits and pauses of the calls to GitHub, where they are not those of `limits.ts`. */
  readonly clientOptions?: Partial<ClientOptions>
}

/**
 * report/action.yml: posts the result of another run, in a workflow that may write where the measuring one may not.
 *
 * @returns the exit status of the step. 1: the inputs are wrong, the artifact is refused, or `fail-on` says so.
 */
export async function report(options: ReportOptions): Promise<number> {
  try {
    return await reportResult(options)
  } catch (error) {
    options.write(formatCommand('error', error instanceof GateError ? explain(error) : `a bug: ${messageOf(error)}`))
    return 1
  }
}

async function reportResult({ env, write, clientOptions }: ReportOptions): Promise<number> {
  const inputs = readReportInputs(env)
  const { token } = inputs.settings
  if (token !== '') maskSecret(token, write)
  const log = createLog(write)
  const context = await readContext(env)
  for (const warning of [...inputs.warnings, ...context.warnings]) log.warning(warning)
  const { workflowRun: run, repository } = context
  if (run === undefined) {
    throw new ConfigurationError(
      [{ message: `this action reports another run, and ${context.eventName || 'this event'} names none` }],
      'use it in a workflow that starts on workflow_run (docs/forks.md)'
    )
  }

  const client = clientFor({ token, context, log, clientOptions })
  const measured = await readMeasured(client, { repository, run, name: inputs.artifact })
  switch (measured.kind) {
    case 'missing':
      log.info(`nothing to report: ${measured.reason}`)
      return 0
    case 'failed':
      log.warning(`nothing is reported: ${measured.reason}`)
      return 0
    case 'refused':
      write(formatCommand('error', `the artifact is refused: ${measured.reason}`))
      return 1
    case 'result':
    case 'none':
      break
  }

  const pullRequest = await findPullRequest(client, context, run, inputs, log)
  const destination: Destination = {
    repository,
    headSha: run.headSha,
    ...(pullRequest !== undefined && { pullRequest })
  }
  const { checkName, ...others } = inputs.settings
  const settings = pullRequest === undefined ? others : inputs.settings
  if (pullRequest === undefined && checkName !== undefined) log.info('no check run: there is no pull request')
  const publication = { finding: measured, settings, destination, env, log, write, context: asMeasured(context, run) }
  const published = await publish({ ...publication, ...(clientOptions !== undefined && { clientOptions }) })
  await writeOutputs(env, {
    [OUTPUT.conclusion]: measured.kind === 'result' ? measured.result.conclusion : 'error',
    [OUTPUT.passed]: passes(measured),
    [OUTPUT.commentId]: published.commentId,
    [OUTPUT.checkUrl]: published.checkUrl,
    [OUTPUT.summaryFile]: await saveSummary(env, contentOf(publication).summary, log)
  })
  return failsStep(measured, inputs.failOn) ? 1 : 0
}

/** Links and markers name the run that measured, not this one. */
function asMeasured(context: GitHubContext, { id, attempt, headSha }: WorkflowRun): GitHubContext {
  const url = runUrl(context.serverUrl, context.repository, { id, attempt })
  return { ...context, runId: id, runAttempt: attempt, runUrl: url, headSha }
}

async function findPullRequest(
  client: GitHubClient,
  { repository }: GitHubContext,
  run: WorkflowRun,
  { pullRequest: number }: ReportInputs,
  log: Logger
): Promise<number | undefined> {
  const resolved =
    number === undefined
      ? await resolvePullRequest(client, { repository, run })
      : await readPullRequest(client, { repository, number, headSha: run.headSha })
  switch (resolved.kind) {
    case 'found':
      for (const other of resolved.others) log.info(`pull request ${other} has the same head and gets no comment`)
      return resolved.pullRequest.number
    case 'none':
      log.info(`no pull request: ${resolved.reason}`)
      return undefined
    case 'failed':
      log.warning(`no pull request: ${resolved.reason}`)
      return undefined
  }
}

async function saveSummary(env: NodeJS.ProcessEnv, summary: string, log: Logger): Promise<string | undefined> {
  try {
    const folder = await mkdtemp(join(env.RUNNER_TEMP || tmpdir(), 'precision-gate-report-'))
    const file = join(folder, REPORT_FILE.markdown)
    await writeFile(file, summary)
    return file
  } catch (error) {
    log.warning(`no summary-file: ${messageOf(error)}`)
    return undefined
  }
}

function passes(finding: Finding): boolean {
  return exitCodeFor(finding) === ExitCode.pass
}

function exitCodeFor(finding: Finding): number {
  return finding.kind === 'none'
    ? ExitCode.runtime
    : exitCodeOf(finding.result, finding.result.onInconclusive ?? 'warn')
}

/** As in the gate, but that `never` is a wish for every case: the measuring step has failed already. */
function failsStep(finding: Finding, failOn: FailOn): boolean {
  if (failOn === 'never') return false
  return statusOf({ finding, exitCode: exitCodeFor(finding) }, failOn).exitCode !== ExitCode.pass
}
