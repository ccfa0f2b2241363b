export { DetectionOutcomes } from './detection.js'
export { imageIdsOf, storedMetrics } from './metrics.js'
export { SegmentationOutcomes } from './segmentation.js'
export type { StoredOutcomes } from './types.js'
