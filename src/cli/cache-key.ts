import { loadConfig } from '../config/index.js'
import { ExitCode } from '../errors.js'
import type { CommandContext } from './context.js'
import { selectPrecisions } from '../gate/precisions.js'
import type { PrecisionOptions } from './precision.js'
import type { CommonOptions } from './options.js'
import { printable } from './printable.js'

export type CacheKeyOptions = Pick<CommonOptions, 'config' | 'workspace' | 'runtimePath'> & PrecisionOptions

/**
 * `precision-gate cache-key`: prints a key under which another cache may keep the calibration tables of a config.
 * Prints nothing on the standard output where nothing is calibrated.
 * @returns the exit code.
 */
export async function cacheKey(options: CacheKeyOptions, { terminal, loadGate }: CommandContext): Promise<number> {
  const { config } = selectPrecisions(await loadConfig(options.config, options), options.precision)
  const { calibrationCacheKey } = await loadGate()
  const key = await calibrationCacheKey(config, { signal: terminal.signal })
  if (key !== undefined) terminal.out.stream.write(`${key}\n`)
  else terminal.err.stream.write(`${printable(`${options.config} has no variant that is calibrated`)}\n`)
  return ExitCode.pass
}
