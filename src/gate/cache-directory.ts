import os from 'node:os'
import path from 'node:path'

/** Where calibration tables are kept. On a self-hosted runner only the tool cache outlives a job. */
export function defaultCacheDirectory(env = process.env): string {
  if (env.PRECISION_GATE_CACHE !== undefined && env.PRECISION_GATE_CACHE !== '') return env.PRECISION_GATE_CACHE
  if (env.RUNNER_TOOL_CACHE !== undefined && env.RUNNER_TOOL_CACHE !== '') {
    return path.join(env.RUNNER_TOOL_CACHE, 'precision-gate', 'calibration')
  }
  const home = os.homedir()
  const base =
    process.platform === 'win32'
      ? (env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'))
      : process.platform === 'darwin'
        ? path.join(home, 'Library', 'Caches')
        : (env.XDG_CACHE_HOME ?? path.join(home, '.cache'))
  return path.join(base, 'precision-gate', 'calibration')
}
