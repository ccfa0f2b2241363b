import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os, { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadBinding } from '../../src/runtime/binding.js'
import { cgroupCpuLimit, hasVnni, parseCpuInfo, readCpuFacts } from '../../src/runtime/cpu.js'
import { loadRuntime } from '../../src/runtime/index.js'
import { findOnnxRuntime } from '../../src/provision/index.js'
import { saturatesU8S8 } from '../../src/runtime/saturation.js'
import type { SessionOptions } from '../../src/runtime/index.js'
import { nativeSettings } from '../../src/runtime/settings.js'

const processor = (id: number, core: number, socket: number, flags: string): string =>
  `processor\t: ${id}\nmodel name\t: Some CPU @ 2.00GHz\nphysical id\t: ${socket}\ncore id\t\t: ${core}\nflags\t\t: fpu ${flags}\n\n`

describe('/proc/cpuinfo', () => {
  it('counts hyper-threads of one core once, and cores of two sockets apart', () => {
    const text = [0, 1, 2, 3, 4, 5, 6, 7].map((id) => processor(id, id % 2, id < 4 ? 0 : 1, 'avx2')).join('')
    expect(parseCpuInfo(text).physicalCores).toBe(4)
  })

  it('keeps the flags that decide INT8 accuracy', () => {
    const info = parseCpuInfo(processor(0, 0, 0, 'sse2 avx2 avx512f avx512_vnni xsave'))
    expect(info).toEqual({ model: 'Some CPU @ 2.00GHz', physicalCores: 1, flags: ['avx2', 'avx512f', 'avx512_vnni'] })
    expect(hasVnni(info.flags)).toBe(true)
    expect(hasVnni(['avx_vnni'])).toBe(true)
    expect(hasVnni(['avx2', 'avx512f', 'avx512bw'])).toBe(false)
  })

  it('reads an arm64 machine, which names no cores and calls its flags features', () => {
    const text = [0, 1, 2, 3]
      .map((id) => `processor\t: ${id}\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd asimddp i8mm\nCPU part\t: 0xd40\n`)
      .join('\n')
    expect(parseCpuInfo(text)).toEqual({ model: undefined, physicalCores: 4, flags: ['asimddp', 'i8mm'] })
  })
})

describe('the CPU limit of a container', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'cgroup-test-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }

  it('is read from version 2, for the group of this process', async () => {
    put('proc/self/cgroup', '0::/docker/abc\n')
    put('sys/fs/cgroup/cpu.max', 'max 100000\n')
    expect(await cgroupCpuLimit(root)).toBe(Infinity)
    put('sys/fs/cgroup/docker/abc/cpu.max', '250000 100000\n')
    expect(await cgroupCpuLimit(root)).toBe(2.5)
  })

  it('is read from version 1', async () => {
    put('sys/fs/cgroup/cpu/cpu.cfs_quota_us', '150000\n')
    put('sys/fs/cgroup/cpu/cpu.cfs_period_us', '100000\n')
    expect(await cgroupCpuLimit(root)).toBe(1.5)
    put('sys/fs/cgroup/cpu/cpu.cfs_quota_us', '-1\n')
    expect(await cgroupCpuLimit(root)).toBe(Infinity)
  })

  it('is infinite where there is no control group', async () => {
    expect(await cgroupCpuLimit(root)).toBe(Infinity)
  })
})

describe('the environment', () => {
  it('names what a result depends on', async () => {
    const runtime = await loadRuntime()
    const environment = runtime.environment({ provider: 'cpu', threads: 0 })
    expect(environment).toMatchObject({
      onnxruntime: runtime.version,
      runtimePath: runtime.path,
      provider: 'cpu',
      node: process.versions.node
    })
    expect(environment.cpu).not.toBe('')
    expect(environment.threads).toBeGreaterThanOrEqual(1)
    expect(environment.threads).toBeLessThanOrEqual(Math.min(environment.cpuCores, os.availableParallelism()))
    expect(runtime.environment({ provider: 'cpu', threads: 7 }).threads).toBe(7)
  })
})

const onX64Linux = process.arch === 'x64' && process.platform === 'linux' ? describe : describe.skip
onX64Linux('saturation of INT8 sums', () => {
  it('is measured where the flags foretell it, and removed by x64quantprecision', async () => {
    const ort = loadBinding(findOnnxRuntime({}))
    const { flags } = await readCpuFacts()
    expect(await saturatesU8S8(ort)).toBe(!hasVnni(flags))
    expect(await saturatesU8S8(ort, true)).toBe(false)
  })
})

describe('the settings of a session', () => {
  const cpu = { model: 'x', physicalCores: 8, usableCores: 4, flags: [] }
  const settings = (saturates: boolean, threads = 0, kernels?: SessionOptions['kernels']) =>
    nativeSettings({ provider: 'cpu', threads, kernels }, { cpu, saturates })

  it('let threads sleep between operators and use the cores that there are', () => {
    expect(settings(false)).toMatchObject({
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      intraOpNumThreads: 4,
      interOpNumThreads: 1,
      extra: { 'session.intra_op.allow_spinning': '0' }
    })
    expect(settings(false, 3).intraOpNumThreads).toBe(3)
  })

  it.each([
    ['webgpu', true, '1'],
    ['cuda', true, '1'],
    ['webgpu', false, undefined],
    ['cpu', true, undefined]
  ] as const)('on %s with strict: %s', (provider, strict, expected) => {
    const { extra } = nativeSettings({ provider, threads: 0, strict }, { cpu, saturates: false })
    expect(extra).toHaveProperty(['session.intra_op.allow_spinning'], '0')
    expect((extra as Record<string, string>)['session.disable_cpu_ep_fallback']).toBe(expected)
  })

  it('ask for exact INT8 sums only where they saturate', () => {
    expect(settings(true).extra).toHaveProperty(['session.x64quantprecision'], '1')
    expect(settings(false).extra).not.toHaveProperty(['session.x64quantprecision'])
  })

  it('leave the kernels to ONNX Runtime, or switch the integer ones off, where that is what is compared', () => {
    expect(settings(true, 0, 'default').extra).not.toHaveProperty(['session.x64quantprecision'])
    expect(settings(false, 0, 'simulated').extra).toHaveProperty(['session.disable_quant_qdq'], '1')
    expect(settings(false).extra).not.toHaveProperty(['session.disable_quant_qdq'])
  })
})
