export { constantArithmetic } from './constant-arithmetic.js'
export { encodeModel, wrapEngine } from './ep-context.js'
export { float16ToFloat32, float32ToFloat16 } from './float16.js'
export { dropInitializerInputs, GraphIndex, renameInput, usedTensors } from './graph.js'
export { hashModel } from './hash.js'
export { loadModel, readModelButWeights, type LoadOptions } from './load.js'
export { inMemory, withoutWeights, type ModelInMemory } from './memory.js'
export { mergeModels, type Renamed } from './merge.js'
export { nameNodes, uniqueNamer } from './names.js'
export {
  attributeFloat,
  attributeFloats,
  attributeInt,
  attributeInts,
  attributeString,
  attributeTensor,
  makeNode,
  removeAttribute,
  setAttribute,
  type AttributeValue,
  type NodeOptions
} from './nodes.js'
export type * from './onnx.js'
export { isDefaultDomain, isStandard, opsetVersion, parameterCount, setOpsetVersion } from './opset.js'
export { saveModel, type SaveOptions } from './save.js'
export { shapeArithmetic } from './shape-arithmetic.js'
export { dynamicBatch, type BatchDimension } from './shape.js'
export { modelSize } from './size.js'
export { makeTensor, tensorData } from './tensor.js'
export { sortTopologically } from './topology.js'
export { dataTypeName, dataTypeOf, elementTypeOf } from './types.js'
export { upgradeOpset } from './upgrade/index.js'
export { subgraphsOf } from './visit.js'
