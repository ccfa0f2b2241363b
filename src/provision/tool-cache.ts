import { readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { Pin } from './pins.js'
import { platformName } from './platform.js'
import { compareVersions } from './versions.js'

/** What is installed together: a package with all that it requires. */
export type PartName = 'onnxruntime' | 'sharp'

const MARKER = '.complete'

/** Written last: a folder without it, or whose files are not those of the marker, is no installation. */
export interface Marker {
  readonly packages: readonly Pin[]
  /** Bytes by path, relative to the folder, with forward slashes. */
  readonly files: Readonly<Record<string, number>>
  /** SHA-256 of libraries that were added from a local folder. */
  readonly added?: Readonly<Record<string, string>>
}

/** PRECISION_GATE_TOOL_CACHE, RUNNER_TOOL_CACHE, or where the platform keeps a user's caches. */
export function defaultToolCache(env: NodeJS.ProcessEnv = process.env): string {
  if (env.PRECISION_GATE_TOOL_CACHE) return env.PRECISION_GATE_TOOL_CACHE
  if (env.RUNNER_TOOL_CACHE) return env.RUNNER_TOOL_CACHE
  if (process.platform === 'win32') return env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches')
  return env.XDG_CACHE_HOME || join(homedir(), '.cache')
}

/** `<toolCache>/precision-gate/<part>/<version>/<platform>-<arch>`; its node_modules folder holds the packages. */
export function partFolder(toolCache: string, part: PartName, version: string, platform = platformName()): string {
  return join(toolCache, 'precision-gate', part, version, platform)
}

/** Complete installations for this platform: the preferred version, then the newest. */
export function cachedFolders(toolCache: string, part: PartName, preferred: string): string[] {
  return list(join(toolCache, 'precision-gate', part))
    .filter((version) => /^\d+\.\d+\.\d+/.test(version))
    .sort((a, b) => Number(b === preferred) - Number(a === preferred) || compareVersions(b, a))
    .map((version) => partFolder(toolCache, part, version))
    .filter(isComplete)
}

/** Looks at every file's size: cleaners of temporary files and full disks take single ones away. */
export function isComplete(folder: string): boolean {
  const marker = readMarker(folder)
  return (
    marker !== undefined &&
    Object.entries(marker.files).every(([file, bytes]) => {
      const stats = statSync(join(folder, file), { throwIfNoEntry: false })
      return stats?.isFile() === true && stats.size === bytes
    })
  )
}

export function readMarker(folder: string): Marker | undefined {
  try {
    const marker = JSON.parse(readFileSync(join(folder, MARKER), 'utf8')) as Partial<Marker> | null
    return typeof marker?.files === 'object' && Array.isArray(marker.packages) ? (marker as Marker) : undefined
  } catch {
    // Absent or damaged: both mean that nothing is installed there.
    return undefined
  }
}

export function markerFile(folder: string): string {
  return join(folder, MARKER)
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // Absent or unreadable: nothing is cached.
    return []
  }
}
