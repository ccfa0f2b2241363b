import type { Tensor as OrtTensor } from 'onnxruntime-common'
import { RuntimeError } from '../errors.js'
import { elementCount, type ElementType, type Tensor } from '../tensor.js'
import type { OnnxRuntime } from './binding.js'
import type { ValueInfo } from './types.js'

/**
 * Checks tensors against the model's inputs and wraps them; their memory is shared with the runtime, not copied.
 * @throws RuntimeError that names the input, what it expects and what it was given.
 */
export function toFeeds(
  ort: OnnxRuntime,
  feeds: Readonly<Record<string, Tensor>>,
  inputs: readonly ValueInfo[],
  model: string
): Record<string, OrtTensor> {
  const unknown = Object.keys(feeds).find((name) => !inputs.some((input) => input.name === name))
  if (unknown !== undefined) {
    const names = inputs.map(({ name }) => `"${name}"`).join(', ')
    throw new RuntimeError(`${model} has no input "${unknown}" (it has ${names})`)
  }
  return Object.fromEntries(
    inputs.map((input) => {
      const tensor = feeds[input.name]
      if (tensor === undefined) throw new RuntimeError(`${model} needs the input "${input.name}", which was not given`)
      if (!fits(tensor, input)) {
        throw new RuntimeError(
          `input "${input.name}" of ${model} expects ${describe(input)}, but was given ${describe(tensor)}`,
          'let the preprocessing list produce that layout, size and type'
        )
      }
      if (tensor.data.length !== elementCount(tensor.dims)) {
        throw new RuntimeError(
          `input "${input.name}" of ${model}: ${tensor.data.length} values do not fill ${describe(tensor)}`
        )
      }
      return [input.name, new ort.Tensor(tensor.type as 'float32', tensor.data as Float32Array, tensor.dims)]
    })
  )
}

function fits(tensor: Tensor, input: ValueInfo): boolean {
  return (
    tensor.type === input.type &&
    tensor.dims.length === input.dims.length &&
    tensor.dims.every((size, axis) => typeof input.dims[axis] === 'string' || input.dims[axis] === size)
  )
}

function describe({ type, dims }: { readonly type: string; readonly dims: readonly (number | string)[] }): string {
  return `${type} [${dims.map((size) => (size === '' ? '?' : size)).join(',')}]`
}

const READABLE: ReadonlySet<string> = new Set<ElementType>([
  'float32',
  'float64',
  'float16',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'int64',
  'uint64',
  'bool'
])

/** @throws RuntimeError for strings and 4-bit types. */
export function fromOutput(name: string, { type, dims, data }: OrtTensor, model: string): Tensor {
  if (!READABLE.has(type)) {
    throw new RuntimeError(`output "${name}" of ${model} has the type ${type}, which cannot be compared`)
  }
  const values = data as Tensor['data']
  // Node 24 and later have a Float16Array, and the package then returns it; here half floats travel as their bits.
  const bits = type === 'float16' ? new Uint16Array(values.buffer, values.byteOffset, values.length) : values
  return { type: type as ElementType, dims, data: bits }
}
