import type { Locate } from './build.js'
import type { ConfigDocument } from './schema/index.js'
import type { ExecutedRequirement } from './types.js'

/** What a variant's layers have to run in: its own key, else that of `runtime` where it speaks of this precision. */
export function buildRequirement(
  { variants, runtime }: ConfigDocument,
  name: string,
  locate: Locate
): {
  readonly requireExecuted?: ExecutedRequirement
  readonly requireWhereUsed?: readonly ExecutedRequirement[]
} {
  const variant = variants[name]
  const own = variant.require_executed
  if (own === 'none') return {}
  if (own !== undefined) {
    return { requireExecuted: { precision: own, position: locate(['variants', name, 'require_executed'], 'key') } }
  }
  const asked = runtime.require_executed ?? []
  const position = locate(['runtime', 'require_executed'], 'key')
  const all = [asked].flat().map((precision) => ({ precision, position }))
  if (all.length === 0) return {}
  if ('model' in variant) return { requireWhereUsed: all }
  const requireExecuted = all.find(({ precision }) => precision === variant.precision)
  return requireExecuted === undefined ? {} : { requireExecuted }
}
