import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** What of the processor decides INT8 accuracy, speed and the number of threads. */
export interface CpuFacts {
  readonly model: string
  readonly physicalCores: number
  /** Threads that run at once without disturbing each other: physical cores within affinity and container limits. */
  readonly usableCores: number
  /** Of FLAGS_THAT_MATTER, those the processor has; empty where the platform does not tell (Windows). */
  readonly flags: readonly string[]
}

// x86: MLAS chooses its INT8, FP16 and FP32 kernels by these. arm64: dot product, 8-bit matrix product, half precision.
const FLAGS_THAT_MATTER = new Set(
  (
    'avx avx2 fma f16c avx_vnni avx_vnni_int8 avx512f avx512bw avx512vl avx512_vnni avx512_fp16 amx_int8 amx_fp16 ' +
    'asimddp i8mm asimdhp fphp sve sve2'
  ).split(' ')
)
// macOS reports the same features under Arm's names.
const SYSCTL_FLAGS: Readonly<Record<string, string>> = {
  'hw.optional.arm.FEAT_DotProd': 'asimddp',
  'hw.optional.arm.FEAT_I8MM': 'i8mm',
  'hw.optional.arm.FEAT_FP16': 'asimdhp'
}

/** VNNI multiplies u8 by s8 and adds to 32 bits; what came before adds in 16 bits, which saturate. */
export function hasVnni(flags: readonly string[]): boolean {
  return flags.includes('avx512_vnni') || flags.includes('avx_vnni')
}

export async function readCpuFacts(): Promise<CpuFacts> {
  const { model, physicalCores, flags } = await platformFacts()
  const limit = await cgroupCpuLimit()
  return {
    model,
    physicalCores,
    flags,
    usableCores: Math.max(1, Math.min(physicalCores, os.availableParallelism(), Math.floor(limit)))
  }
}

async function platformFacts(): Promise<Omit<CpuFacts, 'usableCores'>> {
  const model = os.cpus()[0]?.model.trim() || 'unknown'
  if (process.platform === 'linux') {
    const info = parseCpuInfo(await readFile('/proc/cpuinfo', 'utf8'))
    return { model: info.model ?? model, physicalCores: info.physicalCores, flags: info.flags }
  }
  if (process.platform === 'darwin') {
    const known = await sysctl(['hw.perflevel0.physicalcpu', 'hw.physicalcpu', ...Object.keys(SYSCTL_FLAGS)])
    // Apple silicon: the efficiency cores would hold back every parallel loop.
    const cores = Number(known.get('hw.perflevel0.physicalcpu') ?? known.get('hw.physicalcpu'))
    const flags = Object.entries(SYSCTL_FLAGS).flatMap(([key, flag]) => (known.get(key) === '1' ? [flag] : []))
    return { model, physicalCores: cores || os.cpus().length, flags }
  }
  // Windows has no documented way to ask for VNNI without native code, and none for cores that costs less than a second.
  return { model, physicalCores: os.cpus().length || 1, flags: [] }
}

/** Reads the text of /proc/cpuinfo (x86 and arm64). */
export function parseCpuInfo(text: string): { model?: string; physicalCores: number; flags: string[] } {
  const processors = text
    .split(/\n\s*\n/)
    .map((block) => new Map(block.split('\n').map((line) => splitLine(line))))
    .filter((fields) => fields.has('processor'))
  // Hyper-threads share (physical id, core id); arm64 names neither and has one thread a core.
  const cores = new Set(
    processors.map((fields) =>
      fields.has('core id')
        ? `${fields.get('physical id') ?? ''}/${fields.get('core id')}`
        : `processor ${fields.get('processor')}`
    )
  )
  const first = processors[0]
  const flags = (first?.get('flags') ?? first?.get('Features') ?? '').split(' ')
  return {
    model: first?.get('model name'),
    physicalCores: Math.max(1, cores.size),
    flags: flags.filter((flag) => FLAGS_THAT_MATTER.has(flag))
  }
}

function splitLine(line: string): [string, string] {
  const colon = line.indexOf(':')
  return colon < 0 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
}

/** CPU quota of the control group (v2, then v1) in cores; Infinity where there is none. Node counts it only from 22 on. */
export async function cgroupCpuLimit(root = '/'): Promise<number> {
  const base = join(root, 'sys/fs/cgroup')
  const own = /^0::(.*)$/m.exec((await readText(join(root, 'proc/self/cgroup'))) ?? '')?.[1] ?? '/'
  const limits = await Promise.all(
    [join(base, own), base].map(async (folder) => {
      const v2 = await readText(join(folder, 'cpu.max'))
      if (v2 !== undefined) return ratio(...(v2.trim().split(' ') as [string, string?]))
      const quota = await readText(join(folder, 'cpu', 'cpu.cfs_quota_us'))
      const period = await readText(join(folder, 'cpu', 'cpu.cfs_period_us'))
      return ratio(quota, period)
    })
  )
  return Math.min(...limits)
}

function ratio(quota?: string, period?: string): number {
  const limit = Number(quota) / Number(period)
  return limit > 0 ? limit : Infinity
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

async function sysctl(keys: readonly string[]): Promise<Map<string, string>> {
  const values = await Promise.all(
    keys.map(async (key) => {
      // A key that this Mac does not know is an error exit, and means: not there.
      const output = await promisify(execFile)('sysctl', ['-n', key]).catch(() => undefined)
      return [key, output?.stdout.trim()] as const
    })
  )
  return new Map(values.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])))
}
