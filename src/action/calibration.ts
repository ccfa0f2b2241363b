import { existsSync } from 'node:fs'
import { messageOf } from '../errors.js'
import { cacheKey, restoreTables, saveTables } from '../github/index.js'
import type { Result } from '../result.js'
import { runChild } from './child/process.js'
import type { Step } from './step.js'
import { hasTables, rememberTables, tableFile } from './table-index.js'

/** The tables of this run in the Actions cache. */
export interface TableCache {
  /** In the Actions cache. */
  readonly key: string
  readonly hash: string
  /** `miss`: nobody has them; they are worth saving. */
  readonly state: 'local' | 'restored' | 'miss' | 'unavailable'
}

/** Reading the calibration images twice as long as this is worse than calibrating. */
const KEY_TIMEOUT_MS = 10 * 60_000

/**
 * Makes the tables available in the local folder: they are there, or the Actions cache has them. The key is computed by
 * a process without secrets, since it reads the model and the config of a pull request.
 *
 * @returns undefined where nothing is calibrated, or the config is wrong, which the gate itself says better
 */
export async function restoreCalibration(step: Step): Promise<TableCache | undefined> {
  const { inputs, log, env, cacheDirectory, gateArguments, places } = step
  const { end, log: said } = await runChild({
    args: [step.cli, 'cache-key', ...gateArguments],
    cwd: places.workingDirectory,
    env: step.childEnvironment,
    timeoutMs: KEY_TIMEOUT_MS,
    signal: step.signal,
    write: () => undefined
  })
  const hash = said.find((line) => /^[0-9a-f]{64}$/.test(line))
  if (end.kind !== 'exit' || end.code !== 0) {
    log.debug(`no cache key: ${said.join('\n')}`)
    return undefined
  }
  if (hash === undefined) return undefined
  const key = cacheKey(inputs.cacheKeyPrefix, hash)
  if (await hasTables(cacheDirectory, hash)) {
    log.info(`calibration tables: all in ${cacheDirectory}`)
    return { key, hash, state: 'local' }
  }
  const outcome = await restoreTables({ key, env, log, directory: cacheDirectory })
  switch (outcome.kind) {
    case 'hit':
      log.info(`calibration tables: ${outcome.tables.length} in the Actions cache, key ${key}`)
      return { key, hash, state: 'restored' }
    case 'miss':
      log.info(`calibration tables: not in the Actions cache yet, key ${key}`)
      return { key, hash, state: 'miss' }
    default:
      return { key, hash, state: 'unavailable' }
  }
}

/** Notes in the local folder which tables belong to the key, so that the next run there asks no network. */
export async function rememberCalibration(step: Step, { hash, state }: TableCache, result: Result): Promise<void> {
  const { keys, files } = tablesOf(step, result)
  if (state === 'local' || files.length === 0) return
  await rememberTables(step.cacheDirectory, hash, keys).catch((error: unknown) => step.log.debug(messageOf(error)))
}

/** Saves the tables that the result names in the Actions cache, where nobody has done so. */
export async function saveCalibration(step: Step, { key, state }: TableCache, result: Result): Promise<void> {
  const { log, env } = step
  const { files } = tablesOf(step, result)
  if (state !== 'miss' || files.length === 0) return
  const outcome = await saveTables({ key, env, log, files })
  if (outcome.kind === 'saved') log.info(`calibration tables: ${outcome.tables} saved in the Actions cache, key ${key}`)
  if (outcome.kind === 'exists') log.info(`calibration tables: another run has saved them meanwhile, key ${key}`)
}

/** The tables of a result with their files in the local folder; none where one is missing: it would be so for good. */
function tablesOf({ cacheDirectory }: Step, result: Result): { keys: readonly string[]; files: readonly string[] } {
  const keys = [...new Set(calibrationsOf(result).map(({ key }) => key))]
  const files = keys.flatMap((key) => tableFile(cacheDirectory, key) ?? []).filter((file) => existsSync(file))
  return files.length < keys.length || failedInt8(result) ? { keys: [], files: [] } : { keys, files }
}

/** Whether every table came from a cache, and there was one. */
export function cacheHit(result: Result): boolean {
  const calibrations = calibrationsOf(result)
  return calibrations.length > 0 && calibrations.every(({ source }) => source === 'cache')
}

function calibrationsOf({ variants }: Result) {
  return Object.values(variants).flatMap(({ calibration }) => calibration ?? [])
}

/** It may have failed before it had a table. */
function failedInt8({ variants }: Result): boolean {
  return Object.values(variants).some(
    ({ precision, calibration, error }) => precision === 'int8' && error !== undefined && calibration === undefined
  )
}
