import type { Locate } from './build.js'
import { LAYER_LIMIT_KEYS, type LayersDocument, type ThresholdDocument } from './schema/index.js'
import type { LayerLimit, LayersConfig } from './types.js'

const UNITS: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9, MiB: 2 ** 20, GiB: 2 ** 30 }

export function buildLayers(document: Exclude<LayersDocument, false>): LayersConfig {
  const { samples, isolated_samples: isolatedSamples, threshold, floor, memory } = document
  const [number, unit] = [parseFloat(memory), memory.replace(/^[\d. ]+/, '')]
  return { samples, isolatedSamples, threshold, floor, memoryBytes: number * UNITS[unit] }
}

/** One entry for each limit, so that each verdict points at its own key. */
export function buildLayerLimits(documents: readonly ThresholdDocument[] | undefined, locate: Locate): LayerLimit[] {
  return (documents ?? []).flatMap((document, index) => {
    if (!('layer' in document)) return []
    const { layer, variant, severity, tolerance_db: toleranceDb } = document
    return LAYER_LIMIT_KEYS.flatMap((kind): LayerLimit[] => {
      const limit = document[kind]
      if (limit === undefined) return []
      const value = limit === 'baseline' ? toleranceDb : limit
      const position = locate(['thresholds', index, kind], 'key')
      return [{ layer, ...(variant !== undefined && { variant }), kind, value, severity, position }]
    })
  })
}
