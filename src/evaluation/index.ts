export { evaluate, type Evaluation, type EvaluationResult } from './evaluate.js'
export { openSession } from './open.js'
export { firstRows } from '../tensor.js'
export { feedFor, imageInput, planBatches, type BatchPlan } from './inputs.js'
