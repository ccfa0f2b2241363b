import { GraphIndex } from './graph.js'
import type { OnnxModel } from './onnx.js'

/** First dimension of the first graph input. */
export interface BatchDimension {
  /** Symbolic or unknown: any number of samples goes in at once. */
  readonly dynamic: boolean
  /** The fixed number of samples. */
  readonly size?: number
}

export function dynamicBatch({ graph }: OnnxModel): BatchDimension {
  const { inputs } = new GraphIndex(graph)
  const input = graph.input.find(({ name }) => name === inputs[0])
  const first = input?.type?.value.case === 'tensorType' ? input.type.value.value.shape?.dim[0]?.value : undefined
  // Some exporters write an unknown size as -1 or 0.
  return first?.case === 'dimValue' && first.value > 0n
    ? { dynamic: false, size: Number(first.value) }
    : { dynamic: true }
}
