import { isAbsolute, relative, sep } from 'node:path'
import type { GateConfig } from './types.js'

/**
 * What a config asks for, as JSON with sorted keys: the same for two files that differ in comments, order, defaults that are
 * written out, the folder that the workspace lies in, and the device that it runs on.
 */
export function canonicalConfig({ workspace, runtime, ...config }: GateConfig): unknown {
  return plain(
    { ...config, file: undefined, runtime: { ...runtime, device: undefined, devices: undefined } },
    workspace
  )
}

function plain(value: unknown, workspace: string): unknown {
  // The order of the variants is that of the verdicts.
  if (value instanceof Map) return [...(value as Map<string, unknown>)].map((entry) => plain(entry, workspace))
  if (Array.isArray(value)) return value.map((item) => plain(item, workspace))
  if (typeof value === 'string')
    return value.startsWith(workspace) && isAbsolute(value) ? inside(value, workspace) : value
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key, own]) => key !== 'position' && own !== undefined)
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, own]) => [key, plain(own, workspace)])
  )
}

function inside(path: string, workspace: string): string {
  return relative(workspace, path).replaceAll(sep, '/')
}
