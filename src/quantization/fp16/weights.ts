import {
  float16ToFloat32,
  float32ToFloat16,
  makeTensor,
  tensorData,
  type OnnxModel,
  type TensorProto
} from '../../model/index.js'

/** Largest finite float16. */
export const FP16_MAX = 65504
/** Smallest normal float16; smaller values lose precision bit by bit. */
export const FP16_MIN_NORMAL = 2 ** -14

/** What became of a weight tensor in float16. Nothing is clamped: what overflows is infinite. */
export interface Fp16WeightLoss {
  readonly tensor: string
  readonly elements: number
  /** Finite weights that became infinite. */
  readonly overflowed: number
  /** Weights that became zero. */
  readonly flushed: number
  /** Weights that lost precision below the smallest normal number. */
  readonly subnormal: number
}

export function toHalf(
  model: OnnxModel,
  initializer: TensorProto,
  name: string
): { tensor: TensorProto; loss: Fp16WeightLoss } {
  const { data, dims } = tensorData(model, initializer)
  const floats = data as Float32Array
  const half = float32ToFloat16(floats)
  return {
    tensor: makeTensor(name, { type: 'float16', dims, data: half }),
    loss: countLoss(initializer.name, floats, half)
  }
}

/** The same values, rounded to float16 and stored as float32. */
export function roundedToHalf(
  model: OnnxModel,
  initializer: TensorProto,
  name: string
): { tensor: TensorProto; loss: Fp16WeightLoss } {
  const { data, dims } = tensorData(model, initializer)
  const floats = data as Float32Array
  const half = float32ToFloat16(floats)
  const rounded = float16ToFloat32(half)
  return {
    tensor: makeTensor(name, { type: 'float32', dims, data: rounded }),
    loss: countLoss(initializer.name, floats, half)
  }
}

function countLoss(tensor: string, floats: Float32Array, half: Uint16Array): Fp16WeightLoss {
  let overflowed = 0
  let flushed = 0
  let subnormal = 0
  for (let i = 0; i < floats.length; i++) {
    const magnitude = half[i] & 0x7fff
    if (magnitude === 0x7c00) {
      if (Number.isFinite(floats[i])) overflowed++
    } else if (magnitude === 0) {
      if (floats[i] !== 0) flushed++
    } else if (magnitude < 0x0400) subnormal++
  }
  return { tensor, elements: floats.length, overflowed, flushed, subnormal }
}
