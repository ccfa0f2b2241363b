export { loadConfig, type LoadOptions } from './load.js'
export { DEFAULT_CALIBRATION_METHOD, DEFAULT_PERCENTILE } from './defaults.js'
export type {
  CalibrationConfig,
  CalibrationMethod,
  Expectation,
  GateConfig,
  KeepRule,
  QuantizationTarget,
  Severity,
  Threshold,
  VariantConfig
} from './types.js'
