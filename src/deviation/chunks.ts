import type { ValueInfo } from '../runtime/index.js'
import type { ObservedLayer } from './types.js'

/** FP32 value, the variant's, their difference and what is computed from it. */
const BYTES_PER_VALUE = 4 * 4

/**
 * Groups of consecutive layers whose compared tensors fit into the memory limit together; the network runs once for each.
 * It is an upper bound: ONNX Runtime frees most tensors long before the last one is made.
 */
export function chunksOf(
  layers: readonly ObservedLayer[],
  values: ReadonlyMap<string, ValueInfo>,
  memoryBytes: number
): ObservedLayer[][] {
  const chunks: ObservedLayer[][] = []
  let bytes = Infinity
  for (const layer of layers) {
    const dims = values.get(layer.tensor)?.dims ?? []
    const size = dims.reduce<number>(
      (all, dim) => all * (typeof dim === 'number' && dim > 0 ? dim : 1),
      BYTES_PER_VALUE
    )
    if (bytes + size > memoryBytes) {
      chunks.push([])
      bytes = 0
    }
    chunks[chunks.length - 1].push(layer)
    bytes += size
  }
  return chunks
}
