import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../errors.js'
import { withTemporaryFolder } from '../../util/files.js'
import { limits } from '../limits.js'
import type { Logger } from '../log.js'
import { askCache } from './process.js'
import { ENTRY_FOLDERS, type CacheRequest, type EntryKind } from './protocol.js'

export interface CacheOptions {
  readonly key: string
  /** The environment of the step: `ACTIONS_*`, `RUNNER_TEMP`. */
  readonly env: NodeJS.ProcessEnv
  readonly log: Logger
  /** For the whole call. */
  readonly timeoutMs?: number
  /** The script of the cache's process, where it does not lie beside the bundle. */
  readonly script?: string
}

export type Misfortune = { readonly kind: 'unavailable' | 'failed'; readonly reason: string }

export type EntryRestored = { readonly kind: 'restored'; readonly key: string } | { readonly kind: 'miss' } | Misfortune

export type EntrySaved =
  | { readonly kind: 'saved' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'denied'; readonly reason: string }
  | Misfortune

/**
 * Fetches an entry and hands it to `use`, whatever is in it: it was unpacked into a folder of its own, which vanishes
 * afterwards, and nothing of it has been verified.
 * @param use gets the folder that holds the entry's one folder, and the key that was found
 */
export async function restoreEntry<Outcome>(
  kind: EntryKind,
  options: CacheOptions & { readonly prefix?: string },
  use: (folder: string, key: string) => Promise<Outcome>
): Promise<Outcome | Exclude<EntryRestored, { kind: 'restored' }>> {
  const { key, prefix } = options
  return guarded(options, async (folder) => {
    const request = { operation: 'restore', kind, key, ...(prefix !== undefined && { prefix }) } as const
    const { reply, said } = await ask(request, folder, options)
    switch (reply.kind) {
      case 'restored':
        return use(folder, reply.key)
      case 'nothing': {
        const why = reasonIn(said)
        return why === undefined ? { kind: 'miss' } : { kind: 'failed', reason: why }
      }
      case 'unavailable':
        return { kind: 'unavailable', reason: reply.reason }
      default:
        return { kind: 'failed', reason: 'reason' in reply ? reply.reason : reply.kind }
    }
  })
}

/**
 * Saves an entry under a key that has none yet.
 * @param fill writes the entry's files into the folder that it gets
 */
export async function saveEntry(
  kind: EntryKind,
  options: CacheOptions,
  fill: (folder: string) => Promise<void>
): Promise<EntrySaved> {
  return guarded(options, async (folder) => {
    const content = join(folder, ENTRY_FOLDERS[kind])
    await mkdir(content)
    await fill(content)
    const { reply, said } = await ask({ operation: 'save', kind, key: options.key }, folder, options)
    switch (reply.kind) {
      case 'saved':
        return { kind: 'saved' }
      case 'unavailable':
        return { kind: 'unavailable', reason: reply.reason }
      case 'nothing':
        return whyNotSaved(said)
      default:
        return { kind: 'failed', reason: 'reason' in reply ? reply.reason : reply.kind }
    }
  })
}

function whyNotSaved(said: readonly string[]): EntrySaved {
  const text = said.join('\n')
  if (/\(409\)|already exists/i.test(text)) return { kind: 'exists' }
  const denied = /cache write denied|does not permit writes|\(403\)/i.test(text)
  return { kind: denied ? 'denied' : 'failed', reason: reasonIn(said) ?? 'the library did not say why' }
}

function ask(request: CacheRequest, folder: string, options: CacheOptions): ReturnType<typeof askCache> {
  const { env, timeoutMs = limits.cache.timeoutMs, script } = options
  const scratch = join(folder, '..', 'scratch')
  return askCache(request, { env, folder, scratch, timeoutMs, ...(script !== undefined && { script }) })
}

/** Runs in a staging folder on a machine that has the cache at all; whatever goes wrong becomes an outcome. */
async function guarded<Outcome>(
  { key, env }: CacheOptions,
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

/** One line for what did not work; only what somebody should look at is a warning. */
export function reportMisfortune(
  log: Logger,
  what: string,
  outcome: { readonly kind: string; readonly reason?: string }
): void {
  if (outcome.reason === undefined) return
  const line = `${what}: ${outcome.reason}`
  if (outcome.kind === 'unavailable' || outcome.kind === 'denied') log.info(line)
  else log.warning(`${line}. The gate goes on without.`)
}

/** The library returns nothing both for a miss and for a failure; a failure it has printed before. */
function reasonIn(said: readonly string[]): string | undefined {
  const complaint = /^(?:Failed to (?:restore|save|reserve)|Cache reservation failed|Cache (?:restore|save) skipped)/
  return said.findLast((line) => complaint.test(line))
}
