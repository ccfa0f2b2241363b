import { beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseGpus } from '../../src/runtime/gpu.js'
import { loadedLibraries } from '../../src/runtime/libraries.js'
import { loadRuntime, probePrecision, type PrecisionProbe } from '../../src/runtime/index.js'

/** On GPUs these probes were run by hand (docs/verification.md); the CPU provider is what every machine has. */
describe('what low precision is on the CPU provider', () => {
  let probe: PrecisionProbe
  beforeAll(async () => {
    probe = await probePrecision(await loadRuntime(), 'cpu')
  })

  it('float16 is computed in float32 on x64', () => {
    if (process.arch === 'x64') expect(probe.fp16).toBe('float32')
  })

  it('float16 products are added up in float32, and the sum is rounded once at most', () => {
    expect(probe.fp16SumErrorSteps).toBeLessThanOrEqual(0.5 + 1e-3)
  })

  it('a convolution between Q/DQ pairs runs in integers and is exact, saturation of x64 without VNNI included', () => {
    expect(probe.int8).toBe('int8')
    expect(probe.int8ErrorSteps).toBe(0)
  })
})

describe('the GPU libraries in this process', () => {
  it('have the version that the names of their files tell', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'precision-gate-maps-'))
    try {
      const line = (file: string) => `7f0-7f1 r-xp 00000000 fe:00 1  ${file}\n`
      const files = [
        '/usr/local/cuda-12.8/targets/x86_64-linux/lib/libcudart.so.12.8.90',
        '/site-packages/nvidia/cudnn/lib/libcudnn.so.9',
        '/usr/lib/x86_64-linux-gnu/libcudnn_ops.so.9.7.1',
        '/usr/lib/x86_64-linux-gnu/libnvinfer.so.10.14.1 (deleted)',
        '/usr/lib/x86_64-linux-gnu/libc.so.6'
      ]
      writeFileSync(join(folder, 'maps'), files.map(line).join(''))
      expect(await loadedLibraries(join(folder, 'maps'))).toEqual({
        'CUDA runtime': '12.8.90',
        cuDNN: '9',
        TensorRT: '10.14.1'
      })
      expect(await loadedLibraries(join(folder, 'nothing'))).toEqual({})
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the GPUs that nvidia-smi lists', () => {
  it('have a name, a driver and a memory', () => {
    const text = 'NVIDIA H100 80GB HBM3, 580.65.06, 81559\nQuadro, T, 535.1, 4096\n\n'
    expect(parseGpus(text)).toEqual([
      { gpu: 'NVIDIA H100 80GB HBM3', driver: '580.65.06', gpuMemoryMiB: 81559 },
      { gpu: 'Quadro, T', driver: '535.1', gpuMemoryMiB: 4096 }
    ])
  })

  it('are none where the tool says something else', () => {
    expect(parseGpus("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n")).toEqual([])
    expect(parseGpus('NVIDIA GRID, 535.1, [N/A]\n')).toEqual([])
  })
})
