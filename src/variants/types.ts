import type { GateConfig } from '../config/index.js'
import type { SampleStream } from '../dataset/index.js'
import type { CacheLookup, CalibrationTable, Fp16Plan, Fp16WeightLoss } from '../quantization/index.js'
import type { CalibrationResult } from '../result.js'
import type { Runtime, SessionOptions, ValueInfo } from '../runtime/index.js'
import type { Logger, ProgressReporter } from '../util/progress.js'

/** The float model in the form that quantization starts from. */
export interface PreparedModel {
  readonly file: string
  readonly values: ReadonlyMap<string, ValueInfo>
}

/** What every step of the pipeline works with. */
export interface GateContext {
  readonly config: GateConfig
  /** Hash of the reference model and its external data. */
  readonly modelHash: string
  readonly runtime: Runtime
  readonly session: SessionOptions
  /** For artefacts, and for files that vanish with the run. */
  readonly outputDirectory: string
  readonly workDirectory: string
  readonly signal: AbortSignal
  readonly progress: ProgressReporter
  readonly log: Logger
}

/** A model ready to be judged. */
export interface Variant {
  readonly name: string
  readonly precision: 'fp32' | 'fp16' | 'int8' | 'model'
  /** The file that is judged: the artefact, or the user's own. */
  readonly model: string
  /** The file that runs: another one where the provider cannot execute the precision and it is emulated. */
  readonly runFile: string
  readonly calibration?: CalibrationResult
  readonly warnings: readonly string[]
  readonly fp16?: {
    readonly plan: Fp16Plan
    readonly values: ReadonlyMap<string, ValueInfo>
    readonly losses: readonly Fp16WeightLoss[]
  }
  readonly int8?: {
    readonly prepared: PreparedModel
    readonly table: CalibrationTable
    readonly lookup: CacheLookup
  }
}

/** A variant that could not be made or run; the others are judged all the same. */
export interface FailedVariant {
  readonly name: string
  readonly precision: Variant['precision']
  readonly error: string
}

export interface CalibrationSource {
  readonly images: SampleStream
  /** Content hash of every image, in the data set's order. */
  readonly hashes: readonly string[]
}

/**
 * The images in the order of their content hashes, which knows neither classes nor file names: the first quarter of them
 * is a random sample of the set, and the same one wherever the files lie.
 */
export function inContentOrder({ images, hashes }: CalibrationSource): CalibrationSource {
  const order = [...hashes.keys()].sort((a, b) => (hashes[a] < hashes[b] ? -1 : hashes[a] > hashes[b] ? 1 : a - b))
  return { images: images.select(order), hashes: order.map((index) => hashes[index]) }
}
