import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImageMapping } from '../../src/dataset/index.js'
import type { Tensor } from '../../src/tensor.js'

/** Written by script/references/{detection,segmentation}.py. */
export function readReference<T>(name: string): T {
  return JSON.parse(readFileSync(join('__fixtures__/postprocess', name), 'utf8')) as T
}

export interface StoredTensor {
  readonly dims: readonly number[]
  readonly type: 'float32' | 'int32' | 'int64'
  readonly data: string
}

export function tensorOf({ dims, type, data }: StoredTensor): Tensor {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64')).buffer
  const arrays = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array }
  return { type, dims, data: new arrays[type](bytes) }
}

export const bytesOf = (data: string): Uint8Array => Uint8Array.from(Buffer.from(data, 'base64'))

/** An image that is the network's input, pixel for pixel. */
export function unmoved(width: number, height: number): ImageMapping {
  const size = { width, height }
  return { image: size, input: size, scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 }
}
