import { lstat, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { messageOf } from '../errors.js'
import { REPORT_FILE, parseResult, parseSamples } from '../result.js'
import { writeFileAtomic } from '../util/files.js'
import { sha256 } from '../util/hash.js'
import { reportMisfortune, restoreEntry, saveEntry, type CacheOptions } from './cache/entry.js'
import { ENTRY_FOLDERS } from './cache/protocol.js'
import { limits } from './limits.js'

/** Whose last result it is. */
export interface BaselineIdentity {
  readonly reportId: string
  readonly branch: string
}

export interface BaselineKey extends BaselineIdentity {
  /** First part of all keys. */
  readonly prefix: string
}

export type BaselineRestored =
  | { readonly kind: 'hit'; readonly key: string }
  | { readonly kind: 'miss' }
  | { readonly kind: 'refused' | 'unavailable' | 'failed'; readonly reason: string }

export type BaselineSaved =
  | { readonly kind: 'saved' | 'exists' }
  | { readonly kind: 'denied' | 'unavailable' | 'failed'; readonly reason: string }

const { result: RESULT, samples: SAMPLES } = REPORT_FILE
const IDENTITY = 'baseline.json'

const identitySchema = z.strictObject({
  format: z.literal('precision-gate baseline'),
  version: z.literal(1),
  reportId: z.string(),
  branch: z.string(),
  /** SHA-256 by file. */
  files: z.record(z.enum([RESULT, SAMPLES]), z.string().optional())
})

/**
 * What the keys of a branch's results begin with: `<prefix>-baseline-v1-<report>-<branch>-<hash>-`. The names are there
 * to be read; the hash, of a fixed length, keeps `main` from finding `main-2`.
 */
export function baselinePrefix({ prefix, reportId, branch }: BaselineKey): string {
  const readable = (text: string, room: number) => text.replace(/[^A-Za-z0-9._]+/g, '-').slice(0, room)
  const hash = sha256(JSON.stringify([reportId, branch])).slice(0, 32)
  return `${prefix.replace(/[,\s]+/g, '-').slice(0, 200)}-baseline-v1-${readable(reportId, 60)}-${readable(branch, 100)}-${hash}-`
}

/** Key of one run's result. Keys cannot be written twice, so each run has its own; the newest is found by the prefix. */
export function baselineKey(key: BaselineKey, run: { readonly id: number; readonly attempt: number }): string {
  return `${baselinePrefix(key)}${run.id}-${run.attempt}`
}

/**
 * Fetches a branch's last result from the Actions cache into a folder, as `result.json` and `samples.json`. Nothing of an
 * entry is taken that is not whole, of the right kind, and says itself whose result it is.
 * @param options.key of this run, which has no entry yet
 */
export async function restoreBaseline(
  options: CacheOptions & { readonly prefix: string; readonly directory: string } & BaselineIdentity
): Promise<BaselineRestored> {
  const outcome = await restoreEntry('baseline', options, async (folder, key): Promise<BaselineRestored> => {
    if (!key.startsWith(options.prefix)) return { kind: 'refused', reason: `the entry is that of another key, ${key}` }
    let files: ReadonlyMap<string, string>
    try {
      files = await verify(folder, options)
    } catch (error) {
      return { kind: 'refused', reason: messageOf(error) }
    }
    for (const [name, text] of files) await writeFileAtomic(join(options.directory, name), text)
    return { kind: 'hit', key }
  })
  reportMisfortune(options.log, 'the baseline was not restored from the Actions cache', outcome)
  return outcome
}

/** Saves a run's result as its branch's last one. */
export async function saveBaseline(
  options: CacheOptions & { readonly result: string; readonly samples?: string } & BaselineIdentity
): Promise<BaselineSaved> {
  const { reportId, branch, log } = options
  const outcome = await saveEntry('baseline', options, async (folder) => {
    const files: Record<string, string> = {}
    const put = async (name: string, file: string, check: (text: string) => unknown): Promise<void> => {
      const text = await readFile(file, 'utf8')
      check(text)
      files[name] = sha256(text)
      await writeFile(join(folder, name), text)
    }
    await put(RESULT, options.result, parseResult)
    if (options.samples !== undefined) await put(SAMPLES, options.samples, parseSamples)
    const identity = { format: 'precision-gate baseline', version: 1, reportId, branch, files }
    await writeFile(join(folder, IDENTITY), `${JSON.stringify(identity)}\n`)
  })
  reportMisfortune(log, 'the result was not saved to the Actions cache as a baseline', outcome)
  return outcome
}

async function verify(folder: string, { reportId, branch }: BaselineIdentity): Promise<Map<string, string>> {
  const own = ENTRY_FOLDERS.baseline
  const foreign = (await readdir(folder)).find((name) => name !== own)
  if (foreign !== undefined) throw new Error(`it holds ${JSON.stringify(foreign)}, which no baseline does`)
  const content = join(folder, own)
  if (!(await lstat(content)).isDirectory()) throw new Error(`${own} is no folder`)
  const unknown = (await readdir(content)).find((name) => ![IDENTITY, RESULT, SAMPLES].includes(name))
  if (unknown !== undefined) throw new Error(`it holds ${JSON.stringify(unknown)}, which no baseline does`)

  const identity = identitySchema.parse(JSON.parse(await readPlain(content, IDENTITY, limits.baseline.maxResultBytes)))
  if (identity.branch !== branch || identity.reportId !== reportId) {
    throw new Error(`it is that of report ${JSON.stringify(identity.reportId)} on ${JSON.stringify(identity.branch)}`)
  }
  const files = new Map<string, string>()
  const take = async (name: typeof RESULT | typeof SAMPLES, max: number, check: (text: string) => unknown) => {
    const text = await readPlain(content, name, max)
    if (sha256(text) !== identity.files[name]) throw new Error(`${name} does not match its checksum`)
    check(text)
    files.set(name, text)
  }
  await take(RESULT, limits.baseline.maxResultBytes, parseResult)
  const { ref } = parseResult(files.get(RESULT)).run ?? {}
  if (ref !== branch) throw new Error(`its result is that of ${JSON.stringify(ref ?? 'no branch')}`)
  if (identity.files[SAMPLES] !== undefined) await take(SAMPLES, limits.baseline.maxSamplesBytes, parseSamples)
  return files
}

async function readPlain(folder: string, name: string, max: number): Promise<string> {
  const facts = await lstat(join(folder, name))
  if (!facts.isFile()) throw new Error(`${name} is no plain file`)
  if (facts.size > max) throw new Error(`${name} is larger than a baseline can be`)
  return readFile(join(folder, name), 'utf8')
}
