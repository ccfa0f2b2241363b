import { create } from '@bufbuild/protobuf'
import { FileError } from '../errors.js'
import { elementCount, TENSOR_ARRAYS, type ElementType, type Tensor, type TensorData } from '../tensor.js'
import { externalRegion } from './external.js'
import type { OnnxModel } from './onnx.js'
import { TensorProtoSchema, type TensorProto } from './proto/onnx_pb.js'
import { isExternal, rawBytes } from './raw.js'
import { regionBytes } from './region.js'
import { dataTypeOf, elementTypeOf } from './types.js'

/**
 * The values of an initializer or of a tensor attribute. A view on the model's bytes where their alignment allows,
 * else a copy: treat it as read-only. External data are read from their file now, and not kept.
 * @throws FileError for unsupported element types, and where the bytes do not fit the shape.
 */
export function tensorData(model: OnnxModel, tensor: TensorProto): Tensor {
  const type = elementTypeOf(tensor.dataType)
  const dims = tensor.dims.map(Number)
  const bytes = isExternal(tensor) ? regionBytes(externalRegion(tensor, model.directory)) : rawBytes(tensor)
  const size = elementCount(dims) * TENSOR_ARRAYS[type].BYTES_PER_ELEMENT
  if (bytes.length !== size) {
    throw new FileError(`${model.file}: tensor ${tensor.name} needs ${size} bytes and holds ${bytes.length}`)
  }
  return { type, dims, data: viewAs(type, bytes) }
}

/** An initializer or attribute value. Shares the memory of `tensor.data`. */
export function makeTensor(name: string, { type, dims, data }: Tensor): TensorProto {
  if (data.length !== elementCount(dims)) {
    throw new RangeError(`tensor ${name}: ${data.length} values for shape [${dims.join(', ')}]`)
  }
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: dataTypeOf(type),
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
  })
}

function viewAs(type: ElementType, bytes: Uint8Array): TensorData {
  const array = TENSOR_ARRAYS[type]
  const width = array.BYTES_PER_ELEMENT
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice()
  return new array(aligned.buffer, aligned.byteOffset, aligned.length / width)
}
