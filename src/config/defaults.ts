import type { CalibrationMethod, QuantizationTarget } from './types.js'

/** The method that measures best over the project's models (docs/benchmarks.md has the table). */
export const DEFAULT_CALIBRATION_METHOD = 'percentile' satisfies CalibrationMethod['method']

/** Share of |x| kept by `method: percentile`, in percent; pytorch-quantization's default. */
export const DEFAULT_PERCENTILE = 99.99

export const DEFAULT_TARGET: QuantizationTarget = 'cpu'

/** Limit on every variant where the config states none, in percentage points of top-1. */
export const DEFAULT_MAX_DROP_POINTS = 1.0

/** By how much the measured FP32 metric may differ from the `expect`ed one (0..1). */
export const DEFAULT_TOLERANCE = 0.002

export const DEFAULT_BATCH = 8

/** Rounds of the latency measurement: enough for quartiles, seconds for a small network. */
export const DEFAULT_LATENCY = { batch: [1, 8], warmup: 5, runs: 30 } as const

/** Test samples whose layers are compared. */
export const DEFAULT_LAYER_SAMPLES = 32

/** Samples that show what each layer adds: every layer runs on FP32 inputs besides. */
export const DEFAULT_ISOLATED_SAMPLES = 2

/** NVIDIA's page: a value deviates where it is off by more than 10 %. */
export const DEFAULT_DEVIATION_THRESHOLD = 0.1

/** Share of the root mean square that stands in for smaller FP32 values (docs/layers.md has what it does). */
export const DEFAULT_DEVIATION_FLOOR = 0.1

export const DEFAULT_LAYER_MEMORY = '1GiB'

export const DEFAULT_TOLERANCE_DB = 3

/** Grey of the bars that YOLO's letterbox adds. */
export const DEFAULT_LETTERBOX_VALUE = 114

/** FP32's boxes that score more are what a variant has to find: those that a user of the detector would be shown. */
export const DEFAULT_AGREEMENT_SCORE = 0.3
