import { RuntimeError } from '../errors.js'
import { float16ToFloat32 } from '../model/index.js'
import type { Tensor } from '../tensor.js'

/** An output as numbers. */
export interface Numbers {
  readonly dims: readonly number[]
  readonly data:
    Float32Array | Float64Array | Int32Array | Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array
}

/** float16 becomes float32, and 64-bit integers (labels, counts, indices) become numbers. */
export function numbersOf({ type, dims, data }: Tensor): Numbers {
  if (type === 'float16') return { dims, data: float16ToFloat32(data as Uint16Array) }
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return { dims, data: Float64Array.from(data, Number) }
  return { dims, data }
}

/** An output as floats: one kind of array, so that the loops over it stay fast. */
export function floatsOf(tensor: Tensor): { readonly dims: readonly number[]; readonly data: Float32Array } {
  const { dims, data } = numbersOf(tensor)
  return { dims, data: data instanceof Float32Array ? data : Float32Array.from(data) }
}

/** @throws RuntimeError naming the output, its shape and the one that is wanted. */
export function wrongShape(name: string, dims: readonly number[], wanted: string): never {
  throw new RuntimeError(
    `output '${name}' has shape [${dims.join(', ')}], ${wanted} is expected`,
    'check `decode` and the names of its outputs; `precision-gate init` proposes them'
  )
}

/** The output of that name. */
export function outputOf(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  if (!Object.hasOwn(outputs, name))
    throw new RuntimeError(
      `the network has no output '${name}' (${Object.keys(outputs).join(', ')})`,
      'correct `decode`'
    )
  return outputs[name]
}
