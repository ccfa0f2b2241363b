import { constants } from 'node:fs'
import { lstat, open, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FileError, messageOf } from '../errors.js'
import { REPORT_FILE, parseResult, parseSamples, type Result, type Samples } from '../result.js'
import type { Baseline } from './types.js'

const MIB = 1024 * 1024
/** Sixty thousand layers fit; an entry of a cache that is larger was not written by this program. */
const MAX_RESULT_BYTES = 32 * MIB
/** More than a million samples. */
const MAX_SAMPLES_BYTES = 128 * MIB

/**
 * Reads the result of an earlier run.
 *
 * @param file a result.json, or the report folder that holds one.
 * @throws FileError where it is missing, too large, or no result.
 */
export async function loadBaseline(file: string): Promise<Result> {
  const path = await resultFile(file)
  return parseResult(await readText(path, MAX_RESULT_BYTES, 'follow'), path)
}

/**
 * {@link loadBaseline}, with the outcomes of its samples where they lie beside it. Without them the comparison is not
 * paired and the baseline's notes say why.
 */
export async function openBaseline(file: string): Promise<Baseline> {
  const result = await loadBaseline(file)
  const samples = await loadSamples(dirname(await resultFile(file)), result)
  if (typeof samples === 'string') return { path: file, result, notes: [`not paired: ${samples}`] }
  return { path: file, result, samples, notes: [] }
}

async function resultFile(file: string): Promise<string> {
  const found = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error)
  })
  return found.isDirectory() ? join(file, REPORT_FILE.result) : file
}

/** @returns the samples, or why there are none: they make a comparison sharper and their absence does not stop it. */
async function loadSamples(folder: string, { samples: name, dataset }: Result): Promise<Samples | string> {
  if (name === undefined) return 'result.json names no file of sample outcomes'
  // the name comes from a file that may come from a cache: nothing outside the baseline's own folder is read
  if (basename(name) !== name || name.startsWith('.')) return 'result.json names a file of sample outcomes elsewhere'
  const file = join(folder, name)
  const there = await lstat(file).catch(() => undefined)
  if (there === undefined) return `${name} does not lie beside result.json`
  try {
    const samples = parseSamples(await readText(file, MAX_SAMPLES_BYTES, 'refuse'), name)
    return samples.dataset === dataset.sha256 ? samples : `${name} belongs to another data set than result.json`
  } catch (error) {
    if (error instanceof FileError) return error.message
    throw error
  }
}

async function readText(file: string, limit: number, links: 'follow' | 'refuse'): Promise<string> {
  const flags =
    constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (links === 'refuse' ? (constants.O_NOFOLLOW ?? 0) : 0)
  const handle = await open(file, flags).catch((error: unknown) => {
    throw unreadable(file, error)
  })
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw new FileError(`${file} is not a regular file`)
    if (found.size > limit) throw new FileError(`${file} is larger than ${limit / MIB} MiB, which no result is`)
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

function unreadable(file: string, error: unknown): FileError {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const reasons: Record<string, string> = {
    ENOENT: 'does not exist',
    ENOTDIR: 'does not exist',
    EACCES: 'cannot be read: permission denied',
    ELOOP: 'is a link, which is not followed'
  }
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : `cannot be read: ${messageOf(error)}`
  return new FileError(`${file} ${reason}`, undefined, { cause: error })
}
