import type { LayerResult } from '../result.js'

/**
 * The first suspect first: what a layer adds counts, not what it inherits. Where that is not known, layers with infinite or
 * undefined errors first, then by falling noise (rising SQNR); identical ones last.
 */
export function worstFirst(layers: readonly LayerResult[]): LayerResult[] {
  return [...layers].sort((a, b) => rank(a) - rank(b) || noise(b) - noise(a) || b.deviationRatio - a.deviationRatio)
}

function rank({ introduced }: LayerResult): number {
  return introduced?.rank ?? 0
}

function noise({ sqnrDb, maxAbs }: LayerResult): number {
  if (sqnrDb !== null) return -sqnrDb
  return maxAbs === 0 ? -Number.MAX_VALUE : Number.MAX_VALUE
}

/** SQNR of a layer with FP32 inputs. */
export function aloneText({ sqnrDb, share, suspicion }: NonNullable<LayerResult['introduced']>): string {
  if (sqnrDb !== null) return `${sqnrDb.toFixed(1)} dB`
  return share === 0 || suspicion === 0 ? 'nothing' : 'not finite'
}
