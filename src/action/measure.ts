import { join, resolve } from 'node:path'
import { defaultCacheDirectory } from '../gate/cache-directory.js'
import type { GitHubContext, Write } from '../github/index.js'
import { withTemporaryFolder } from '../util/files.js'
import { findBaseline, saveAsBaseline } from './baseline.js'
import { rememberCalibration, restoreCalibration, saveCalibration } from './calibration.js'
import { childEnvironment } from './child/environment.js'
import { judgeChild, type Outcome } from './child/outcome.js'
import { runChild } from './child/process.js'
import type { Inputs } from './inputs.js'
import type { ActionLog } from './log.js'
import type { Places } from './places.js'
import { runtimePath, setUpNativeParts } from './set-up.js'
import { findShards } from './shards.js'
import type { Step } from './step.js'

export interface MeasureOptions {
  readonly inputs: Inputs
  readonly context: GitHubContext
  readonly places: Places
  readonly env: NodeJS.ProcessEnv
  /** The folder that cli.js lies in. */
  readonly program: string
  readonly signal: AbortSignal
  readonly log: ActionLog
  readonly write: Write
}

export interface Measured {
  readonly outcome: Outcome
  /** In the Actions cache; undefined where nothing is calibrated or the cache is off. */
  readonly cacheKey?: string
}

/**
 * Set-up -> caches -> the gate in a process of its own -> its result -> caches.
 * @throws GateError where the gate could not be started at all
 */
export async function measure(options: MeasureOptions): Promise<Measured> {
  const { inputs, log, write, env, signal, places } = options
  const debug = env.RUNNER_DEBUG === '1'
  if (inputs.merge === undefined) {
    await log.grouped('Set up ONNX Runtime', () => setUpNativeParts({ inputs, places, write, log, debug, signal }))
  }
  return withTemporaryFolder(async (folder) => {
    const step = stepOf(options, debug, folder)
    const shards = inputs.merge === undefined ? undefined : await findShards(inputs.merge, places)
    const { tables, baseline } = await log.grouped('Calibration tables and baseline', async () => ({
      tables: inputs.cache && shards === undefined ? await restoreCalibration(step) : undefined,
      baseline: inputs.shard === undefined ? await findBaseline(step, join(folder, 'baseline')) : undefined
    }))
    const args =
      shards === undefined
        ? ['run', ...gateOptions(step, baseline)]
        : ['merge', ...mergeOptions(step, baseline, shards)]
    const child = await log.grouped('Gate', () =>
      runChild({
        args: [step.cli, ...args],
        cwd: places.workingDirectory,
        env: step.childEnvironment,
        timeoutMs: inputs.timeoutMinutes === 0 ? undefined : inputs.timeoutMinutes * 60_000,
        signal,
        write
      })
    )
    const outcome = await judgeChild(child, places.outputDirectory)
    const { finding } = outcome
    if (finding.kind === 'result' && !signal.aborted) {
      if (tables !== undefined) await rememberCalibration(step, tables, finding.result)
      if (step.savesCaches) {
        await log.grouped('Save caches', async () => {
          if (tables !== undefined) await saveCalibration(step, tables, finding.result)
          if (inputs.shard === undefined) await saveAsBaseline(step, finding.result)
        })
      }
    }
    return { outcome, ...(tables !== undefined && { cacheKey: tables.key }) }
  }, env.RUNNER_TEMP || undefined)
}

/** Events whose runs belong to a branch: what they leave in the Actions cache, others may find. */
const BRANCH_EVENTS: ReadonlySet<string> = new Set(['push', 'schedule', 'workflow_dispatch'])

function stepOf(
  { inputs, context, places, env, program, signal, log }: MeasureOptions,
  debug: boolean,
  temporary: string
): Step {
  const onBranch = BRANCH_EVENTS.has(context.eventName) && context.ref.startsWith('refs/heads/')
  return {
    inputs,
    context,
    places,
    env,
    signal,
    log,
    cli: join(program, 'cli.js'),
    childEnvironment: childEnvironment(env, {
      // Models of a gate that crashed are removed with the folder; a self-hosted machine keeps what lies elsewhere.
      TMPDIR: temporary,
      TMP: temporary,
      TEMP: temporary,
      // Of a pull request its head, where the runner's own variables name the merge commit.
      PRECISION_GATE_COMMIT: context.headSha,
      PRECISION_GATE_REF: context.pullRequest?.headRef ?? context.ref.replace(/^refs\/(?:heads|tags|pull)\//, ''),
      PRECISION_GATE_RUN_URL: context.runUrl,
      ...(debug && { PRECISION_GATE_DEBUG: '1' })
    }),
    gateArguments: [
      ...['-c', places.config, '--workspace', places.workspace],
      ...(inputs.precisions === undefined ? [] : ['--precision', inputs.precisions.join(',')]),
      ...(inputs.runtimePath === undefined ? [] : ['--runtime-path', runtimePath(inputs.runtimePath, places)])
    ],
    cacheDirectory:
      inputs.cacheDir === undefined ? defaultCacheDirectory(env) : resolve(places.workingDirectory, inputs.cacheDir),
    savesCaches: onBranch && inputs.cache && !inputs.publish.dryRun
  }
}

function gateOptions(step: Step, baseline: string | undefined): string[] {
  const { gateArguments, cacheDirectory, inputs } = step
  return [
    ...gateArguments,
    ...['--cache-dir', cacheDirectory],
    ...(inputs.provider === undefined ? [] : ['--provider', inputs.provider]),
    ...(inputs.shard === undefined ? [] : ['--shard', inputs.shard]),
    ...reportOptions(step, baseline)
  ]
}

function mergeOptions(step: Step, baseline: string | undefined, shards: readonly string[]): string[] {
  return [...shards, ...reportOptions(step, baseline)]
}

function reportOptions({ places }: Step, baseline: string | undefined): string[] {
  return [
    ...['-o', places.outputDirectory],
    ...(baseline === undefined ? [] : ['--baseline', baseline]),
    ...['-r', 'terminal', '-r', 'markdown', '-r', 'junit']
  ]
}
