import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RuntimeError } from '../errors.js'

export const PACKAGE = 'onnxruntime-node'
/** Session metadata (types and shapes of inputs and outputs) exists since 1.22; nothing before 1.26 has been tested. */
export const MINIMUM_VERSION = '1.26.0'
const INSTALL = `install it beside your project: npm install --ignore-scripts ${PACKAGE}`

export interface Installation {
  /** Directory of the package. */
  readonly path: string
  readonly version: string
}

export interface ProvisionOptions {
  /** A folder that holds node_modules/onnxruntime-node, or the package itself; nothing else is then looked at. */
  readonly runtimePath?: string
  /** Default: RUNNER_TOOL_CACHE, then a cache folder of the user. */
  readonly toolCache?: string
  /** Where the search upwards begins; default: the current working directory. */
  readonly from?: string
}

/**
 * Finds an installed onnxruntime-node: in `runtimePath`; else in the node_modules folders from the working directory
 * upwards, those around this program, and `<toolCache>/onnxruntime-node/<version>/<platform>-<arch>`, newest first.
 * @throws RuntimeError that lists where it looked and how to install it.
 */
export function findOnnxRuntime(options: ProvisionOptions): Installation {
  if (options.runtimePath !== undefined) return fromRuntimePath(resolve(options.runtimePath))
  const from = resolve(options.from ?? process.cwd())
  const cache = options.toolCache ?? defaultToolCache()
  const candidates = [
    resolvePackage(from),
    resolvePackage(dirname(fileURLToPath(import.meta.url))),
    ...cachedPackages(cache)
  ]
  const installed = candidates.flatMap((path) => (path === undefined ? [] : [readInstallation(path)]))
  const usable = installed.find(({ version }) => compareVersions(version, MINIMUM_VERSION) >= 0)
  if (usable !== undefined) return usable
  const places = `${from} and its parent folders, this program's own folder, ${join(cache, PACKAGE)}`
  throw new RuntimeError(
    installed.length === 0
      ? `${PACKAGE} is not installed (looked in ${places})`
      : `no ${PACKAGE} ${MINIMUM_VERSION} or later is installed (found ${installed.map(describe).join(', ')})`,
    `${INSTALL}, or point to an installation with --runtime-path`
  )
}

function fromRuntimePath(folder: string): Installation {
  const path = [join(folder, 'node_modules', PACKAGE), folder].find((place) => isPackage(place))
  if (path === undefined) {
    throw new RuntimeError(
      `--runtime-path ${folder} holds no ${PACKAGE}: neither node_modules/${PACKAGE} in it nor the folder itself is the package`,
      `install it there: npm install --ignore-scripts --prefix ${folder} ${PACKAGE}`
    )
  }
  const installation = readInstallation(path)
  if (compareVersions(installation.version, MINIMUM_VERSION) < 0) {
    throw new RuntimeError(`${describe(installation)} is older than ${MINIMUM_VERSION}`, `install a newer ${PACKAGE}`)
  }
  return installation
}

function resolvePackage(from: string): string | undefined {
  try {
    return dirname(createRequire(join(from, 'package.json')).resolve(`${PACKAGE}/package.json`))
  } catch {
    // Not found from there; the caller reports the list of places.
    return undefined
  }
}

function cachedPackages(cache: string): string[] {
  const root = join(cache, PACKAGE)
  if (!existsSync(root)) return []
  return readdirSync(root)
    .filter((version) => /^\d+\.\d+\.\d+/.test(version))
    .sort((a, b) => compareVersions(b, a))
    .map((version) => join(root, version, `${process.platform}-${process.arch}`, 'node_modules', PACKAGE))
    .filter(isPackage)
}

/** RUNNER_TOOL_CACHE, or where the platform keeps a user's caches. */
export function defaultToolCache(env: NodeJS.ProcessEnv = process.env): string {
  if (env.RUNNER_TOOL_CACHE) return env.RUNNER_TOOL_CACHE
  if (process.platform === 'win32') return join(env.LOCALAPPDATA ?? homedir(), 'precision-gate', 'Cache')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'precision-gate')
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'precision-gate')
}

function isPackage(folder: string): boolean {
  return existsSync(join(folder, 'package.json')) && manifest(folder).name === PACKAGE
}

function readInstallation(path: string): Installation {
  return { path, version: manifest(path).version ?? '0.0.0' }
}

function manifest(folder: string): { name?: string; version?: string } {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string; version?: string }
  } catch (error) {
    throw new RuntimeError(`${join(folder, 'package.json')} cannot be read`, INSTALL, { cause: error })
  }
}

function describe({ path, version }: Installation): string {
  return `${PACKAGE} ${version} in ${path}`
}

/** By major, minor and patch; pre-release tags are ignored. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string): number[] => version.split(/[.-]/, 3).map(Number)
  const [left, right] = [parts(a), parts(b)]
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
