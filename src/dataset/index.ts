export type {
  Batch,
  Dataset,
  DatasetSource,
  Interpolation,
  Mask,
  Objects,
  Pixels,
  PreprocessStep,
  ResizeLike,
  ResizeSize,
  Sample
} from './types.js'
export { IGNORED } from './types.js'
export { batches, type BatchOptions } from './batches.js'
export { decodeImage, MAX_PIXELS } from './decode/decode.js'
export { datasetHash, hashDataset, objectsHash, type HashedSample } from './hash.js'
export { checkLabels, openDataset } from './open.js'
export { canonicalPreprocess, hashPreprocess } from './preprocess/canonical.js'
export { compilePreprocess, type Preprocessor, type PreprocessTarget } from './preprocess/compile.js'
export { readNumbers, type NpyNumbers } from './numbers.js'
export { openReferences, type ReferenceDump, type SampleSource } from './reference.js'
export type { Size } from './preprocess/geometry.js'
export { imageMapping, type ImageMapping } from './preprocess/mapping.js'
export { evenIndices, selectEvenly } from './select.js'
export { shardRange, type Shard } from './shard.js'
export { sampleStream, type ImageInput, type SampleStream } from './stream.js'
