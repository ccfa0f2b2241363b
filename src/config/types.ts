import type { Position } from '../errors.js'
import type { DatasetSource, PreprocessStep } from '../dataset/types.js'
import type { DetectionDecode, SegmentationDecode } from '../postprocess/index.js'
import type { Provider } from '../runtime/types.js'
import type { MetricName } from './metrics.js'

export type CalibrationMethod =
  | { readonly method: 'minmax' }
  | { readonly method: 'entropy' }
  | { readonly method: 'percentile'; readonly percentile: number }
  | { readonly method: 'mse' }

export type CalibrationConfig = CalibrationMethod & {
  readonly dataset: DatasetSource
  /** At most this many images, taken evenly over the sorted list; undefined = all. */
  readonly samples?: number
}

export type QuantizationTarget = 'cpu' | 'tensorrt'

/** One entry of `keep`: a glob on node names, or an operator type. */
export interface KeepRule {
  readonly pattern: string
  readonly position: Position
}

/** A precision that the layers of a variant have to run in (docs/runtime.md says which layers). */
export interface ExecutedRequirement {
  readonly precision: 'int8' | 'fp16'
  /** Of the key that asks for it. */
  readonly position: Position
}

interface VariantBase {
  readonly requireExecuted?: ExecutedRequirement
  readonly position: Position
}

export type VariantConfig =
  | (VariantBase & { readonly kind: 'fp16'; readonly keep: readonly KeepRule[] })
  | (VariantBase & {
      readonly kind: 'int8'
      /** undefined: what the ranges are for; with `ranges` only. */
      readonly target?: QuantizationTarget
      /** Absolute path of a table of ranges, or of a quantized model, in place of calibration. */
      readonly ranges?: string
      readonly keep: readonly KeepRule[]
      readonly reduceRange: boolean
    })
  /** A finished model, judged as it is. */
  | (VariantBase & {
      readonly kind: 'model'
      readonly model: string
      /** Absolute path of a TensorRT engine that was built of the model, and runs in its place. */
      readonly engine?: string
      /** Asked of every variant: of this one where its file has such layers. */
      readonly requireWhereUsed?: readonly ExecutedRequirement[]
    })

export type Severity = 'error' | 'warning'

/** A limit on a metric's drop or value. Layer limits join in issue 4's schema. */
export interface Threshold {
  readonly metric: MetricName
  /** undefined = every variant. */
  readonly variant?: string
  /** Percentage points: 1.0 = 0.01 of the metric. */
  readonly maxDropPoints?: number
  /** Fraction of the FP32 value. */
  readonly maxDropRelative?: number
  /** Floor for the variant's own value, 0..1. */
  readonly min?: number
  /** Percentage points that the value may lie below the baseline's: the same variant in an earlier run. */
  readonly maxRegressionPoints?: number
  readonly severity: Severity
  /** Of the limit's key in the config file. */
  readonly position: Position
}

export type LayerLimitKind = 'max_deviation_ratio' | 'min_sqnr_db' | 'min_cosine' | 'max_abs_error' | 'no_worse_than'

/** A limit on what layers may deviate from FP32. */
export interface LayerLimit {
  /** Glob on layer names, or an operator type. */
  readonly layer: string
  /** undefined = every variant. */
  readonly variant?: string
  readonly kind: LayerLimitKind
  /** The limit; the tolerance in dB with `no_worse_than`. */
  readonly value: number
  readonly severity: Severity
  /** Of the limit's key in the config file. */
  readonly position: Position
}

/** How long the variants take: rounds in which each runs once. */
export interface LatencyConfig {
  readonly batch: readonly number[]
  readonly warmup: number
  readonly runs: number
}

/** A limit on speed as a multiple of FP32's. */
export interface SpeedLimit {
  readonly value: number
  /** undefined = every variant. */
  readonly variant?: string
  /** undefined = every measured batch size. */
  readonly batch?: number
  readonly severity: Severity
  readonly position: Position
}

/** How layers are compared with FP32. */
export interface LayersConfig {
  readonly samples: number
  readonly isolatedSamples: number
  readonly threshold: number
  readonly floor: number
  readonly memoryBytes: number
}

export interface Expectation {
  readonly metric: MetricName
  /** Published FP32 figure, 0..1. */
  readonly value: number
  readonly tolerance: number
  readonly position: Position
}

/** Dumps of the network's input from the user's own pipeline; a dump is named after its image. */
export interface PreprocessReference {
  /** Folder that the names start from. */
  readonly root: string
  /** Names of the .npy files with `/`, sorted; at least one. */
  readonly files: readonly string[]
}

export interface ClassificationConfig {
  readonly name: 'classification'
  /** Name of the output that holds the scores; undefined: the first one. */
  readonly output?: string
}

/** What the model does and how its outputs are read. */
export type TaskConfig =
  | ClassificationConfig
  | {
      readonly name: 'detection'
      readonly decode: DetectionDecode
      /** Least overlap of a match in voc07 and voc12. */
      readonly vocIou: number
    }
  | { readonly name: 'segmentation'; readonly decode: SegmentationDecode }

export interface AgreementConfig {
  /** Detection: FP32's boxes that score more are the truth. */
  readonly minScore: number
}

export interface GateConfig {
  /** Absolute path of the config file. */
  readonly file: string
  /** Absolute path; every file named in the config lies below it. */
  readonly workspace: string
  readonly model: string
  readonly task: TaskConfig
  /** Answers are compared with FP32's; undefined: with labels. */
  readonly agreement?: AgreementConfig
  readonly dataset: DatasetSource
  readonly preprocess: readonly PreprocessStep[]
  readonly reference?: PreprocessReference
  readonly calibration?: CalibrationConfig
  readonly variants: ReadonlyMap<string, VariantConfig>
  readonly expect: readonly Expectation[]
  readonly thresholds: readonly Threshold[]
  /** undefined: layers are not compared. */
  readonly layers?: LayersConfig
  readonly layerLimits?: readonly LayerLimit[]
  /** undefined: speed is not measured. */
  readonly latency?: LatencyConfig
  readonly speedLimits?: readonly SpeedLimit[]
  readonly runtime: {
    /** The one that is judged in full. */
    readonly provider: Provider | 'auto'
    /** On these everything runs besides. */
    readonly others?: readonly Provider[]
    readonly batch: number
    /** Index of the GPU; of the first one where there are several. */
    readonly device: number
    /** Several GPUs, of which each evaluates a part of the test set. */
    readonly devices?: readonly number[]
    readonly threads: number
    /** Refuse a model that the provider cannot run as a whole. */
    readonly strict?: boolean
  }
  readonly onInconclusive: 'warn' | 'fail'
}
