import { join, resolve } from 'node:path'
import { DEFAULT_LATENCY, loadConfig, type GateConfig } from '../config/index.js'
import { REPORT_FILE } from '../result.js'
import { reporters } from '../report/index.js'
import { exitCodeOf } from '../verdict/index.js'
import { writeFileAtomic } from '../util/files.js'
import { gateOptions, type CacheOptions, type CommonOptions } from './options.js'
import type { ReportRequest } from './reporter-option.js'
import type { CommandContext } from './context.js'
import { selectPrecisions } from '../gate/precisions.js'
import type { PrecisionOptions } from './precision.js'
import { runFactsOf } from './run-facts.js'
import { PLAIN, writeReport } from './write-report.js'

export interface RunOptions extends CommonOptions, CacheOptions, PrecisionOptions {
  readonly output: string
  readonly limit?: number
  readonly latency?: boolean
  readonly baseline?: string
  readonly reporter?: readonly ReportRequest[]
}

/**
 * `precision-gate run`: judges every variant and writes the reports.
 * @returns the exit code.
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
    ...(options.baseline !== undefined && { baseline: options.baseline }),
    run: runFactsOf(process.env)
  })

  await writeFileAtomic(join(options.output, REPORT_FILE.result), reporters.json.format(result, PLAIN))
  for (const request of options.reporter ?? [{ name: 'terminal' }]) {
    await writeReport(request, result, { folder: options.output, out: terminal.out })
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
