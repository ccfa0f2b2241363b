/** An interval of real values that the quantized type is to represent. */
export interface Range {
  readonly min: number
  readonly max: number
}

export type QuantizedType = 'uint8' | 'int8'

export interface QuantizationParameters {
  readonly type: QuantizedType
  /** float32 value. */
  readonly scale: number
  readonly zeroPoint: number
}

const SMALLEST_NORMAL = 1.1754943508222875e-38

/**
 * Scale and zero point of an activation: q = clip(round(x / scale) + zeroPoint).
 *
 * The range is widened to contain 0, which must be exact for padding and ReLU. uint8: asymmetric over [0, 255].
 * int8: symmetric over [-127, 127] with zero point 0, the only form that TensorRT takes. A range too small for a
 * normal float32 scale gives scale 1 and zero point 0, as ONNX Runtime's quantizer does: such a tensor is all zeros.
 */
export function activationParameters(range: Range, type: QuantizedType): QuantizationParameters {
  const min = Math.min(range.min, 0)
  const max = Math.max(range.max, 0)
  if (type === 'int8') {
    const scale = Math.fround(Math.max(-min, max) / 127)
    return scale < SMALLEST_NORMAL ? { type, scale: 1, zeroPoint: 0 } : { type, scale, zeroPoint: 0 }
  }
  const scale = Math.fround((max - min) / 255)
  if (scale < SMALLEST_NORMAL) return { type, scale: 1, zeroPoint: 0 }
  return { type, scale, zeroPoint: clamp(roundHalfToEven(-min / scale), 0, 255) }
}

/** IEEE 754 rounding, as QuantizeLinear specifies it. */
export function roundHalfToEven(x: number): number {
  const floor = Math.floor(x)
  const fraction = x - floor
  if (fraction < 0.5) return floor
  if (fraction > 0.5) return floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}

export function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high)
}

/** The interval of real values between the smallest and the largest code. */
export function representableRange({ type, scale, zeroPoint }: QuantizationParameters): Range {
  const [low, high] = type === 'uint8' ? [0, 255] : [-128, 127]
  return { min: scale * (low - zeroPoint), max: scale * (high - zeroPoint) }
}
