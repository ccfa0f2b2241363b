import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ConfigurationError } from '../errors.js'
import { INPUT } from './names.js'
import { existing, type Places } from './places.js'

/**
 * The report folders of shards: each a folder in the one that the input `merge` names.
 * @throws ConfigurationError where it is not there, leads out of the workspace, or holds no folder.
 */
export async function findShards(folder: string, { workingDirectory, workspace }: Places): Promise<string[]> {
  const place = await existing(INPUT.merge, resolve(workingDirectory, folder), workspace)
  const entries = await readdir(place, { withFileTypes: true }).catch(() => [])
  const shards = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(place, name))
  if (shards.length > 0) return shards.sort()
  throw new ConfigurationError(
    [{ message: `input ${INPUT.merge}: ${folder} holds no folder` }],
    'download the artifact of each shard into a folder of its own there (actions/download-artifact without merge-multiple)'
  )
}
