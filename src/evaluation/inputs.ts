import { ConfigurationError, FileError } from '../errors.js'
import { float32ToFloat16 } from '../model/index.js'
import type { Session, ValueInfo } from '../runtime/index.js'
import type { Tensor } from '../tensor.js'

/** The one input of a vision model. */
export function imageInput(session: { readonly inputs: readonly ValueInfo[] }, model: string): ValueInfo {
  if (session.inputs.length !== 1) {
    const names = session.inputs.map(({ name }) => name).join(', ')
    throw new FileError(
      `${model} has ${session.inputs.length} inputs (${names}); a model with exactly one is expected`,
      'Fold the other inputs into constants when exporting the model.'
    )
  }
  return session.inputs[0]
}

export interface BatchPlan {
  /** Samples read at a time. */
  readonly size: number
  /** The models take exactly this many: the last batch is filled up. */
  readonly fixed: boolean
}

/** The batch size of the config, unless a model has its own. */
export function planBatches(
  models: readonly { readonly name: string; readonly input: ValueInfo }[],
  asked: number
): BatchPlan {
  const fixed = models.filter(({ input }) => typeof input.dims[0] === 'number')
  const sizes = new Set(fixed.map(({ input }) => input.dims[0] as number))
  if (sizes.size > 1) {
    const list = fixed.map(({ name, input }) => `${name}: ${input.dims[0]}`).join(', ')
    throw new ConfigurationError(
      [{ message: `the models have different fixed batch sizes (${list})` }],
      'Export them with the same one, or with a dynamic batch dimension.'
    )
  }
  const [size] = sizes
  return size === undefined ? { size: asked, fixed: false } : { size, fixed: true }
}

/** The batch as a model wants it: its element type, and its batch size where that is fixed. */
export function feedFor(session: Session, batch: Tensor, plan: BatchPlan, model: string): Record<string, Tensor> {
  const input = imageInput(session, model)
  const filled = plan.fixed && batch.dims[0] < plan.size ? fillUp(batch, plan.size) : batch
  if (filled.type === input.type) return { [input.name]: filled }
  if (filled.type === 'float32' && input.type === 'float16') {
    const data = float32ToFloat16(filled.data as Float32Array)
    return { [input.name]: { type: 'float16', dims: filled.dims, data } }
  }
  throw new FileError(
    `${model} takes ${input.type} input and the reference model ${batch.type}: they cannot be fed the same images`,
    'Export the model with the same input type as the reference.'
  )
}

/** Rows up to the batch size repeat the first one; whoever reads the output ignores them. */
function fillUp(batch: Tensor, size: number): Tensor {
  const rows = batch.dims[0]
  const row = batch.data.length / rows
  const data = new (batch.data.constructor as new (length: number) => typeof batch.data)(row * size)
  data.set(batch.data as never)
  for (let i = rows; i < size; i++) data.set(batch.data.subarray(0, row) as never, i * row)
  return { type: batch.type, dims: [size, ...batch.dims.slice(1)], data }
}
