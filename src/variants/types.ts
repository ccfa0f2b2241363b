import type { ExecutedRequirement, GateConfig, QuantizationTarget } from '../config/index.js'
import type { SampleStream } from '../dataset/index.js'
import type {
  CacheLookup,
  CalibrationTable,
  Fp16Plan,
  Fp16WeightLoss,
  Range,
  SourceFormat
} from '../quantization/index.js'
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
  /** Of the other providers that the variants run on. */
  readonly others?: readonly SessionOptions[]
  /** The model's one input; only its batch dimension may be dynamic, the others are those of the test set's samples. */
  readonly input: ValueInfo
  /** For artefacts, and for files that vanish with the run. */
  readonly outputDirectory: string
  readonly workDirectory: string
  readonly signal: AbortSignal
  readonly progress: ProgressReporter
  readonly log: Logger
}

/** Layers that have to run in a precision, or the variant fails. */
export interface RequiredLayers extends ExecutedRequirement {
  readonly layers: readonly { readonly name: string; readonly op: string; readonly output: string }[]
}

/** A model ready to be judged. */
export interface Variant {
  readonly name: string
  readonly precision: 'fp32' | 'fp16' | 'int8' | 'model'
  /** The file that is judged: the artefact, or the user's own. */
  readonly model: string
  /** The file that runs: another one where the provider cannot execute the precision and it is emulated. */
  readonly runFile: string
  /** FP16: the model that stands for it on the cpu provider. */
  readonly emulation?: string
  readonly calibration?: CalibrationResult
  readonly warnings: readonly string[]
  readonly required?: readonly RequiredLayers[]
  readonly fp16?: {
    readonly plan: Fp16Plan
    readonly values: ReadonlyMap<string, ValueInfo>
    readonly losses: readonly Fp16WeightLoss[]
  }
  readonly int8?: Int8Ranges & { readonly prepared: PreparedModel; readonly target: QuantizationTarget }
}

/** The ranges of an INT8 variant's activations and where they come from: one of the two, or both. */
export interface Int8Ranges {
  /** By tensor of the prepared model. */
  readonly ranges: ReadonlyMap<string, Range>
  /** Calibrated in this run or an earlier one. */
  readonly calibrated?: { readonly table: CalibrationTable; readonly lookup: CacheLookup }
  readonly imported?: ImportedRanges
}

/** A table of the user's own. */
export interface ImportedRanges {
  /** Relative to the workspace. */
  readonly file: string
  readonly format: SourceFormat
  readonly table: ReadonlyMap<string, Range>
  /** Every tensor of the network, also by names that preparing it removes. */
  readonly known: ReadonlySet<string>
  /** Tensors of the prepared model that need a range. */
  readonly needed: readonly string[]
  /** The name in the table, by needed tensor; the others were calibrated. */
  readonly sources: ReadonlyMap<string, string>
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
