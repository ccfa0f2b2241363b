import { beforeAll, describe, expect, it } from '@jest/globals'
import { join } from 'node:path'
import { RuntimeError } from '../../src/errors.js'
import { loadRuntime, selectProvider, type ProbeResult, type Provider, type Runtime } from '../../src/runtime/index.js'
import type { OnnxRuntime } from '../../src/runtime/binding.js'
import { deviceFailure, probeProvider } from '../../src/runtime/providers.js'
import { REFERENCE_MODELS } from './models.js'

let runtime: Runtime
beforeAll(async () => {
  runtime = await loadRuntime()
})

const model = join(REFERENCE_MODELS, 'fp32.onnx')
const GPU: readonly Provider[] = ['webgpu', 'cuda', 'tensorrt']

describe('providers', () => {
  it('runs on the CPU everywhere', async () => {
    expect(await runtime.probe('cpu')).toEqual({ works: true })
    expect(await selectProvider(runtime, 'cpu')).toBe('cpu')
  })

  it.each(GPU)('either computes right on %s or says why not, how to change it, and exits with 3', async (provider) => {
    const result = await runtime.probe(provider)
    if (result.works) {
      expect(await selectProvider(runtime, provider)).toBe(provider)
      return
    }
    expect(result.reason).not.toBe('')
    expect(result.remedy).not.toBe('')
    const expected = {
      message: `the ${provider} provider does not work here: ${result.reason}`,
      hint: result.remedy,
      exitCode: 3
    }
    await expect(selectProvider(runtime, provider)).rejects.toMatchObject(expected)
    await expect(runtime.createSession(model, { provider, threads: 1 })).rejects.toMatchObject(expected)
  })

  it('is remembered, so that a probe costs once', async () => {
    expect(runtime.probe('cuda')).toBe(runtime.probe('cuda'))
    expect(runtime.probe('cuda', 1)).not.toBe(runtime.probe('cuda', 0))
    await runtime.probe('cuda', 1)
  })

  it('refuses a provider that this build does not list, which the package would replace by the CPU', async () => {
    const build = { listSupportedBackends: () => [{ name: 'cpu', bundled: true }] } as unknown as OnnxRuntime
    expect(await probeProvider(build, { path: '', version: '1.30.0' }, 'webgpu', 0)).toMatchObject({
      works: false,
      reason: 'this build of onnxruntime-node has only cpu'
    })
  })

  it('refuses TensorRT where onnxruntime-node would run FP16 networks in FP32', async () => {
    const build = { listSupportedBackends: () => [{ name: 'tensorrt', bundled: false }] } as unknown as OnnxRuntime
    const result = await probeProvider(build, { path: '', version: '1.27.0' }, 'tensorrt', 0)
    expect(result).toMatchObject({ works: false, remedy: expect.stringContaining('1.26.0') })
  })

  it('cannot choose among GPUs for WebGPU, and says so', async () => {
    expect(await runtime.probe('webgpu', 1)).toMatchObject({ works: false })
  })
})

describe('auto', () => {
  const machine = (works: readonly Provider[]): Runtime => ({
    ...runtime,
    probe: (provider: Provider): Promise<ProbeResult> =>
      Promise.resolve(works.includes(provider) ? { works: true } : { works: false, reason: 'not here', remedy: 'none' })
  })

  it('takes CUDA before the CPU, and the CPU where nothing else works', async () => {
    expect(await selectProvider(machine(['cpu', 'cuda', 'webgpu', 'tensorrt']), 'auto')).toBe('cuda')
    expect(await selectProvider(machine(['cpu']), 'auto')).toBe('cpu')
  })

  it('never takes TensorRT unasked', async () => {
    expect(await selectProvider(machine(['cpu', 'tensorrt']), 'auto')).toBe('cpu')
  })

  it('is an error where not even the CPU computes', async () => {
    await expect(selectProvider(machine([]), 'auto')).rejects.toThrow(RuntimeError)
  })
})

describe('a device that is not there', () => {
  it('is named, with where the devices are listed', () => {
    const cuda =
      'CUDA failure 101: invalid device ordinal ; GPU=0 ; hostname=vm ; file=cuda_execution_provider.cc ; line=352 ; ' +
      'expr=cudaSetDevice(info_.device_id);'
    expect(deviceFailure(new Error(cuda), 5)).toEqual({
      reason: 'CUDA finds no GPU 5',
      remedy: expect.stringContaining('nvidia-smi -L') as unknown
    })
    expect(deviceFailure(new Error('CUDNN failure 1001'), 0)).toBeUndefined()
  })

  it('has the remedy of a provider that takes none', () => {
    const refused = new RuntimeError('the webgpu provider cannot be told to use device 1', 'leave it at 0')
    expect(deviceFailure(refused, 1)).toEqual({ reason: refused.message, remedy: 'leave it at 0' })
  })
})
