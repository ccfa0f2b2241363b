export { countOutcomes, decodeOutcomes, encodeOutcomes, Outcome } from './outcomes.js'
export { summarizeTopK, TopKAccumulator, type TopKResult } from './topk.js'
export type { MetricAccumulator, Metrics } from './types.js'
