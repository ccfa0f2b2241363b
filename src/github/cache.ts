import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseTable } from '../quantization/index.js'
import { writeFileAtomic } from '../util/files.js'
import { reportMisfortune, restoreEntry, saveEntry, type CacheOptions } from './cache/entry.js'
import { verifyEntry } from './cache/verify.js'
import { limits } from './limits.js'

/** `key` comes from {@link cacheKey}. Only an entry of exactly this key is taken. */
export type TableCacheOptions = CacheOptions

export type RestoreOutcome =
  /** The files that are new in the local folder, and the keys of all tables in the entry. */
  | { readonly kind: 'hit'; readonly added: readonly string[]; readonly tables: readonly string[] }
  | { readonly kind: 'miss' }
  /** Poisoned, truncated or foreign: nothing of it was taken. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

export type SaveOutcome =
  | { readonly kind: 'saved'; readonly tables: number }
  /** The key has an entry, which cannot be overwritten. */
  | { readonly kind: 'exists' }
  /** No files were given. */
  | { readonly kind: 'nothing' }
  /** The token may read only: pull requests from forks, `pull_request_target`, `workflow_run`. */
  | { readonly kind: 'denied'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

/**
 * Key of an entry: `<prefix>-v1-<hash>`.
 * @param hash SHA-256 in hex. The service matches keys by prefix; a fixed length keeps one from being another's.
 */
export function cacheKey(prefix: string, hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new TypeError('the hash of a cache key is a SHA-256 in lower-case hex')
  const room = limits.cache.maxKeyCharacters - hash.length - 4
  return `${prefix.replace(/[,\s]+/g, '-').slice(0, room)}-v1-${hash}`
}

/**
 * Fetches tables from the Actions cache into the local folder. They are unpacked into a folder of their own, verified
 * one by one, and only then moved; a table that is there already stays. A warning is all that can go wrong.
 */
export async function restoreTables(
  options: TableCacheOptions & { readonly directory: string }
): Promise<RestoreOutcome> {
  const outcome = await restoreEntry('tables', options, (folder, key) => takeTables(folder, key, options))
  reportMisfortune(options.log, `calibration tables were not restored from the Actions cache`, outcome)
  return outcome
}

async function takeTables(
  folder: string,
  found: string,
  { key, directory, log }: TableCacheOptions & { readonly directory: string }
): Promise<RestoreOutcome> {
  if (found !== key) return { kind: 'refused', reason: `the entry is that of another key, ${found}` }
  const entry = await verifyEntry(folder)
  if (!entry.ok) return { kind: 'refused', reason: entry.reason }

  const added: string[] = []
  for (const [table, text] of entry.tables) {
    const file = join(directory, `${table}.json`)
    if (existsSync(file)) continue
    await writeFileAtomic(file, text)
    added.push(file)
  }
  log.debug(`restored ${added.length} of ${entry.tables.size} tables from ${key}`)
  return { kind: 'hit', added, tables: [...entry.tables.keys()] }
}

/**
 * Saves tables under a key that has no entry yet.
 * @param files tables in the local folder; one that does not verify is not saved.
 */
export async function saveTables(
  options: TableCacheOptions & { readonly files: readonly string[] }
): Promise<SaveOutcome> {
  const { files, log } = options
  if (files.length === 0) return { kind: 'nothing' }
  const outcome = await saveEntry('tables', options, async (folder) => {
    for (const file of files.slice(0, limits.cache.maxTables)) {
      const text = await readFile(file, 'utf8')
      await writeFile(join(folder, `${parseTable(text, file).key}.json`), text)
    }
  })
  reportMisfortune(log, `calibration tables were not saved to the Actions cache`, outcome)
  return outcome.kind === 'saved' ? { kind: 'saved', tables: files.length } : outcome
}
