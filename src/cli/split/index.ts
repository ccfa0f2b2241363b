import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { GateConfig } from '../../config/index.js'
import { ExitCode, RuntimeError } from '../../errors.js'
import type { GateOptions, Quantized } from '../../gate.js'
import type { Result } from '../../result.js'
import type { CommandContext } from '../context.js'
import { debugRequested } from '../options.js'
import { printable } from '../printable.js'
import type { RunOptions } from '../run.js'
import { runAgain, type ChildEnd } from './child.js'

/** For tests of this machinery where there are no GPUs; what it measures is right all the same. */
const ALLOW_CPU = 'PRECISION_GATE_SPLIT_CPU'

interface Part {
  readonly index: number
  readonly device: number
  readonly folder: string
}

/**
 * Evaluates the test set on several devices: a process for each, with a shard of its own, and then their merge. Calibration is
 * done once, before them. Where one fails, the others go on and what they found is kept.
 *
 * @throws RuntimeError with the message of the process that failed.
 */
export async function runSplit(
  config: GateConfig,
  gate: GateOptions,
  options: RunOptions,
  { terminal, loadGate }: CommandContext
): Promise<Result> {
  const { mergeShards, providerOfDevices, quantizeModel } = await loadGate()
  const { devices = [] } = config.runtime
  const provider = await providerOfDevices(config, gate, process.env[ALLOW_CPU] === '1')
  const root = join(gate.outputDirectory, 'shards')
  await rm(root, { recursive: true, force: true })
  const cacheDirectory = gate.noCache === true ? join(root, 'tables') : gate.cacheDirectory
  const once = { ...gate, provider, noCache: false, ...(cacheDirectory !== undefined && { cacheDirectory }) }

  const isCalibrated = [...config.variants.values()].some(({ kind }) => kind === 'int8')
  const quantized = isCalibrated ? await quantizeModel(config, once) : undefined
  const parts = devices.map((device, i): Part => ({ index: i + 1, device, folder: join(root, String(i + 1)) }))
  gate.log.info(`${parts.length} processes on ${provider}, devices ${devices.join(', ')}`)
  const argumentsOf = ({ index, device, folder }: Part): string[] => [
    ...['run', '-c', options.config, '-o', folder, '--shard', `${index}/${parts.length}`],
    // Only tests of this machinery come here with the CPU, which has no other device.
    ...['--device', String(provider === 'cpu' ? 0 : device), '--provider', provider, '-r', 'json'],
    ...argument('--workspace', options.workspace),
    ...argument('--precision', options.precision?.join(',')),
    ...argument('--limit', options.limit),
    ...argument('--cache-dir', cacheDirectory),
    ...argument('--runtime-path', options.runtimePath),
    ...argument('--tool-cache', options.toolCache),
    ...(options.quiet === true ? ['--quiet'] : []),
    ...((options.debug ?? debugRequested()) ? ['--debug'] : [])
  ]
  const ends = await Promise.all(
    parts.map(async (part) => {
      const say = (line: string): void =>
        void terminal.err.stream.write(printable(`device ${part.device}: ${line}`) + '\n')
      const end = await runAgain(terminal.program, argumentsOf(part), { signal: terminal.signal, say })
      if (end.code !== ExitCode.pass && !terminal.signal.aborted) {
        gate.log.warn(`device ${part.device} failed; what the others find is kept`)
      }
      return { part, end }
    })
  )
  terminal.signal.throwIfAborted()
  const failed = ends.filter(({ end }) => end.code !== ExitCode.pass)
  if (failed.length > 0) throw failure(failed[0], failed.length, parts, root)

  const result = await mergeShards(
    parts.map(({ folder }) => folder),
    {
      outputDirectory: gate.outputDirectory,
      ...(options.baseline !== undefined && { baseline: options.baseline }),
      ...(gate.run !== undefined && { run: gate.run }),
      log: gate.log
    }
  )
  await rm(root, { recursive: true, force: true })
  return quantized === undefined ? result : withOrigins(result, quantized)
}

/** The shards took their tables from a cache that this run has filled. */
function withOrigins(result: Result, { variants: quantized, origins }: Quantized): Result {
  const variants = Object.entries(result.variants).map(([name, variant]) => {
    const calibration = quantized.find((one) => one.name === name)?.calibration
    const made = calibration !== undefined && variant.calibration?.key === calibration.key
    return [name, made ? { ...variant, calibration } : variant] as const
  })
  const diagnosis = result.diagnosis.map(
    (found) => origins.find(({ check, variant }) => check === found.check && variant === found.variant) ?? found
  )
  return { ...result, variants: Object.fromEntries(variants), diagnosis }
}

function failure(
  { part, end }: { readonly part: Part; readonly end: ChildEnd },
  count: number,
  parts: readonly Part[],
  root: string
): RuntimeError {
  const start = end.lastLines.findLastIndex((line) => line.startsWith('error: '))
  const said = start === -1 ? undefined : end.lastLines.slice(start).join('; ').slice('error: '.length)
  const how =
    end.signal === null
      ? `ended with exit code ${end.code}`
      : `was killed by ${end.signal}: a crash of native code, or no memory left`
  const others = count > 1 ? ` (and ${count - 1} more)` : ''
  const shard = `${part.index}/${parts.length}`
  return new RuntimeError(
    `device ${part.device}${others} failed: ${said ?? how}`,
    count < parts.length
      ? `the shards that are finished lie in ${resolve(root)}: repeat the one that failed with --shard ${shard} --device ${part.device} -o ${join(root, String(part.index))}, and merge all of them`
      : undefined
  )
}

function argument(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [name, String(value)]
}
