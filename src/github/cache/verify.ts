import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../errors.js'
import { parseTable } from '../../quantization/index.js'
import { limits } from '../limits.js'
import { ENTRY_FOLDERS } from './protocol.js'

export type VerifiedEntry =
  { readonly ok: true; readonly tables: ReadonlyMap<string, string> } | { readonly ok: false; readonly reason: string }

const TABLES_FOLDER = ENTRY_FOLDERS.tables
const TABLE_NAME = /^[0-9a-f]{64}\.json$/

/**
 * Looks through what was unpacked and believes nothing: only plain files of a table's name, in our one folder, each a
 * whole table that carries the key it is filed under. One bad file condemns the entry, since we never saved such a one.
 *
 * @returns the text of each table by its key
 */
export async function verifyEntry(folder: string): Promise<VerifiedEntry> {
  try {
    return { ok: true, tables: await readEntry(folder) }
  } catch (error) {
    return { ok: false, reason: messageOf(error) }
  }
}

async function readEntry(folder: string): Promise<Map<string, string>> {
  const foreign = (await readdir(folder)).find((name) => name !== TABLES_FOLDER)
  if (foreign !== undefined) throw new Error(`it holds ${JSON.stringify(foreign)}, which no table is`)
  const tables = join(folder, TABLES_FOLDER)
  if (!(await lstat(tables)).isDirectory()) throw new Error(`${TABLES_FOLDER} is no folder`)
  const names = await readdir(tables)
  if (names.length === 0) throw new Error('it is empty')
  if (names.length > limits.cache.maxTables) throw new Error(`it holds ${names.length} files`)

  const verified = new Map<string, string>()
  for (const name of names) {
    const file = join(tables, name)
    const { size, isFile } = await lstat(file).then((stat) => ({ size: stat.size, isFile: stat.isFile() }))
    if (!isFile || !TABLE_NAME.test(name)) throw new Error(`it holds ${JSON.stringify(name)}, which no table is`)
    if (size > limits.cache.maxTableBytes) throw new Error(`table ${name} is larger than a table can be`)
    const text = await readFile(file, 'utf8')
    const { key } = parseTable(text, name)
    if (`${key}.json` !== name) throw new Error(`${name} holds the table of another key`)
    verified.set(key, text)
  }
  return verified
}
