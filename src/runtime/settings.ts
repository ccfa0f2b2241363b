import type { InferenceSession } from 'onnxruntime-common'
import { RuntimeError } from '../errors.js'
import type { CpuFacts } from './cpu.js'
import type { Provider, SessionOptions } from './types.js'

/** What the machine adds to the options of a caller. */
export interface MachineSettings {
  readonly cpu: CpuFacts
  /** u8 x s8 sums saturate on this processor (saturation.ts). */
  readonly saturates: boolean
}

export type NativeSettings = InferenceSession.SessionOptions

/** Session configuration keys take strings only. */
export type SessionConfig = Readonly<Record<string, string>>

export function threadCount(threads: number, cpu: CpuFacts): number {
  return threads > 0 ? threads : cpu.usableCores
}

/** Settings of every session of this program (docs/runtime.md has the reasons and the measurements). */
export function nativeSettings(
  { provider, device = 0, threads, optimization = 'all', kernels = 'exact', strict = false }: SessionOptions,
  { cpu, saturates }: MachineSettings,
  config: SessionConfig = {}
): NativeSettings {
  return {
    executionProviders: [executionProvider(provider, device)],
    graphOptimizationLevel: optimization,
    executionMode: 'sequential',
    intraOpNumThreads: threadCount(threads, cpu),
    interOpNumThreads: 1,
    // Errors are thrown; the log would say them a second time, on stderr.
    logSeverityLevel: 4,
    extra: {
      'session.intra_op.allow_spinning': '0',
      ...(saturates && kernels !== 'default' ? { 'session.x64quantprecision': '1' } : {}),
      ...(kernels === 'simulated' ? { 'session.disable_quant_qdq': '1' } : {}),
      ...(strict && provider !== 'cpu' ? { 'session.disable_cpu_ep_fallback': '1' } : {}),
      ...config
    }
  }
}

export function executionProvider(provider: Provider, device: number): InferenceSession.ExecutionProviderConfig {
  switch (provider) {
    case 'cpu':
      return 'cpu'
    case 'webgpu':
      // The binding refuses a device for WebGPU: Dawn takes the adapter that it rates fastest.
      if (device === 0) return 'webgpu'
      throw new RuntimeError(
        `the webgpu provider cannot be told to use device ${device}`,
        'leave runtime.device at 0, or hide other GPUs from the process'
      )
    case 'cuda':
    case 'tensorrt':
      // TF32 keeps 10 bits of a float's mantissa: an FP32 reference computed with it would be none. ONNX Runtime's own
      // switch (use_tf32) cannot be reached from Node; cuBLAS and cuDNN read this when they are loaded.
      process.env.NVIDIA_TF32_OVERRIDE = '0'
      return { name: provider, deviceId: device }
  }
}
