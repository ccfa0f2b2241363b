import { join, resolve } from 'node:path'
import { buildDevices, DEFAULT_LATENCY, loadConfig, type GateConfig } from '../config/index.js'
import type { Shard } from '../dataset/index.js'
import { ConfigurationError, ExitCode } from '../errors.js'
import { REPORT_FILE, type Result } from '../result.js'
import { reporters } from '../report/index.js'
import { exitCodeOf } from '../verdict/index.js'
import { writeFileAtomic } from '../util/files.js'
import { gateOptions, type CacheOptions, type CommonOptions } from './options.js'
import type { ReportRequest } from './reporter-option.js'
import type { CommandContext } from './context.js'
import { selectPrecisions } from '../gate/precisions.js'
import type { PrecisionOptions } from './precision.js'
import { runFactsOf } from './run-facts.js'
import { runSplit } from './split/index.js'
import type { Output } from './terminal.js'
import { PLAIN, writeReport } from './write-report.js'

export interface RunOptions extends CommonOptions, CacheOptions, PrecisionOptions {
  readonly output: string
  readonly limit?: number
  readonly latency?: boolean
  readonly shard?: Shard
  readonly device?: readonly number[]
  readonly toolCache?: string
  readonly baseline?: string
  readonly reporter?: readonly ReportRequest[]
}

/** The config with the devices of the command line. A shard runs on one of them. */
function onDevices(config: GateConfig, { device, shard }: RunOptions): GateConfig {
  const { devices: configured, ...runtime } = config.runtime
  const devices = device ?? configured ?? [runtime.device]
  if (shard !== undefined && devices.length > 1) {
    throw new ConfigurationError(
      [{ message: `--shard evaluates a part on one device, and there are ${devices.length} (${devices.join(', ')})` }],
      'name one of them with --device'
    )
  }
  return { ...config, runtime: { ...runtime, ...buildDevices(devices) } }
}

/** result.json, and what was asked for. */
export async function writeReports(
  result: Result,
  { output, reporter = [{ name: 'terminal' }] }: Pick<RunOptions, 'output' | 'reporter'>,
  out: Output
): Promise<void> {
  await writeFileAtomic(join(output, REPORT_FILE.result), reporters.json.format(result, PLAIN))
  for (const request of reporter) await writeReport(request, result, { folder: output, out })
}

/**
 * `precision-gate run`: judges every variant and writes the reports.
 * @returns the exit code; 0 for a shard, which is not judged.
 */
export async function run(
  options: RunOptions,
  { terminal, loadGate, loadRuntimeModule }: CommandContext
): Promise<number> {
  if (options.shard !== undefined && options.baseline !== undefined) {
    throw new ConfigurationError(
      [{ message: '--baseline cannot go with --shard: a shard is not judged' }],
      'give --baseline to precision-gate merge'
    )
  }
  const timed = withLatency(await loadConfig(options.config, options), options)
  const loaded = selectPrecisions(timed, options.precision)
  const config = onDevices(loaded.config, options)
  const { runGate } = await loadGate()
  const gate = {
    ...gateOptions(options, resolve(options.output), terminal),
    ...(options.limit !== undefined && { limit: options.limit }),
    ...(options.shard !== undefined && { shard: options.shard }),
    ...(options.baseline !== undefined && { baseline: options.baseline }),
    run: runFactsOf(process.env)
  }
  for (const note of loaded.notes) gate.log.info(note)
  const result =
    config.runtime.devices === undefined
      ? await runGate(config, gate)
      : await runSplit(config, gate, options, { terminal, loadGate, loadRuntimeModule })

  await writeReports(result, options, terminal.out)
  if (result.shard !== undefined) {
    gate.log.info(result.reasons[0])
    return ExitCode.pass
  }
  if (result.conclusion === 'inconclusive' && config.onInconclusive === 'warn') {
    gate.log.warn(
      'inconclusive, and on_inconclusive is warn: passed. docs/thresholds.md says how many images settle it'
    )
  }
  return exitCodeOf(result, config.onInconclusive)
}

/** `--latency` measures as `latency: true` would; what the config says of batch sizes and rounds holds. */
function withLatency(config: GateConfig, { latency }: RunOptions): GateConfig {
  return latency === true && config.latency === undefined ? { ...config, latency: DEFAULT_LATENCY } : config
}
