import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openBaseline } from '../baseline/index.js'
import { FileError } from '../errors.js'
import { parseShard, REPORT_FILE, type Result, type Samples, type Shard } from '../result.js'

/** The report folder of one shard. */
export interface ShardReport {
  readonly folder: string
  readonly result: Result
  readonly samples: Samples
  readonly shard: Shard
}

/** More than a million samples. */
const MAX_BYTES = 2 ** 28

/** @throws FileError where the folder is not what `run --shard` leaves. */
export async function loadShard(folder: string): Promise<ShardReport> {
  try {
    return await readShard(folder)
  } catch (error) {
    if (!(error instanceof FileError) || error.hint !== undefined) throw error
    throw new FileError(error.message, UPLOAD, { cause: error })
  }
}

async function readShard(folder: string): Promise<ShardReport> {
  const { result, samples, notes } = await openBaseline(folder)
  if (result.shard === undefined) {
    throw new FileError(`${folder} is the report of a whole run`, 'merge takes the folders of `run --shard i/n`')
  }
  if (samples === undefined) {
    throw new FileError(`${folder}: ${notes.join('; ').replaceAll('not paired: ', '')}`)
  }
  const file = join(folder, REPORT_FILE.shard)
  const found = await lstat(file).catch(() => undefined)
  if (found?.isFile() !== true) throw new FileError(`${file} is not there`)
  if (found.size > MAX_BYTES) throw new FileError(`${file} is larger than any shard makes it`)
  const shard = parseShard(await readFile(file, 'utf8'), file)
  const { index, count } = result.shard
  const belongs = shard.index === index && shard.count === count && shard.samples.length === samples.ids.length
  if (!belongs) throw new FileError(`${file} and the result.json beside it belong to different runs`)
  return { folder, result, samples, shard }
}

const UPLOAD = 'a shard is the whole report folder of `run --shard i/n`: result.json, samples.json and shard.json'
