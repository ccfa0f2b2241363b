import os from 'node:os';
import path__default from 'node:path';

/** Where calibration tables are kept. On a self-hosted runner only the tool cache outlives a job. */
function defaultCacheDirectory(env = process.env) {
    if (env.PRECISION_GATE_CACHE !== undefined && env.PRECISION_GATE_CACHE !== '')
        return env.PRECISION_GATE_CACHE;
    if (env.RUNNER_TOOL_CACHE !== undefined && env.RUNNER_TOOL_CACHE !== '') {
        return path__default.join(env.RUNNER_TOOL_CACHE, 'precision-gate', 'calibration');
    }
    const home = os.homedir();
    const base = process.platform === 'win32'
        ? (env.LOCALAPPDATA ?? path__default.join(home, 'AppData', 'Local'))
        : process.platform === 'darwin'
            ? path__default.join(home, 'Library', 'Caches')
            : (env.XDG_CACHE_HOME ?? path__default.join(home, '.cache'));
    return path__default.join(base, 'precision-gate', 'calibration');
}

export { defaultCacheDirectory as d };
