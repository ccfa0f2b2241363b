import { FileError } from '../errors.js'
import { regionBytes } from './region.js'
import { bitsOf } from './types.js'
import {
  TensorProto_DataLocation as Location,
  TensorProto_DataType as DataType,
  type TensorProto
} from './proto/onnx_pb.js'
import { unreadRegion } from './unread.js'

/** Number of elements. */
export function tensorElements(tensor: TensorProto): number {
  return tensor.dims.reduce((product, size) => product * Number(size), 1)
}

/**
 * Bytes that the elements take by shape and type; sub-byte types are packed. Undefined for strings and unknown types.
 * @throws FileError for a negative dimension or a count past 2^53.
 */
export function expectedBytes(tensor: TensorProto): number | undefined {
  const elements = tensorElements(tensor)
  if (tensor.dims.some((size) => size < 0n) || !Number.isSafeInteger(elements)) {
    throw new FileError(`tensor ${tensor.name} has the impossible shape [${tensor.dims.join(', ')}]`)
  }
  const bits = bitsOf(tensor.dataType)
  return bits === undefined ? undefined : Math.ceil((elements * bits) / 8)
}

export function isExternal(tensor: TensorProto): boolean {
  return tensor.dataLocation === Location.EXTERNAL
}

/** Moves values out of float_data, int32_data and the like into raw_data, once, so that all later reading is alike. */
export function moveToRaw(tensor: TensorProto): void {
  const raw = typedToRaw(tensor)
  if (raw === undefined) return
  tensor.rawData = raw
  tensor.floatData = []
  tensor.int32Data = []
  tensor.int64Data = []
  tensor.doubleData = []
  tensor.uint64Data = []
}

/** The little-endian bytes of a tensor inside the model file: a view where they are raw and read, else a copy. */
export function rawBytes(tensor: TensorProto): Uint8Array {
  const unread = unreadRegion(tensor.rawData)
  return unread === undefined ? (typedToRaw(tensor) ?? tensor.rawData) : regionBytes(unread)
}

function typedToRaw(tensor: TensorProto): Uint8Array | undefined {
  if (tensor.rawData.length > 0 || isExternal(tensor)) return undefined
  if (tensor.floatData.length > 0) return bytesOf(Float32Array.from(tensor.floatData))
  if (tensor.doubleData.length > 0) return bytesOf(Float64Array.from(tensor.doubleData))
  if (tensor.int64Data.length > 0) return bytesOf(BigInt64Array.from(tensor.int64Data))
  if (tensor.uint64Data.length > 0) {
    const type: DataType = tensor.dataType
    return type === DataType.UINT32
      ? bytesOf(Uint32Array.from(tensor.uint64Data, Number))
      : bytesOf(BigUint64Array.from(tensor.uint64Data))
  }
  return tensor.int32Data.length > 0 ? fromInt32(tensor) : undefined
}

function fromInt32({ int32Data, dataType }: TensorProto): Uint8Array | undefined {
  switch (bitsOf(dataType)) {
    case 32:
      return bytesOf(Int32Array.from(int32Data))
    case 16:
      return bytesOf(Uint16Array.from(int32Data))
    // Packed types hold one byte an entry.
    case 8:
    case 4:
    case 2:
      return Uint8Array.from(int32Data)
    // Six-bit types are not packed there; they stay as they are.
    default:
      return undefined
  }
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
