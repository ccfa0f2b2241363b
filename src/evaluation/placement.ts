import type { PlacedNode } from '../runtime/index.js'

/** Nodes of a model by the provider that ran them. */
export interface Placement {
  readonly nodes: Readonly<Record<string, number>>
  /** `name (operator)` of those that another provider than the session's ran, at most 20. */
  readonly elsewhere: readonly string[]
}

const LISTED = 20

export function placementOf(nodes: readonly PlacedNode[], provider: string): Placement {
  const counts: Record<string, number> = { [provider]: 0 }
  for (const node of nodes) counts[node.provider] = (counts[node.provider] ?? 0) + 1
  const elsewhere = nodes.filter((node) => node.provider !== provider)
  return { nodes: counts, elsewhere: elsewhere.slice(0, LISTED).map(({ name, op }) => `${name} (${op})`) }
}
