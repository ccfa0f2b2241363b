import type { Locate } from './build.js'
import { DEFAULT_LATENCY } from './defaults.js'
import type { Sections } from './checks.js'
import type { Problem } from './position.js'
import type { LatencyDocument, ThresholdDocument } from './schema/index.js'
import type { LatencyConfig, SpeedLimit } from './types.js'

/** Where the config asks for it, or sets a limit on speed. */
export function buildLatency(document: LatencyDocument, limits: readonly SpeedLimit[]): LatencyConfig | undefined {
  if (typeof document === 'object') return { ...document, batch: [...new Set(document.batch)] }
  return document === true || limits.length > 0 ? DEFAULT_LATENCY : undefined
}

export function buildSpeedLimits(documents: readonly ThresholdDocument[] | undefined, locate: Locate): SpeedLimit[] {
  return (documents ?? []).flatMap((document, index) => {
    if (!('min_speedup' in document)) return []
    const { min_speedup: value, variant, batch, severity } = document
    const position = locate(['thresholds', index, 'min_speedup'], 'key')
    return [
      { value, ...(variant !== undefined && { variant }), ...(batch !== undefined && { batch }), severity, position }
    ]
  })
}

export function checkSpeedLimits({ latency, thresholds = [] }: Sections): Problem[] {
  if (latency !== false) return []
  return thresholds.flatMap((threshold, index): Problem[] => {
    const message = 'a limit on speed needs the measurement, and the config says latency: false'
    return 'min_speedup' in threshold ? [{ path: ['thresholds', index, 'min_speedup'], at: 'key', message }] : []
  })
}
