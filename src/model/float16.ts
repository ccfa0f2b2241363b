/** float32 bits of every float16 pattern: 256 KiB, made at the first use. */
let widened: Uint32Array | undefined

const scratch = new Float32Array(1)
const scratchBits = new Uint32Array(scratch.buffer)

const INFINITY32 = 0x7f800000
/** 65536: from here on nothing but infinity is nearest. Values from 65520 reach it by the carry of rounding. */
const OVERFLOW32 = 0x47800000
/** 2^-14, the smallest normal float16. */
const NORMAL32 = 0x38800000
/** Exponent biases differ by 112. */
const REBIAS = 112 << 23
const HALF32 = 0x3f000000

/** IEEE 754 binary16 bits, rounded to nearest even; overflow gives infinity, NaN stays NaN. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const result = new Uint16Array(values.length)
  for (let index = 0; index < bits.length; index++) {
    const value = bits[index]
    const sign = (value >>> 16) & 0x8000
    const magnitude = value & 0x7fffffff
    if (magnitude >= OVERFLOW32) {
      result[index] = sign | (magnitude > INFINITY32 ? 0x7e00 | ((magnitude >>> 13) & 0x1ff) : 0x7c00)
    } else if (magnitude >= NORMAL32) {
      result[index] = sign | ((magnitude - REBIAS + 0xfff + ((magnitude >>> 13) & 1)) >>> 13)
    } else {
      // One float16 subnormal step is 2^-24, the last bit of a float32 in [0.5, 1): the addition itself rounds to even.
      scratchBits[0] = magnitude
      scratch[0] += 0.5
      result[index] = sign | (scratchBits[0] - HALF32)
    }
  }
  return result
}

/** Exact: every float16 is a float32. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  widened ??= Uint32Array.from({ length: 0x10000 }, (_, half) => widen(half))
  const table = widened
  const result = new Uint32Array(bits.length)
  for (let index = 0; index < bits.length; index++) result[index] = table[bits[index]]
  return new Float32Array(result.buffer)
}

function widen(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >>> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return (sign | INFINITY32 | (fraction << 13)) >>> 0
  if (exponent !== 0) return (sign | (((exponent << 10) | fraction) * 0x2000 + REBIAS)) >>> 0
  scratch[0] = fraction * 2 ** -24
  return (sign | scratchBits[0]) >>> 0
}
