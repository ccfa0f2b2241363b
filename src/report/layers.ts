import { SUSPECT, type LayerResult } from '../result.js'

/**
 * The first suspect first: what a layer adds counts, not what it inherits. Where that is not known, layers with infinite or
 * undefined errors first, then by falling noise (rising SQNR); identical ones last.
 */
export function worstFirst(layers: readonly LayerResult[]): LayerResult[] {
  return [...layers].sort((a, b) => rank(a) - rank(b) || noise(b) - noise(a) || b.deviationRatio - a.deviationRatio)
}

/** Every layer was looked at by itself, and none loses more than its precision explains. */
export function areHealthy(layers: readonly LayerResult[]): boolean {
  return layers.every(({ introduced }) => introduced !== undefined && introduced.suspicion < SUSPECT)
}

/** The layer that lies furthest from FP32, healthy or not; undefined where all are identical to it. */
export function lowestSqnr(layers: readonly LayerResult[]): (LayerResult & { readonly sqnrDb: number }) | undefined {
  return layers
    .flatMap((layer) => (layer.sqnrDb === null ? [] : [{ ...layer, sqnrDb: layer.sqnrDb }]))
    .reduce<(LayerResult & { readonly sqnrDb: number }) | undefined>(
      (lowest, layer) => (lowest === undefined || layer.sqnrDb < lowest.sqnrDb ? layer : lowest),
      undefined
    )
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
