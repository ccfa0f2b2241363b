import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { messageOf } from '../errors.js'
import { writeFileAtomic } from '../util/files.js'
import { parseTable, serializeTable, tableKey, type CalibrationTable, type KeyParts } from './table.js'

export type CacheLookup =
  /** `storedAt`: the date of the file. The table itself carries none: the same inputs give the same bytes. */
  | { readonly hit: true; readonly table: CalibrationTable; readonly file: string; readonly storedAt: Date }
  /**
   * `reason` says which part of the key changed against the nearest entry, or why the entry was refused: a file lies where
   * the table of this key should be, and it is damaged or another table.
   */
  | { readonly hit: false; readonly reason: string; readonly refused: boolean }

/** Calibration tables in a folder, one file a key. Exact keys only: a near match is a wrong table. */
export class TableCache {
  constructor(readonly directory: string) {}

  fileOf(key: string): string {
    return path.join(this.directory, `${key}.json`)
  }

  async find(parts: KeyParts): Promise<CacheLookup> {
    const key = tableKey(parts)
    const file = this.fileOf(key)
    let text: string
    try {
      text = await readFile(file, 'utf8')
    } catch (error) {
      if (isMissing(error)) return { hit: false, refused: false, reason: await this.explainMiss(parts) }
      return { hit: false, refused: true, reason: `${file} cannot be read: ${messageOf(error)}` }
    }
    try {
      const table = parseTable(text, file)
      if (table.key !== key) {
        const differences = describeDifferences(table.parts, parts).join('; ')
        const reason = `${file} holds the table of another key (${differences}): refused`
        return { hit: false, refused: true, reason }
      }
      return { hit: true, table, file, storedAt: (await stat(file)).mtime }
    } catch (error) {
      return { hit: false, refused: true, reason: `${messageOf(error)}: refused` }
    }
  }

  async store(table: CalibrationTable): Promise<string> {
    const file = this.fileOf(table.key)
    await writeFileAtomic(file, serializeTable(table))
    return file
  }

  private async explainMiss(parts: KeyParts): Promise<string> {
    const entries = await this.entries()
    if (entries.length === 0) return 'no table in the cache yet'
    const differences = entries.map(({ parts: other }) => describeDifferences(other, parts))
    const nearest = differences.reduce((a, b) => (b.length < a.length ? b : a))
    // Nothing in common but the folder: the table of another project.
    if (nearest[0] === ANOTHER_GRAPH && nearest.length > 2) return 'no table of this network in the cache yet'
    return nearest.join('; ')
  }

  private async entries(): Promise<CalibrationTable[]> {
    const names = await readdir(this.directory).catch(() => [])
    const tables: CalibrationTable[] = []
    for (const name of names.filter((name) => name.endsWith('.json')).sort()) {
      const file = path.join(this.directory, name)
      try {
        tables.push(parseTable(await readFile(file, 'utf8'), file))
      } catch {
        // A damaged neighbour explains nothing; it is refused with its reason when its own key is asked for.
      }
    }
    return tables
  }
}

const ANOTHER_GRAPH = 'model changed (another graph)'

/** What changed from one key to another, a sentence a part. */
export function describeDifferences(before: KeyParts, after: KeyParts): string[] {
  const differences: string[] = []
  const note = (changed: boolean, text: () => string) => {
    if (changed) differences.push(text())
  }
  note(before.model !== after.model, () => describeModel(before, after))
  note(before.preprocessing !== after.preprocessing, () =>
    describePreprocessing(before.preprocessing, after.preprocessing)
  )
  note(before.imagesHash !== after.imagesHash, () => describeImages(before.images, after.images))
  note(before.method !== after.method, () => `method changed (${readable(before.method)} -> ${readable(after.method)})`)
  note(before.target !== after.target, () => `target changed (${before.target} -> ${after.target})`)
  note(before.algorithm !== after.algorithm, () => 'the algorithm of precision-gate changed')
  const sameTensors = JSON.stringify(before.tensors) === JSON.stringify(after.tensors)
  note(!sameTensors && before.model === after.model && before.target === after.target, () =>
    describeTensors(before.tensors, after.tensors)
  )
  return differences
}

function describeModel(before: KeyParts, after: KeyParts): string {
  const names = Object.keys(after.weights)
  const sameNames = names.length === Object.keys(before.weights).length && names.every((name) => name in before.weights)
  const changed = names.filter((name) => before.weights[name] !== after.weights[name])
  if (!sameNames || changed.length === 0) return ANOTHER_GRAPH
  const more = changed.length > 1 ? ` and ${changed.length - 1} more` : ''
  return `model changed (weight ${changed[0]}${more})`
}

function describePreprocessing(before: string, after: string): string {
  const [old, now] = [stepsOf(before), stepsOf(after)]
  const index = now.findIndex((step, i) => step !== old[i])
  if (index === -1) return `preprocessing changed (step ${now.length + 1} removed: ${readable(old[now.length])})`
  if (index >= old.length) return `preprocessing changed (step ${index + 1} added: ${readable(now[index])})`
  return `preprocessing changed (step ${index + 1}: ${readable(old[index])} -> ${readable(now[index])})`
}

/** Each step as text; none where another version wrote the list in another form. */
function stepsOf(canonical: string): string[] {
  const { steps } = JSON.parse(canonical) as { steps?: unknown }
  return Array.isArray(steps) ? steps.map((step) => JSON.stringify(step)) : []
}

function describeImages(before: readonly string[], after: readonly string[]): string {
  const [old, now] = [new Set(before), new Set(after)]
  const added = after.filter((hash) => !old.has(hash)).length
  const removed = before.filter((hash) => !now.has(hash)).length
  return `calibration images changed (${added} new, ${removed} gone, of ${before.length} before and ${after.length} now)`
}

function describeTensors(before: readonly string[], after: readonly string[]): string {
  const old = new Set(before)
  const added = after.filter((tensor) => !old.has(tensor))
  return `quantized layers changed (${added.length === 0 ? 'fewer' : `new tensor ${added[0]}`}: ${before.length} -> ${after.length} tensors)`
}

function readable(json: string): string {
  return json.replace(/[{}"]/g, '').replace(/,/g, ', ').replace(/:/g, ' ')
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
