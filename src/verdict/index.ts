export {
  BOOTSTRAP,
  compareResampled,
  imagesNeeded,
  pairedBootstrap,
  resample,
  type BootstrapComparison,
  type BootstrapOptions,
  type Resampled,
  type WeightedMetric
} from './bootstrap.js'
export {
  changesOf,
  compareAnswers,
  compareTopK,
  dropsOf,
  type Failed,
  type MetricComparison,
  type VariantComparison
} from './compare.js'
export type { Guess } from './baseline.js'
export { exitCodeOf } from './conclusion.js'
export { judge, NO_BASELINE, type Judgement, type JudgeInput, type RegressionOf } from './judge.js'
export { judgeExecuted, type ExecutedInput } from './executed.js'
export { judgeLayers, matcherOf } from './layers.js'
export { mcnemarPValue } from './mcnemar.js'
export {
  NOTHING_CHANGED,
  pairedRegression,
  resampledRegression,
  unpairedRegression,
  type Regression
} from './regression.js'
export { samplesNeeded, tangoInterval, wilsonInterval, type Interval, type PairCounts } from './score.js'
export { judgeSpeed, type MeasuredSpeed } from './speed.js'
