export {
  SegmentationAccumulator,
  type Labels,
  type SegmentationOptions,
  type SegmentationResult,
  type SegmentationShard
} from './accumulator.js'
export type { SegmentationClassResult, SegmentationEvaluation, SegmentationMetric } from './evaluation.js'
