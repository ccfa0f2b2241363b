import type { LayerResult } from '../result.js'
import type { ExecutedLayer } from '../runtime/index.js'
import { nodeOfKernel } from '../util/kernel-name.js'
import type { ObservedLayer } from './types.js'

/** What each layer really ran in: the kernel that makes its codes or its output, else the one that bears its name. */
export function executedIn(
  layers: readonly ObservedLayer[],
  executed: readonly ExecutedLayer[]
): LayerResult['executed'][] {
  const byOutput = new Map(executed.flatMap((kernel) => kernel.outputs.map((tensor) => [tensor, kernel.executed])))
  const byName = new Map(executed.map(({ name, executed: precision }) => [nodeOfKernel(name), precision]))
  return layers.map(({ name, tensor, source, fused }) => {
    const made = [source.name, tensor].map((output) => byOutput.get(output))
    // The emulation of float16 rounds what it calls exact.
    const named = [tensor, `${tensor}_exact`, name, ...fused.map((node) => node.name)].map((node) => byName.get(node))
    return [...made, ...named].find((precision) => precision !== undefined)
  })
}
