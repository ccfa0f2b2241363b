import { asFloats, feedFor, OutputDifference, type BatchPlan } from '../evaluation/index.js'
import { TopKAccumulator } from '../metrics/index.js'
import type { Session } from '../runtime/index.js'
import { firstRows, type Tensor } from '../tensor.js'

export { OutputDifference }

/** A model under one setting of the runtime. */
export class Contender {
  /** Right and wrong answers, where a sample has one. */
  readonly topK: TopKAccumulator | undefined

  /** @param output that is compared element by element. */
  constructor(
    readonly name: string,
    readonly session: Session,
    readonly model: string,
    private readonly output: string,
    hasAnswers: boolean
  ) {
    this.topK = hasAnswers ? new TopKAccumulator() : undefined
  }

  /**
   * Runs a batch and scores it.
   * @param singly one sample at a time, where the model allows it
   */
  async run(input: Tensor, labels: readonly number[], plan: BatchPlan, singly = false): Promise<Float32Array> {
    const { output } = this
    const parts: Float32Array[] = []
    for (const part of singly && !plan.fixed ? rows(input) : [input]) {
      const count = part.dims[0]
      const outputs = await this.session.run(feedFor(this.session, part, plan, this.model), [output])
      parts.push(asFloats(firstRows(outputs[output], count)))
    }
    const data = parts.length === 1 ? parts[0] : concatenate(parts)
    const dims = [labels.length, data.length / labels.length]
    this.topK?.add({ type: 'float32', dims, data }, labels)
    return data
  }
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let position = 0
  for (const part of parts) {
    all.set(part, position)
    position += part.length
  }
  return all
}

function rows({ type, dims, data }: Tensor): Tensor[] {
  const size = data.length / dims[0]
  return Array.from({ length: dims[0] }, (_, row) => ({
    type,
    dims: [1, ...dims.slice(1)],
    data: data.slice(row * size, (row + 1) * size)
  }))
}
