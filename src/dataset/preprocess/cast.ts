import { float16Bits, roundHalfEven } from '../elements.js'

/** Element types that images are cast to for a model's input. */
export type CastType = 'float32' | 'float16' | 'uint8' | 'int8'

/**
 * A number as the element that stores it: float16 as its bits; integers rounded half to even and saturated, without an
 * offset: 200 cast to int8 is 127, so a model that takes pixels less 128 needs `normalize: {mean: [128]}`.
 */
export const CASTS: Readonly<Record<CastType, (value: number) => number>> = {
  float32: Math.fround,
  float16: float16Bits,
  uint8: (value) => Math.min(255, Math.max(0, roundHalfEven(value))),
  int8: (value) => Math.min(127, Math.max(-128, roundHalfEven(value)))
}

export function isCastType(type: string): type is CastType {
  return Object.hasOwn(CASTS, type)
}
