export {
  addAgreement,
  compareBoxes,
  NO_AGREEMENT,
  summarizeAgreement,
  type AgreementOptions,
  type BoxAgreement,
  type BoxAgreementSummary
} from './agreement.js'
export { CocoAccumulator, type CocoResult, type CocoShard } from './coco-accumulator.js'
export type { ImageWeights } from './coco-curves.js'
export type { EncodedCocoColumns } from './coco-columns.js'
export { COCO_METRICS, type CocoCategoryResult, type CocoEvaluation, type CocoMetric } from './coco-metrics.js'
export { countObjectFlips, FOUND, Found, foundObjects, type FoundOptions, type ObjectFlips } from './flips.js'
export { boxIou, pixelBoxIou } from './iou.js'
export type { BoxTruth, Detections, Floats } from './types.js'
export { VocAccumulator, type VocResult, type VocShard } from './voc.js'
export type { EncodedVocColumns } from './voc-columns.js'
export type { VocCategoryResult, VocEvaluation, VocRow, VocYear } from './voc-evaluation.js'
