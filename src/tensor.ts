/** Element types that cross module borders, by ONNX Runtime's names. float16 travels as its bits in a Uint16Array. */
export type ElementType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'int64'
  | 'uint64'
  | 'bool'

export type TensorData =
  | Float32Array
  | Float64Array
  | Uint16Array
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array

export interface Tensor {
  readonly type: ElementType
  readonly dims: readonly number[]
  readonly data: TensorData
}

type TensorDataConstructor = {
  readonly BYTES_PER_ELEMENT: number
  new (length: number): TensorData
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TensorData
}

export const TENSOR_ARRAYS: Readonly<Record<ElementType, TensorDataConstructor>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array
}

export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1)
}

/** The first `rows` rows of an output. */
export function firstRows(output: Tensor, rows: number): Tensor {
  if (output.dims[0] === rows || output.dims.length === 0 || output.dims[0] < rows) return output
  const row = output.data.length / output.dims[0]
  return { type: output.type, dims: [rows, ...output.dims.slice(1)], data: output.data.subarray(0, rows * row) }
}
