import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { GateConfig } from '../config/index.js'
import {
  hashDataset,
  openDataset,
  openReferences,
  sampleStream,
  shardRange,
  type Dataset,
  type ReferenceDump,
  type SampleStream,
  type Shard
} from '../dataset/index.js'
import { ConfigurationError } from '../errors.js'
import { imageInput } from '../evaluation/index.js'
import { hashModel, loadModel, opsetVersion, parameterCount } from '../model/index.js'
import { TableCache } from '../quantization/index.js'
import type { Result, RunFacts } from '../result.js'
import { loadRuntime, selectProvider, type Provider, type SessionOptions, type ValueInfo } from '../runtime/index.js'
import { openTask, type Task } from '../task/index.js'
import { asFileError, withTemporaryFolder } from '../util/files.js'
import type { Logger, ProgressReporter } from '../util/progress.js'
import { inContentOrder, type CalibrationSource, type GateContext } from '../variants/index.js'
import { defaultCacheDirectory } from './cache-directory.js'
import { openCalibrationSet } from './calibration-set.js'
import { refuseUnmeasuredBatches } from './latency.js'

export interface GateOptions {
  readonly outputDirectory: string
  /** Overrides the config's. */
  readonly provider?: Provider | 'auto'
  /** Evaluate at most this many test samples, spread evenly. */
  readonly limit?: number
  /** Evaluate this part of the test set alone; `mergeShards` judges all of them. */
  readonly shard?: Shard
  readonly noCache?: boolean
  readonly cacheDirectory?: string
  readonly runtimePath?: string
  /** result.json of an earlier run, or the folder that holds it. */
  readonly baseline?: string
  /** What the surroundings say about this run. */
  readonly run?: RunFacts
  readonly signal: AbortSignal
  readonly progress: ProgressReporter
  readonly log: Logger
}

/** A shard and the whole that it is cut from. */
export interface Part {
  readonly shard: Shard
  readonly whole: SampleStream
  /** Position of the shard's first sample in the whole. */
  readonly start: number
}

/** Everything that a run needs, opened and checked. */
export interface Gate {
  readonly context: GateContext
  readonly model: Result['model']
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly task: Task
  readonly testSet: SampleStream
  /** Where the test set is a shard: what it is a part of. */
  readonly part?: Part
  /** The user's own network inputs for some of the images. */
  readonly dumps: readonly ReferenceDump[]
  /** Not the whole test set. */
  readonly partial: boolean
  readonly calibration: CalibrationSource | undefined
  readonly cache: TableCache | undefined
}

/**
 * Opens what a run needs, hands it to `use` and removes the temporary files behind it.
 *
 * @throws GateError at the first thing that is missing or wrong, before any image is decoded
 */
export async function withGate<T>(
  config: GateConfig,
  options: GateOptions,
  use: (gate: Gate) => Promise<T>
): Promise<T> {
  await makeDirectory(options.outputDirectory)
  return withTemporaryFolder(async (folder) => use(await openGate(config, options, folder)))
}

async function openGate(config: GateConfig, options: GateOptions, workDirectory: string): Promise<Gate> {
  const { log, signal, progress, outputDirectory } = options
  const { model: file, workspace } = config
  const model = await loadModel(file, { workspace })
  const modelHash = await hashModel(file, { workspace })
  const cacheDirectory = options.cacheDirectory ?? defaultCacheDirectory()
  const runtime = await loadRuntime({
    runtimePath: options.runtimePath,
    ...(options.noCache !== true && { engineCache: path.join(cacheDirectory, 'engines') }),
    log: (message) => (message.startsWith('engine cache') ? log.info(message) : log.debug(message))
  })
  const { device, threads } = config.runtime
  const provider = await selectProvider(runtime, options.provider ?? config.runtime.provider, device)
  const session = { provider, device, threads }
  const others: SessionOptions[] = []
  // The command line's provider takes the place of all of the config's.
  for (const other of options.provider === undefined ? (config.runtime.others ?? []) : []) {
    others.push({ provider: await selectProvider(runtime, other, device), device, threads })
  }
  refuseDevice(device, [session, ...others], options.provider ?? config.runtime.provider)
  const reference = await runtime.createSession(file, session)
  const { inputs, outputs } = reference
  await reference.release()
  const input = imageInput(reference, file)
  refuseUnmeasuredBatches(config, input)

  const dataset = await openDataset(config.dataset, { workspace })
  const all = sampleStream(dataset, config.preprocess, input)
  const opened = { config, modelHash, runtime, session, others, outputDirectory, workDirectory, signal, progress, log }
  const context = { ...opened, input: { ...input, dims: [input.dims[0], ...sampleDims(all)] } }
  const whole = options.limit === undefined ? all : all.atMost(options.limit)
  if (options.shard !== undefined) refuseShards(config)
  const part = options.shard === undefined ? undefined : cut(whole, options.shard, input, config)
  const testSet = part?.testSet ?? whole
  const task = openTask(config, testSet, outputs, part === undefined)
  const calibration = await openCalibration(context, input)
  return {
    context,
    model: {
      path: path.relative(workspace, file).replaceAll(path.sep, '/'),
      sha256: modelHash,
      opset: opsetVersion(model),
      parameters: parameterCount(model)
    },
    inputs,
    outputs,
    task,
    testSet,
    ...(part !== undefined && { part }),
    partial: whole.dataset.samples.length < dataset.samples.length,
    calibration,
    dumps: openDumps(config, dataset, calibration),
    cache: options.noCache === true ? undefined : new TableCache(cacheDirectory)
  }
}

/** @throws ConfigurationError where a device is asked for, and nothing runs on one. */
function refuseDevice(device: number, sessions: readonly SessionOptions[], asked: Provider | 'auto'): void {
  if (device === 0 || sessions.some(({ provider }) => provider !== 'cpu')) return
  throw new ConfigurationError(
    [{ message: `device ${device} is asked for, and the run is on the cpu provider, which has no devices` }],
    asked === 'auto'
      ? `\`precision-gate doctor --device ${device}\` says why no provider with devices works; without a device the CPU is taken`
      : 'leave the device out, or name a provider with devices: cuda or tensorrt'
  )
}

/**
 * What runs on several providers or is timed is not put together from shards.
 * @throws ConfigurationError for such a config.
 */
export function refuseShards({ latency, runtime, file }: GateConfig): void {
  const others = runtime.others ?? []
  const what = [
    ...(others.length === 0 ? [] : ['several providers']),
    ...(latency === undefined ? [] : ['`latency`, which is measured in turns on one machine,'])
  ].at(0)
  if (what === undefined) return
  throw new ConfigurationError(
    [{ message: `a run with ${what} cannot be divided into shards`, file }],
    'run it as a whole, on one device'
  )
}

function cut(
  whole: SampleStream,
  shard: Shard,
  { dims: [fixed] }: ValueInfo,
  { runtime }: GateConfig
): Part & { readonly testSet: SampleStream } {
  const batch = typeof fixed === 'number' ? fixed : runtime.batch
  const { start, end } = shardRange(whole.dataset.samples.length, batch, shard)
  const testSet = whole.select(Array.from({ length: end - start }, (_, index) => start + index))
  return { shard, whole, start, testSet }
}

async function openCalibration(
  { config, signal }: GateContext,
  input: ValueInfo
): Promise<CalibrationSource | undefined> {
  const dataset = await openCalibrationSet(config)
  if (dataset === undefined) return undefined
  const images = sampleStream(dataset, config.preprocess, input)
  return inContentOrder({ images, hashes: await hashDataset(dataset, { signal }) })
}

/** Of one sample, as the model gets it. */
function sampleDims({ dataset, input }: SampleStream): readonly number[] {
  if (dataset.content.kind === 'tensor') return dataset.content.dims
  if (input === undefined) return []
  const { width, height, channels, layout } = input
  return layout === 'nchw' ? [channels, height, width] : [height, width, channels]
}

/** Dumps are found among all images, also where only some of them are evaluated. */
function openDumps(
  { reference, workspace }: GateConfig,
  test: Dataset,
  calibration: CalibrationSource | undefined
): ReferenceDump[] {
  if (reference === undefined) return []
  const sources = [{ what: 'the test set', dataset: test }]
  if (calibration !== undefined) sources.push({ what: 'the calibration set', dataset: calibration.images.dataset })
  return openReferences(reference, sources, workspace)
}

/** Fails now rather than after the evaluation. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true })
    await access(directory, constants.W_OK)
  } catch (error) {
    throw asFileError(error, path.join(directory, 'result.json'))
  }
}
