import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { GpuFacts } from './types.js'

/** Long enough for a driver that has to be loaded first. */
const TIMEOUT_MS = 10_000

/**
 * NVIDIA's GPUs in the driver's order, which is that of `runtime.device`; empty where its tool is not there. Other
 * vendors' have no tool that every driver brings.
 */
export async function readGpus(): Promise<readonly GpuFacts[]> {
  try {
    const { stdout } = await promisify(execFile)(
      'nvidia-smi',
      ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader,nounits'],
      { timeout: TIMEOUT_MS, encoding: 'utf8' }
    )
    return parseGpus(stdout)
  } catch {
    return []
  }
}

/** Reads `NVIDIA H100 80GB HBM3, 580.65.06, 81559` lines. */
export function parseGpus(text: string): GpuFacts[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const match = /^(.+), ([^,]+), (\d+)\s*$/.exec(line.trim())
    return match === null ? [] : [{ gpu: match[1], driver: match[2], gpuMemoryMiB: Number(match[3]) }]
  })
}
