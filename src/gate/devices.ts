import type { GateConfig } from '../config/index.js'
import { ConfigurationError } from '../errors.js'
import { loadRuntime, selectProvider, type Provider } from '../runtime/index.js'
import { refuseShards, type GateOptions } from './open.js'

/**
 * The provider that every one of several devices has, found before anything is evaluated.
 * @param allowCpu for tests of what is around it: the CPU has no devices to choose from.
 * @throws ConfigurationError where it is the CPU's; RuntimeError where a device does not work.
 */
export async function providerOfDevices(
  config: GateConfig,
  { provider: asked, runtimePath, log }: GateOptions,
  allowCpu: boolean
): Promise<Provider> {
  refuseShards(config)
  const { provider: configured, devices = [] } = config.runtime
  const runtime = await loadRuntime({ runtimePath, log: (message) => log.debug(message) })
  const wanted = asked ?? configured
  const [first, ...others] = devices
  const provider = wanted === 'cpu' ? wanted : await selectProvider(runtime, wanted, first)
  if (provider === 'cpu') {
    if (allowCpu) return provider
    throw new ConfigurationError(
      [
        {
          message: `runtime.device names ${devices.length} devices (${devices.join(', ')}), and the cpu provider has none`
        }
      ],
      'name one device, or a provider with devices: cuda or tensorrt. On CPUs, shards run on several machines (docs/shards.md)'
    )
  }
  for (const device of others) await selectProvider(runtime, provider, device)
  return provider
}
