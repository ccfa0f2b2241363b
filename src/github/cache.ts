import { existsSync } from 'node:fs'
import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../errors.js'
import { parseTable } from '../quantization/index.js'
import { withTemporaryFolder, writeFileAtomic } from '../util/files.js'
import { askCache, type CacheConversation } from './cache/process.js'
import { TABLES_FOLDER, type CacheRequest } from './cache/protocol.js'
import { verifyEntry } from './cache/verify.js'
import { limits } from './limits.js'
import type { Logger } from './log.js'

export interface TableCacheOptions {
  /** From {@link cacheKey}. Only an entry of exactly this key is taken. */
  readonly key: string
  /** The environment of the step: `ACTIONS_*`, `RUNNER_TEMP`. */
  readonly env: NodeJS.ProcessEnv
  readonly log: Logger
  /** For the whole call. */
  readonly timeoutMs?: number
  /** The script of the cache's process, where it does not lie beside the bundle. */
  readonly script?: string
}

export type RestoreOutcome =
  /** The files that are new in the local folder, and the number of tables in the entry. */
  | { readonly kind: 'hit'; readonly added: readonly string[]; readonly tables: number }
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
  const outcome = await guarded(options, (folder) => restoreInto(folder, options))
  report(options.log, `calibration tables were not restored from the Actions cache`, outcome)
  return outcome
}

async function restoreInto(
  folder: string,
  options: TableCacheOptions & { readonly directory: string }
): Promise<RestoreOutcome> {
  const { key, directory, log } = options
  const { reply, said } = await ask({ operation: 'restore', key }, folder, options)
  if (reply.kind === 'nothing') {
    const why = reasonIn(said)
    return why === undefined ? { kind: 'miss' } : { kind: 'failed', reason: why }
  }
  if (reply.kind === 'unavailable') return reply
  if (reply.kind !== 'restored') return { kind: 'failed', reason: 'reason' in reply ? reply.reason : reply.kind }
  if (reply.key !== key) return { kind: 'refused', reason: `the entry is that of another key, ${reply.key}` }
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
  return { kind: 'hit', added, tables: entry.tables.size }
}

/**
 * Saves tables under a key that has no entry yet.
 * @param files tables in the local folder; one that does not verify is not saved.
 */
export async function saveTables(
  options: TableCacheOptions & { readonly files: readonly string[] }
): Promise<SaveOutcome> {
  if (options.files.length === 0) return { kind: 'nothing' }
  const outcome = await guarded(options, (folder) => saveFrom(folder, options))
  report(options.log, `calibration tables were not saved to the Actions cache`, outcome)
  return outcome
}

async function saveFrom(
  folder: string,
  options: TableCacheOptions & { readonly files: readonly string[] }
): Promise<SaveOutcome> {
  await mkdir(join(folder, TABLES_FOLDER))
  for (const file of options.files.slice(0, limits.cache.maxTables)) {
    const text = await readFile(file, 'utf8')
    await writeFile(join(folder, TABLES_FOLDER, `${parseTable(text, file).key}.json`), text)
  }
  const { reply, said } = await ask({ operation: 'save', key: options.key }, folder, options)
  if (reply.kind === 'saved') return { kind: 'saved', tables: options.files.length }
  if (reply.kind === 'unavailable') return reply
  if (reply.kind !== 'nothing') return { kind: 'failed', reason: 'reason' in reply ? reply.reason : reply.kind }
  const why = reasonIn(said) ?? 'the library did not say why'
  if (/\(409\)|already exists/i.test(said.join('\n'))) return { kind: 'exists' }
  const denied = /cache write denied|does not permit writes|\(403\)/i.test(said.join('\n'))
  return { kind: denied ? 'denied' : 'failed', reason: why }
}

function ask(request: CacheRequest, folder: string, options: TableCacheOptions): Promise<CacheConversation> {
  const { env, timeoutMs = limits.cache.timeoutMs, script } = options
  const scratch = join(folder, '..', 'scratch')
  return askCache(request, { env, folder, scratch, timeoutMs, ...(script !== undefined && { script }) })
}

type Misfortune = { readonly kind: 'unavailable' | 'failed'; readonly reason: string }

/** Runs in a staging folder on a machine that has the cache at all; whatever goes wrong becomes an outcome. */
async function guarded<Outcome>(
  { key, env }: TableCacheOptions,
  run: (folder: string) => Promise<Outcome>
): Promise<Outcome | Misfortune> {
  if (!env.ACTIONS_RESULTS_URL && !env.ACTIONS_CACHE_URL) {
    return { kind: 'unavailable', reason: 'this is no job of GitHub Actions, or its runner has no cache' }
  }
  if (key.includes(',') || key.length > limits.cache.maxKeyCharacters) {
    return { kind: 'failed', reason: `${JSON.stringify(key)} cannot be a key` }
  }
  try {
    const parent = env.RUNNER_TEMP || env.GITHUB_WORKSPACE
    return await withTemporaryFolder(async (temporary) => {
      // Its real path: the library compares paths as text.
      const folder = join(await realpath(temporary), 'entry')
      await Promise.all([mkdir(folder), mkdir(join(folder, '..', 'scratch'))])
      return run(folder)
    }, parent)
  } catch (error) {
    return { kind: 'failed', reason: messageOf(error) }
  }
}

function report(log: Logger, what: string, outcome: RestoreOutcome | SaveOutcome): void {
  if (!('reason' in outcome)) return
  const line = `${what}: ${outcome.reason}`
  if (outcome.kind === 'unavailable' || outcome.kind === 'denied') log.info(line)
  else log.warning(`${line}. The gate goes on without.`)
}

/** The library returns nothing both for a miss and for a failure; a failure it has printed before. */
function reasonIn(said: readonly string[]): string | undefined {
  const complaint = /^(?:Failed to (?:restore|save|reserve)|Cache reservation failed|Cache (?:restore|save) skipped)/
  return said.findLast((line) => complaint.test(line))
}
