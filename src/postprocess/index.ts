export { canonicalDecoding } from './canonical.js'
export type { PriorsFile } from './detection/priors.js'
export { resolveClassMap, type ClassMapOption } from './detection/class-map.js'
export { detectionDecoder, type DetectionDecoder } from './detection/decoder.js'
export { networkClasses } from './detection/network-classes.js'
export { DETECTION_LAYOUTS, detectionPreset, outputRoles } from './detection/defaults.js'
export { proposeDecoder, type OutputFact, type Proposal } from './propose.js'
export type { DetectionLayout, DetectionOptions, Detections, OutputRole, Priors } from './detection/types.js'
export { segmentationDecoder, type SegmentationDecoder } from './segmentation/decoder.js'
export type { Segmentation, SegmentationOptions } from './segmentation/types.js'
export {
  completeDetection,
  completeSegmentation,
  unknownOutput,
  type DetectionDecode,
  type SegmentationDecode
} from './complete.js'
