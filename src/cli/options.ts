import { InvalidArgumentError, Option } from 'commander'
import type { Shard } from '../dataset/index.js'
import type { GateOptions } from '../gate.js'
import type { Provider } from '../runtime/index.js'
import { createConsole } from './console.js'
import type { Terminal } from './terminal.js'

export const DEFAULT_CONFIG = 'precision-gate.yml'
export const DEFAULT_OUTPUT = 'precision-gate-report'

/** Options of every command that opens models. */
export interface CommonOptions {
  readonly config: string
  readonly workspace?: string
  readonly runtimePath?: string
  readonly provider?: Provider | 'auto'
  readonly quiet?: boolean
  readonly debug?: boolean
}

export interface CacheOptions {
  /** false with --no-cache. */
  readonly cache: boolean
  readonly cacheDir?: string
}

export const option = {
  config: () => new Option('-c, --config <file>', 'the config').default(DEFAULT_CONFIG),
  output: () => new Option('-o, --output <folder>', 'where the report and the models go').default(DEFAULT_OUTPUT),
  workspace: () =>
    new Option('--workspace <folder>', 'files outside it are refused (default: the git work tree of the config)'),
  runtimePath: () => new Option('--runtime-path <folder>', 'the onnxruntime-node to use'),
  toolCache: () =>
    new Option(
      '--tool-cache <folder>',
      'where setup-runtime keeps ONNX Runtime and the image decoder (or PRECISION_GATE_TOOL_CACHE, RUNNER_TOOL_CACHE)'
    ),
  download: () => new Option('--download', 'fetch ONNX Runtime and the image decoder if they are not installed'),
  provider: () => new Option('--provider <name>', "execution provider, in place of the config's").choices(PROVIDERS),
  noCache: () => new Option('--no-cache', 'calibrate anew, and leave the cache of calibration tables alone'),
  cacheDir: () =>
    new Option('--cache-dir <folder>', 'where calibration tables are kept between runs (or PRECISION_GATE_CACHE)'),
  baseline: () => new Option('--baseline <path>', 'compare with an earlier run: its report folder, or its result.json'),
  limit: () => new Option('--limit <n>', 'evaluate at most n samples, spread evenly').argParser(positiveInteger),
  device: () =>
    new Option('--device <n>', "index of the GPU, or several (0,1), in place of the config's").argParser(parseDevices),
  shard: () =>
    new Option('--shard <i/n>', 'evaluate only part i of n of the test set; `merge` judges all parts').argParser(
      parseShard
    ),
  quiet: () => new Option('-q, --quiet', 'no progress and no log; the report alone'),
  debug: () => new Option('--debug', 'more log, and a stack trace with errors (or PRECISION_GATE_DEBUG=1)')
}

const PROVIDERS: readonly (Provider | 'auto')[] = ['auto', 'cpu', 'webgpu', 'cuda', 'tensorrt']

export function positiveInteger(value: string): number {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < 1) throw new InvalidArgumentError('It must be a whole number of at least 1.')
  return number
}

/** `0` or `0,1`. */
export function parseDevices(value: string): readonly number[] {
  const devices = value.split(',').map((text) => (/^ *\d{1,4} *$/.test(text) ? Number(text) : NaN))
  if (devices.some(Number.isNaN) || new Set(devices).size < devices.length) {
    throw new InvalidArgumentError('It must be the index of a GPU, or several different ones with commas, such as 0,1.')
  }
  return devices
}

/** `2/4`: the second of four parts. */
export function parseShard(value: string): Shard {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(value) ?? []
  const shard = { index: Number(index), count: Number(count) }
  if (index === undefined || shard.index < 1 || shard.index > shard.count) {
    throw new InvalidArgumentError('It must be i/n with i from 1 to n, such as 1/4.')
  }
  return shard
}

/** The part of the gate's options that is the same for every command. */
export function gateOptions(
  options: CommonOptions & Partial<CacheOptions>,
  outputDirectory: string,
  terminal: Terminal
): GateOptions {
  const { provider, runtimePath, cacheDir } = options
  return {
    outputDirectory,
    ...(provider !== undefined && { provider }),
    ...(runtimePath !== undefined && { runtimePath }),
    ...(cacheDir !== undefined && { cacheDirectory: cacheDir }),
    noCache: options.cache === false,
    signal: terminal.signal,
    ...createConsole(terminal.err, {
      quiet: options.quiet,
      debug: options.debug ?? debugRequested(),
      signal: terminal.signal
    })
  }
}

export function debugRequested(): boolean {
  return process.env.PRECISION_GATE_DEBUG === '1'
}
