export { compareLayers, type CompareInput, type Deviations } from './compare.js'
export { describeComparison, describeLayers } from './describe.js'
export { suspect, type Suspicion } from './rank.js'
export type { DeviationRule } from './types.js'
