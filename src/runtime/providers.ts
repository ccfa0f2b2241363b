import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { RuntimeError } from '../errors.js'
import {
  compareVersions,
  howToGetProviderLibraries,
  type Installation,
  PROVIDER_LIBRARIES
} from '../provision/index.js'
import { libraryFolder, type OnnxRuntime } from './binding.js'
import { nativeMessage } from './failures.js'
import { convolutionModel } from './probes/models.js'
import { executionProvider } from './settings.js'
import type { ProbeResult, Provider, Runtime } from './types.js'

/** `auto` takes the first that works. TensorRT is never taken unasked: its engines take minutes to build. */
const AUTO_ORDER: readonly Provider[] = ['cuda', 'webgpu', 'cpu']

/**
 * The provider to run on. One that is asked for by name must work; `auto` takes the first of cuda, webgpu and cpu that
 * does, and on Linux tries WebGPU only where there is a GPU device, since a software Vulkan driver (lavapipe) works too
 * and is far slower than the CPU provider.
 * @throws RuntimeError with the reason and the remedy where the provider does not work: there is no silent fallback.
 */
export async function selectProvider(runtime: Runtime, asked: Provider | 'auto', device = 0): Promise<Provider> {
  if (asked !== 'auto') {
    const result = await runtime.probe(asked, device)
    if (result.works) return asked
    throw new RuntimeError(`the ${asked} provider does not work here: ${result.reason}`, result.remedy)
  }
  for (const provider of AUTO_ORDER) {
    if (provider === 'webgpu' && (device !== 0 || !hasGpuDevice())) continue
    if ((await runtime.probe(provider, device)).works) return provider
  }
  throw new RuntimeError('no provider works here, not even cpu', 'reinstall onnxruntime-node')
}

/** Runs one convolution on the provider, with fallback to the CPU provider forbidden. */
export async function probeProvider(
  ort: OnnxRuntime,
  installation: Installation,
  provider: Provider,
  device: number
): Promise<ProbeResult> {
  const obstacle = knownObstacle(ort, installation, provider)
  if (obstacle !== undefined) return { works: false, ...obstacle }
  try {
    const session = await ort.InferenceSession.create(convolutionModel(), {
      executionProviders: [executionProvider(provider, device)],
      logSeverityLevel: 4,
      extra: provider === 'cpu' ? {} : { 'session.disable_cpu_ep_fallback': '1' }
    })
    const x = new ort.Tensor('float32', Float32Array.of(1, -2, 3, 0.5), [1, 1, 2, 2])
    const { y } = await session.run({ x })
    await session.release()
    const right = [2, -4, 6, 1].every((expected, i) => (y.data as Float32Array)[i] === expected)
    if (right) return { works: true }
    return { works: false, reason: 'it computes a convolution wrongly', remedy: 'update the GPU driver' }
  } catch (error) {
    const missing = missingFiles(installation, provider)
    if (missing !== undefined) return { works: false, ...missing }
    return { works: false, ...(deviceFailure(error, device) ?? unknownFailure(error, installation, provider)) }
  }
}

const REMEDIES: Readonly<Record<Provider, string>> = {
  cpu: 'reinstall onnxruntime-node',
  webgpu:
    'install a Vulkan loader and the GPU driver (Linux: libvulkan1 and the driver with its ICD file), or use the cpu provider',
  cuda:
    'needs Linux x64, an NVIDIA GPU with its driver, cuDNN 9, the CUDA version that the provider libraries were built for, and ' +
    'these libraries (docs/gpu-runners.md); or use the cpu provider',
  tensorrt:
    'needs Linux x64, an NVIDIA GPU with its driver, cuDNN 9, TensorRT 10, the CUDA version that the provider libraries were ' +
    'built for, and these libraries (docs/gpu-runners.md); or use the cpu provider'
}

/** What is wrong with the device that was asked for, if that is what the error says. */
export function deviceFailure(error: unknown, device: number): { reason: string; remedy: string } | undefined {
  // Ours: WebGPU takes no device.
  if (error instanceof RuntimeError && error.hint !== undefined) return { reason: error.message, remedy: error.hint }
  if (!/CUDA failure 10[01]\b|invalid device ordinal/.test(nativeMessage(error))) return undefined
  return {
    reason: `CUDA finds no GPU ${device}`,
    remedy:
      'devices count from 0: `nvidia-smi -L` lists them, and CUDA_VISIBLE_DEVICES hides those that it does not name'
  }
}

function unknownFailure(
  error: unknown,
  installation: Installation,
  provider: Provider
): { reason: string; remedy: string } {
  const reason = missingLibrary(installation, provider) ?? firstLine(nativeMessage(error))
  return { reason, remedy: REMEDIES[provider] }
}

function knownObstacle(
  ort: OnnxRuntime,
  { version }: Installation,
  provider: Provider
): { reason: string; remedy: string } | undefined {
  const backends = ort.listSupportedBackends().map(({ name }) => name)
  // onnxruntime-node drops a provider that it does not know with a console warning and runs on the CPU.
  if (!backends.includes(provider)) {
    return { reason: `this build of onnxruntime-node has only ${backends.join(', ')}`, remedy: REMEDIES[provider] }
  }
  if (provider === 'tensorrt' && compareVersions(version, '1.27.0') >= 0) {
    return {
      reason:
        `since 1.27 onnxruntime-node evaluates FP16 networks in FP32 under TensorRT ` +
        `(microsoft/onnxruntime#29779; not known to be repaired in ${version})`,
      remedy:
        'install 1.26.0 for TensorRT (precision-gate setup-runtime --runtime-version 1.26.0 --cuda-libraries FOLDER) and ' +
        'point to it with --runtime-path'
    }
  }
  if (provider === 'webgpu' && process.platform === 'linux') {
    // Asked before ONNX Runtime asks, because Dawn complains about it on stderr.
    const reason = dlopenFailure('libvulkan.so.1')
    if (reason !== undefined) return { reason, remedy: REMEDIES.webgpu }
  }
  return undefined
}

/** The provider libraries that are not beside the binding; no npm package has them. */
function missingFiles(
  { path, version }: Installation,
  provider: Provider
): { reason: string; remedy: string } | undefined {
  if (provider !== 'cuda' && provider !== 'tensorrt') return undefined
  const folder = libraryFolder(path)
  if (process.platform !== 'linux' || folder === undefined) return undefined
  const needed = [PROVIDER_LIBRARIES.shared, PROVIDER_LIBRARIES[provider]]
  const missing = needed.filter((library) => !existsSync(join(folder, library)))
  if (missing.length === 0) return undefined
  return {
    reason: `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not in ${folder}`,
    remedy: howToGetProviderLibraries(version)
  }
}

/** ONNX Runtime says only that its provider library failed to load; the dynamic linker knows which library is missing. */
function missingLibrary({ path }: Installation, provider: Provider): string | undefined {
  if (process.platform !== 'linux' || (provider !== 'cuda' && provider !== 'tensorrt')) return undefined
  const folder = libraryFolder(path)
  return folder === undefined ? undefined : dlopenFailure(join(folder, PROVIDER_LIBRARIES[provider]))
}

function dlopenFailure(library: string): string | undefined {
  try {
    process.dlopen({ exports: {} }, library)
  } catch (error) {
    const message = nativeMessage(error)
    // It was loaded; it only is no Node addon.
    return message.includes('did not self-register') ? undefined : firstLine(message)
  }
  return undefined
}

function hasGpuDevice(): boolean {
  if (process.platform !== 'linux') return true
  const renderNodes = existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'))
  return renderNodes || ['/dev/nvidia0', '/dev/dxg'].some((device) => existsSync(device))
}

function firstLine(text: string): string {
  return text
    .replace(/\/onnxruntime_src\/\S+:\d+ .*? was false\. /, '')
    .trim()
    .split('\n')[0]
}
