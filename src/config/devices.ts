import type { Sections } from './checks.js'
import { devicesOf } from './schema/index.js'
import type { Problem } from './position.js'
import { isMapping, type Mapping } from './union.js'

/** Several devices divide the test set: with them goes only what can be put together again (docs/shards.md). */
export function checkDevices(value: Mapping, { runtime, latency, thresholds = [] }: Sections): Problem[] {
  if (runtime === undefined || !isMapping(value.runtime) || value.runtime.device === undefined) return []
  const devices = devicesOf(runtime.device)
  const providers = runtime.providers ?? [runtime.provider]
  const at = { path: ['runtime', 'device'], at: 'key' } as const
  if (providers.every((provider) => provider === 'cpu') && (devices.length > 1 || devices[0] !== 0)) {
    const message = `runtime.device is the index of a GPU, and the config says ${runtime.providers === undefined ? 'provider: cpu' : 'providers: [cpu]'}: remove one of them`
    return [{ ...at, message }]
  }
  if (devices.length === 1) return []
  const timed = (latency !== undefined && latency !== false) || thresholds.some((limit) => 'min_speedup' in limit)
  const undivided = [
    ...(providers.length > 1 ? ['several providers'] : []),
    ...(timed ? ['a measurement of latency'] : [])
  ].at(0)
  if (undivided === undefined) return []
  const message = `runtime.device names ${devices.length} devices, among which the test set is divided, and a run with ${undivided} cannot be: name one device`
  return [{ ...at, message }]
}
