import type { ValueInfo } from '../runtime/index.js'
import { groupBySize, valuesOf } from '../util/group-by-size.js'
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
  return groupBySize(layers, memoryBytes, ({ tensor }) => BYTES_PER_VALUE * valuesOf(values.get(tensor)?.dims ?? []))
}
