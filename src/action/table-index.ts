import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { parseTable } from '../quantization/index.js'
import { writeFileAtomic } from '../util/files.js'

const HASH = /^[0-9a-f]{64}$/

const indexSchema = z.strictObject({ version: z.literal(1), tables: z.array(z.string().regex(HASH)).min(1).max(256) })

/**
 * Which tables of the local folder belong to a cache key, so that a run that has them all asks no network. Beside the
 * tables, in a folder of its own; whoever finds no such file asks the Actions cache.
 */
function indexFile(directory: string, hash: string): string {
  return join(directory, 'index', `${hash}.json`)
}

/** Whether the local folder holds every table of the key, whole. */
export async function hasTables(directory: string, hash: string): Promise<boolean> {
  try {
    const { tables } = indexSchema.parse(JSON.parse(await readFile(indexFile(directory, hash), 'utf8')))
    for (const key of tables) {
      const file = tableFile(directory, key)
      if (file === undefined || parseTable(await readFile(file, 'utf8'), file).key !== key) return false
    }
    return true
  } catch {
    // Absent or damaged: the next place is asked.
    return false
  }
}

/** Throws where the folder cannot be written. */
export async function rememberTables(directory: string, hash: string, tables: readonly string[]): Promise<void> {
  const index = indexSchema.parse({ version: 1, tables: [...tables].sort() })
  await writeFileAtomic(indexFile(directory, hash), `${JSON.stringify(index)}\n`)
}

/** @returns undefined for a key that is none: it comes from a file that the model's process wrote. */
export function tableFile(directory: string, key: string): string | undefined {
  return HASH.test(key) ? join(directory, `${key}.json`) : undefined
}
