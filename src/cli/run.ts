import { join, resolve } from 'node:path'
import { DEFAULT_LATENCY, loadConfig, type GateConfig } from '../config/index.js'
import type { Shard } from '../dataset/index.js'
import { ExitCode } from '../errors.js'
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
import type { Output } from './terminal.js'
import { PLAIN, writeReport } from './write-report.js'

export interface RunOptions extends CommonOptions, CacheOptions, PrecisionOptions {
  readonly output: string
  readonly limit?: number
  readonly latency?: boolean
  readonly shard?: Shard
  readonly baseline?: string
  readonly reporter?: readonly ReportRequest[]
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
export async function run(options: RunOptions, { terminal, loadGate }: CommandContext): Promise<number> {
  const loaded = withLatency(await loadConfig(options.config, options), options)
  const { config, notes } = selectPrecisions(loaded, options.precision)
  const { runGate } = await loadGate()
  const gate = gateOptions(options, resolve(options.output), terminal)
  for (const note of notes) gate.log.info(note)
  const result = await runGate(config, {
    ...gate,
    ...(options.limit !== undefined && { limit: options.limit }),
    ...(options.shard !== undefined && { shard: options.shard }),
    ...(options.baseline !== undefined && { baseline: options.baseline }),
    run: runFactsOf(process.env)
  })

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
