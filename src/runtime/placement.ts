import { GateError } from '../errors.js'
import type { Kernel } from './profile.js'
import { nativeMessage } from './failures.js'
import type { PlacedNode } from './types.js'

const PROVIDERS: Readonly<Record<string, string>> = {
  CPUExecutionProvider: 'cpu',
  WebGpuExecutionProvider: 'webgpu',
  CUDAExecutionProvider: 'cuda',
  TensorrtExecutionProvider: 'tensorrt'
}

/** Who ran each node. ONNX Runtime's own copies between providers are no nodes of the model. */
export function placedNodes(kernels: readonly Kernel[]): PlacedNode[] {
  return kernels
    .filter(({ op }) => !op.startsWith('Memcpy'))
    .map(({ name, op, provider }) => ({ name, op, provider: PROVIDERS[provider] ?? provider }))
}

/** Whether a session was refused because of `strict`. */
export function isFallbackRefused(error: unknown): boolean {
  const cause = error instanceof GateError ? error.cause : error
  return cause !== undefined && /fallback to CPU EP has been explicitly disabled/.test(nativeMessage(cause))
}
