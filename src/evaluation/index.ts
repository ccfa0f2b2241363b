export { evaluate, type Evaluation, type EvaluationResult } from './evaluate.js'
export { imageInput } from './inputs.js'
