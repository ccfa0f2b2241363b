import { float16ToFloat32 } from '../model/index.js'
import type { Tensor } from '../tensor.js'

/** How far one set of outputs lies from another, over all samples. */
export class OutputDifference {
  #signal = 0
  #noise = 0
  /** Largest difference; NaN where one of the two is. */
  max = 0
  /** Largest |reference|. */
  maxReference = 0

  add(reference: Float32Array, other: Float32Array): void {
    for (let i = 0; i < reference.length; i++) {
      const difference = Math.abs(other[i] - reference[i])
      this.#signal += reference[i] * reference[i]
      this.#noise += difference * difference
      if (!(difference <= this.max)) this.max = difference
      const size = Math.abs(reference[i])
      if (size > this.maxReference) this.maxReference = size
    }
  }

  /** Energy of the difference. */
  get noise(): number {
    return this.#noise
  }

  /** 10 log10(sum reference^2 / sum difference^2); infinite where nothing differs. */
  get sqnrDb(): number {
    return this.#noise === 0 ? Infinity : 10 * Math.log10(this.#signal / this.#noise)
  }
}

/** The values as float32; of float16 the bits are read. */
export function asFloats({ type, data }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data
  return type === 'float16' ? float16ToFloat32(data as Uint16Array) : Float32Array.from(data as ArrayLike<number>)
}
