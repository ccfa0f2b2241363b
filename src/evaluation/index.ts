export { evaluate, type Evaluation, type EvaluationResult } from './evaluate.js'
export { feedFor, firstRows, imageInput, planBatches, type BatchPlan } from './inputs.js'
