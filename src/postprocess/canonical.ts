import { sha256 } from '../util/hash.js'

/**
 * How outputs are read, as one text: every option with its default filled in, keys sorted, tables by their hash. Two runs
 * whose texts differ say nothing about each other.
 */
export function canonicalDecoding(options: object): string {
  return JSON.stringify(options, (_, value: unknown) => {
    if (value instanceof Float32Array) return `sha256:${sha256(new Uint8Array(value.buffer))}`
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
