export { loadConfig, type LoadOptions } from './load.js'
export { buildDevices } from './build.js'
export { canonicalConfig } from './canonical.js'
export { isInside, repositoryPath } from './workspace.js'
export { DEFAULT_CALIBRATION_METHOD, DEFAULT_LATENCY, DEFAULT_PERCENTILE } from './defaults.js'
export { metricsOf, TASK_METRICS, type MetricName, type MetricOf, type TaskName } from './metrics.js'
export type {
  CalibrationConfig,
  CalibrationMethod,
  ClassificationConfig,
  Expectation,
  GateConfig,
  KeepRule,
  LayerLimit,
  LayerLimitKind,
  LayersConfig,
  QuantizationTarget,
  Severity,
  TaskConfig,
  Threshold,
  VariantConfig,
  ExecutedRequirement,
  LatencyConfig,
  SpeedLimit
} from './types.js'
