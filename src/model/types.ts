import { FileError } from '../errors.js'
import type { ElementType } from '../tensor.js'
import { TensorProto_DataType as DataType } from './proto/onnx_pb.js'

const ELEMENT_TYPES: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [DataType.FLOAT, 'float32'],
  [DataType.DOUBLE, 'float64'],
  [DataType.FLOAT16, 'float16'],
  [DataType.UINT8, 'uint8'],
  [DataType.INT8, 'int8'],
  [DataType.UINT16, 'uint16'],
  [DataType.INT16, 'int16'],
  [DataType.UINT32, 'uint32'],
  [DataType.INT32, 'int32'],
  [DataType.INT64, 'int64'],
  [DataType.UINT64, 'uint64'],
  [DataType.BOOL, 'bool']
])

const DATA_TYPES: ReadonlyMap<ElementType, DataType> = new Map([...ELEMENT_TYPES].map(([data, type]) => [type, data]))

const BITS: ReadonlyMap<number, number> = new Map<number, number>([
  [DataType.FLOAT, 32],
  [DataType.UINT8, 8],
  [DataType.INT8, 8],
  [DataType.UINT16, 16],
  [DataType.INT16, 16],
  [DataType.INT32, 32],
  [DataType.INT64, 64],
  [DataType.BOOL, 8],
  [DataType.FLOAT16, 16],
  [DataType.DOUBLE, 64],
  [DataType.UINT32, 32],
  [DataType.UINT64, 64],
  [DataType.COMPLEX64, 64],
  [DataType.COMPLEX128, 128],
  [DataType.BFLOAT16, 16],
  [DataType.FLOAT8E4M3FN, 8],
  [DataType.FLOAT8E4M3FNUZ, 8],
  [DataType.FLOAT8E5M2, 8],
  [DataType.FLOAT8E5M2FNUZ, 8],
  [DataType.UINT4, 4],
  [DataType.INT4, 4],
  [DataType.FLOAT4E2M1, 4],
  [DataType.FLOAT8E8M0, 8],
  [DataType.UINT2, 2],
  [DataType.INT2, 2],
  [DataType.FLOAT6E2M3, 6],
  [DataType.FLOAT6E3M2, 6]
])

/**
 * The element type of an ONNX `TensorProto.DataType`.
 * @throws FileError for types that no stage computes with (string, complex, bfloat16, and those below eight bits).
 */
export function elementTypeOf(dataType: number): ElementType {
  const type = ELEMENT_TYPES.get(dataType)
  if (type === undefined) throw new FileError(`tensors of type ${dataTypeName(dataType)} are not supported`)
  return type
}

/** The ONNX `TensorProto.DataType` of an element type. */
export function dataTypeOf(type: ElementType): number {
  const dataType = DATA_TYPES.get(type)
  if (dataType === undefined) throw new FileError(`ONNX has no tensor type ${type}`)
  return dataType
}

/** ONNX's own name in small letters, for messages. */
export function dataTypeName(dataType: number): string {
  return DataType[dataType]?.toLowerCase() ?? `number ${dataType}`
}

/** Bits of one element; undefined for strings and for types newer than this program. */
export function bitsOf(dataType: number): number | undefined {
  return BITS.get(dataType)
}
