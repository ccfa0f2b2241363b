export {
  evaluate,
  type Evaluation,
  type EvaluationResult,
  type ProviderDifference,
  type ProviderEvaluation
} from './evaluate.js'
export { asFloats, OutputDifference } from './output-difference.js'
export { measureLatency, spreadOf, type Latency } from './latency.js'
export { openSession } from './open.js'
export { firstRows } from '../tensor.js'
export { feedFor, imageInput, planBatches, type BatchPlan } from './inputs.js'
