import type { LayerResult } from '../result.js'

/** Layers with infinite or undefined errors first, then by falling noise (rising SQNR); identical ones last. */
export function worstFirst(layers: readonly LayerResult[]): LayerResult[] {
  return [...layers].sort((a, b) => noise(b) - noise(a) || b.deviationRatio - a.deviationRatio)
}

function noise({ sqnrDb, maxAbs }: LayerResult): number {
  if (sqnrDb !== null) return -sqnrDb
  return maxAbs === 0 ? -Number.MAX_VALUE : Number.MAX_VALUE
}
