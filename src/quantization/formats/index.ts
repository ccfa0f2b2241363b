export { formatOfName, isSymmetricFormat, MAX_TABLE_BYTES, readRanges, writeRanges } from './codecs.js'
export { readRangeFile } from './read.js'
export { SOURCE_FORMATS, TABLE_FORMATS, type RangeTable, type SourceFormat, type TableFormat } from './types.js'
