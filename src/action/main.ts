import { ExitCode, explain, GateError, messageOf } from '../errors.js'
import {
  formatCommand,
  maskSecret,
  readContext,
  writeOutputs,
  type GitHubContext,
  type Write
} from '../github/index.js'
import { destinationOf } from './destination.js'
import { readInputs, type Inputs } from './inputs.js'
import { createLog, watchErrors, type ActionLog } from './log.js'
import { measure, type Measured } from './measure.js'
import { outputsOf } from './outputs.js'
import { findPlaces, type Places } from './places.js'
import type { Published, PublishOptions } from './publish.js'
import { statusOf } from './status.js'

export interface ActionOptions {
  /** The step's: inputs, tokens, files of commands. */
  readonly env: NodeJS.ProcessEnv
  /** The step's log. */
  readonly write: Write
  /** The folder that cli.js lies in. */
  readonly program: string
  /** Aborted with the signal's name when the run is cancelled. */
  readonly signal: AbortSignal
  readonly publish: (options: PublishOptions) => Promise<Published>
}

/**
 * The action: inputs -> places -> measure -> publish -> outputs -> exit code. The gate's verdict alone decides; what GitHub
 * refuses or does not answer is a line in the log.
 * @returns 0, or what the command line would end with: 1 a limit is broken, 2 config or usage, 3 no verdict, 4 inconclusive
 */
export async function runAction(options: ActionOptions): Promise<number> {
  const { write, shown } = watchErrors(options.write)
  const fail = (message: string, exitCode: number): number => {
    if (!shown()) write(formatCommand('error', message, { title: 'precision-gate' }))
    return exitCode
  }
  try {
    const { exitCode, message } = await run({ ...options, write })
    return message === undefined ? exitCode : fail(message, exitCode)
  } catch (error) {
    if (error instanceof GateError) return fail(explain(error), error.exitCode)
    return fail(`${messageOf(error)}. This is a bug in precision-gate, please report it`, ExitCode.runtime)
  }
}

async function run({ env, write, program, signal, publish }: ActionOptions) {
  const inputs = readInputs(env)
  const { token } = inputs.publish
  if (token !== '') maskSecret(token, write)
  const log = createLog(write)
  const context = await readContext(env)
  for (const warning of [...inputs.warnings, ...context.warnings]) log.warning(warning)

  const { places, measured } = await attempt({ inputs, context, env, write, program, signal, log })
  if (signal.aborted) return { exitCode: ExitCode.interrupted, message: 'the run was cancelled' }

  const { outcome, cacheKey } = measured
  const { finding, result } = outcome
  log.info(
    finding.kind === 'none' ? finding.reason : `${finding.result.conclusion}: ${finding.result.reasons.join('; ')}`
  )
  const published = await publish({
    finding,
    settings: inputs.publish,
    context,
    destination: destinationOf(context),
    env,
    log,
    write
  })
  const status = statusOf(outcome, inputs.failOn)
  const outputs = outputsOf({
    result,
    judged: finding.kind === 'result',
    passed: status.exitCode === ExitCode.pass && inputs.shard === undefined,
    outputDirectory: places?.outputDirectory,
    cacheKey,
    published
  })
  const written = await writeOutputs(env, outputs)
  if (written.kind === 'skipped') log.warning(`there are no outputs: ${written.reason}`)
  return status
}

interface Attempt {
  readonly inputs: Inputs
  readonly context: GitHubContext
  readonly env: NodeJS.ProcessEnv
  readonly write: Write
  readonly program: string
  readonly signal: AbortSignal
  readonly log: ActionLog
}

/** What is wrong with the workspace or the machine is a finding too: the pull request is told. */
async function attempt(options: Attempt): Promise<{ readonly places?: Places; readonly measured: Measured }> {
  let places: Places | undefined
  try {
    places = await findPlaces(options.inputs, options.env)
    return { places, measured: await measure({ ...options, places }) }
  } catch (error) {
    if (!(error instanceof GateError)) throw error
    const finding = { kind: 'none', reason: explain(error), log: [] } as const
    const measured = { outcome: { finding, exitCode: error.exitCode } }
    return places === undefined ? { measured } : { places, measured }
  }
}
