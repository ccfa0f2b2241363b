import { copyFile, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FileError } from '../errors.js'
import { hashModel } from '../model/index.js'
import { REPORT_FILE } from '../result.js'
import { withTemporaryFile } from '../util/files.js'
import type { ShardReport } from './load.js'

const REPORTS: ReadonlySet<string> = new Set(Object.values(REPORT_FILE))

/**
 * Copies the models and tables of a shard, which are the same in all of them, into the report folder of the whole. Links are
 * not followed, and a model that is not the judged one is refused.
 *
 * @returns models that the shard's folder does not hold.
 */
export async function copyArtefacts({ folder, result, shard }: ShardReport, target: string): Promise<string[]> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name)
    if (REPORTS.has(name) || name.startsWith('.') || !(await lstat(file)).isFile()) continue
    await withTemporaryFile(join(target, name), (temporary) => copyFile(file, temporary))
  }
  const missing: string[] = []
  for (const [name, { precision, model }] of Object.entries(result.variants)) {
    if (model === undefined || (precision !== 'fp16' && precision !== 'int8')) continue
    const copied = join(target, model)
    if ((await lstat(copied).catch(() => undefined)) === undefined) missing.push(model)
    else if ((await hashModel(copied)) !== shard.artefacts[name]) {
      throw new FileError(`${join(folder, model)} is not the model of ${name} that the shards judged`)
    }
  }
  return missing
}
