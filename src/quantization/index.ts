export { calibrate, subsetSizes, type CalibratedTensor, type CalibrationInput } from './calibrate.js'
export { TableCache, describeDifferences, type CacheLookup } from './cache.js'
export * from './fp16/index.js'
export {
  readRangeFile,
  readRanges,
  writeRanges,
  type RangeTable,
  type SourceFormat,
  type TableFormat
} from './formats/index.js'
export { matchKept } from './keep.js'
export { matchRanges, type RangeMatch } from './match.js'
export { measureOutside, type OutsideShare } from './outside.js'
export { planPlacement, type Placement } from './placement.js'
export { insertQdq } from './qdq/index.js'
export type { QuantizedType, Range } from './scale.js'
export {
  ALGORITHM_VERSION,
  makeTable,
  parseTable,
  serializeTable,
  tableKey,
  type CalibrationTable,
  type KeyParts
} from './table.js'
