import type { LayerResult } from '../result.js'
import type { ExecutedLayer } from '../runtime/index.js'
import type { ObservedLayer } from './types.js'

/** What each layer really ran in: the kernel that makes its codes or its output, or that bears its name. */
export function executedIn(
  layers: readonly ObservedLayer[],
  executed: readonly ExecutedLayer[]
): LayerResult['executed'][] {
  const byOutput = new Map(executed.flatMap((kernel) => kernel.outputs.map((tensor) => [tensor, kernel.executed])))
  const byName = new Map(executed.map(({ name, executed: precision }) => [name, precision]))
  return layers.map(({ name, tensor, source, fused }) =>
    [source.name, tensor]
      .map((made) => byOutput.get(made))
      .concat([name, ...fused.map((node) => node.name)].map((node) => byName.get(node)))
      .find((precision) => precision !== undefined)
  )
}
