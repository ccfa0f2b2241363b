import { ConfigurationError } from '../errors.js'
import { elementCount, type ElementType, type TensorData } from '../tensor.js'
import { elementReader, float16Bits } from './elements.js'
import type { PreprocessTarget } from './preprocess/compile.js'
import type { Dataset, PreprocessStep } from './types.js'

type TensorContent = Extract<Dataset['content'], { kind: 'tensor' }>

interface TensorWriter {
  readonly type: ElementType
  /** Copies a raw record into a batch buffer at an element offset. */
  readonly write: (record: Buffer, out: TensorData, offset: number) => void
}

/**
 * Checks the records of a tensor data set against the model's input. Equal types are copied; other numbers are
 * converted to float32 and float16 inputs; nothing is converted to integers, whose scale the file does not say.
 * @throws ConfigurationError if shape or type do not fit.
 */
export function tensorWriter({ type, dims }: TensorContent, input: PreprocessTarget | undefined): TensorWriter {
  if (input === undefined || input.type === type) {
    if (input !== undefined) checkShape(dims, input.dims)
    return { type, write: copy }
  }
  checkShape(dims, input.dims)
  const read = elementReader(type)
  if (read === undefined || (input.type !== 'float32' && input.type !== 'float16'))
    throw new ConfigurationError(
      [{ message: `the .npy file holds ${type}, the model's input takes ${input.type}` }],
      `save the tensors as ${input.type}`
    )
  const cast = input.type === 'float16' ? float16Bits : Math.fround
  const count = elementCount(dims)
  return {
    type: input.type,
    write(record, out, offset) {
      for (let i = 0; i < count; i++) out[offset + i] = cast(read(record, i))
    }
  }
}

/** @throws ConfigurationError if the records do not fit the model's input, or steps for images are given. */
export function checkTensors(
  content: TensorContent,
  steps: readonly PreprocessStep[],
  input: PreprocessTarget | undefined
): void {
  if (steps.length > 0)
    throw new ConfigurationError(
      [{ message: 'preprocessing steps are for images; .npy tensors go into the model as they are' }],
      'remove `preprocess`'
    )
  tensorWriter(content, input)
}

function copy(record: Buffer, out: TensorData, offset: number): void {
  const start = out.byteOffset + offset * out.BYTES_PER_ELEMENT
  new Uint8Array(out.buffer, start, record.length).set(record)
}

function checkShape(dims: readonly number[], input: readonly (number | string)[]): void {
  const wanted = input.slice(1)
  const fits =
    wanted.length === dims.length && wanted.every((size, axis) => typeof size === 'string' || size === dims[axis])
  if (!fits)
    throw new ConfigurationError(
      [
        {
          message: `a record of the .npy file is [${dims.join(', ')}], the model takes [${wanted.join(', ')}] a sample`
        }
      ],
      'save the tensors as [samples, …] in the shape of the model input'
    )
}
