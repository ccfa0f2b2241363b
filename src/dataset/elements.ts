import { TENSOR_ARRAYS, type ElementType, type TensorData } from '../tensor.js'

/** A zeroed array for elements of a type; float16 travels as its bits. */
export function allocate(type: ElementType, length: number): TensorData {
  return new TENSOR_ARRAYS[type](length)
}

/** A reader of little-endian elements as numbers; undefined for types that `.npy` files are not read in. */
export function elementReader(type: ElementType): ((bytes: Buffer, index: number) => number) | undefined {
  switch (type) {
    case 'float32':
      return (bytes, index) => bytes.readFloatLE(index * 4)
    case 'float64':
      return (bytes, index) => bytes.readDoubleLE(index * 8)
    case 'float16':
      return (bytes, index) => float16Value(bytes.readUInt16LE(index * 2))
    case 'uint8':
      return (bytes, index) => bytes.readUInt8(index)
    case 'int8':
      return (bytes, index) => bytes.readInt8(index)
    case 'int16':
      return (bytes, index) => bytes.readInt16LE(index * 2)
    case 'int32':
      return (bytes, index) => bytes.readInt32LE(index * 4)
    case 'int64':
      return (bytes, index) => Number(bytes.readBigInt64LE(index * 8))
    default:
      return undefined
  }
}

/** IEEE 754 binary16 bits of a number, rounded once (half to even); 65520 and more is infinity. */
export function float16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (size >= 65520) return sign | 0x7c00
  // Below 2^-14 numbers are multiples of 2^-24, and the bits count them; rounding up into the normal range fits too.
  if (size < 2 ** -14) return sign | roundHalfEven(size * 2 ** 24)
  let exponent = Math.floor(Math.log2(size))
  if (2 ** exponent > size) exponent--
  if (2 ** (exponent + 1) <= size) exponent++
  return sign | (((exponent + 15) << 10) + roundHalfEven((size / 2 ** exponent - 1) * 1024))
}

/** Value of IEEE 754 binary16 bits. */
export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** Rounds to the nearest integer, ties to even: Python's round(), C's rint(), NumPy's and ONNX's rounding. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1
  return below % 2 === 0 ? below : below + 1
}
