import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { RuntimeError } from '../errors.js'
import { ONNXRUNTIME_VERSION, SHARP } from './pins.js'
import { assertSupported, currentPlatform, platformName } from './platform.js'
import { type PartName, cachedFolders, defaultToolCache } from './tool-cache.js'
import { compareVersions } from './versions.js'

export type Source = 'runtime-path' | 'project' | 'program' | 'tool-cache'

export interface Installation {
  /** Directory of the package. */
  readonly path: string
  readonly version: string
}

export interface Found extends Installation {
  readonly source: Source
}

export interface Sources {
  /** A folder that holds node_modules/<package>, or the package itself. */
  readonly runtimePath?: string
  /** Default: see {@link defaultToolCache}. */
  readonly toolCache?: string
  /** Where the search upwards begins; default: the current working directory. */
  readonly from?: string
}

/** What a search meets. */
interface Candidate extends Found {
  /** Why it cannot be used here; undefined where it can. */
  readonly defect: string | undefined
}

interface Part {
  readonly name: PartName
  readonly package: string
  /** Oldest version that is accepted. */
  readonly minimum: string
  readonly preferred: string
  /** Why an installation cannot be used here; undefined where it can. */
  readonly defect: (path: string) => string | undefined
}

const ONNXRUNTIME_PART: Part = {
  name: 'onnxruntime',
  package: 'onnxruntime-node',
  // Session metadata (types and shapes of inputs and outputs) exists since 1.22; nothing before 1.26 has been tested.
  minimum: '1.26.0',
  preferred: ONNXRUNTIME_VERSION,
  defect: (path) => (hasBinding(path) ? undefined : `no library for ${platformName()}`)
}

const SHARP_PART: Part = {
  name: 'sharp',
  package: 'sharp',
  // Pixels were compared with Pillow's from this series on; older ones bring other decoders.
  minimum: '0.35.0',
  preferred: SHARP.version,
  defect: (path) => (hasSharpBinding(path) ? undefined : `its @img/sharp-${platformName()} is missing`)
}

let sourcesOfProcess: Sources = {}

/** Sets where this process looks for native parts unless a call says otherwise; a shell does that once, at its start. */
export function setSources(sources: Sources): void {
  sourcesOfProcess = sources
}

/**
 * Finds an installed onnxruntime-node: in `runtimePath` (nothing else is then looked at); else in the node_modules
 * folders from the working directory upwards, in those around this program, in the tool cache.
 * @throws RuntimeError that lists where it looked, what it found unfit and how to install it.
 */
export function findOnnxRuntime(sources: Sources = {}): Found {
  return find(ONNXRUNTIME_PART, sources)
}

/**
 * Finds an installed sharp in the places of {@link findOnnxRuntime}; a `runtimePath` without one is passed over.
 * @throws RuntimeError as there.
 */
export function findSharp(sources: Sources = {}): Found {
  return find(SHARP_PART, sources)
}

function find(part: Part, asked: Sources): Found {
  const sources = {
    runtimePath: asked.runtimePath ?? sourcesOfProcess.runtimePath,
    toolCache: asked.toolCache ?? sourcesOfProcess.toolCache,
    from: asked.from ?? sourcesOfProcess.from
  }
  const named = sources.runtimePath === undefined ? undefined : fromRuntimePath(part, resolve(sources.runtimePath))
  if (named !== undefined) return named
  const found = installations(part, sources)
  const usable = found.find(({ defect }) => defect === undefined)
  if (usable !== undefined) return { path: usable.path, version: usable.version, source: usable.source }
  assertSupported(currentPlatform())
  const from = resolve(sources.from ?? process.cwd())
  const cache = join(resolve(sources.toolCache ?? defaultToolCache()), 'precision-gate', part.name)
  throw new RuntimeError(
    found.length === 0
      ? `${part.package} is not installed (looked in ${from} and its parent folders, this program's own folder, ${cache})`
      : `no ${part.package} that works here is installed: ${found.map(describe(part)).join('; ')}`,
    `let this program fetch it (precision-gate setup-runtime, or --download), install it beside your project ` +
      `(npm install --ignore-scripts ${part.package}), or point to an installation with --runtime-path`
  )
}

/** The installations that a search meets, in its order, fit or not. */
function installations(part: Part, sources: Sources): Candidate[] {
  const cache = resolve(sources.toolCache ?? defaultToolCache())
  const candidates: (readonly [string, Source])[] = [
    ...upwards(resolve(sources.from ?? process.cwd()), part.package).map((path) => [path, 'project'] as const),
    ...upwards(dirname(fileURLToPath(import.meta.url)), part.package).map((path) => [path, 'program'] as const),
    ...cachedFolders(cache, part.name, part.preferred).map(
      (folder) => [join(folder, 'node_modules', part.package), 'tool-cache'] as const
    )
  ]
  return candidates.map(([path, source]) => {
    const version = manifest(path)?.version ?? '0.0.0'
    return { path, version, source, defect: tooOld(part, version) ?? part.defect(path) }
  })
}

function fromRuntimePath(part: Part, folder: string): Found | undefined {
  const path = [join(folder, 'node_modules', part.package), folder].find(
    (place) => manifest(place)?.name === part.package
  )
  if (path === undefined) {
    if (part.name === 'sharp') return undefined
    throw new RuntimeError(
      `--runtime-path ${folder} holds no ${part.package}: neither node_modules/${part.package} in it nor the folder itself is the package`,
      `install it there: npm install --ignore-scripts --prefix ${folder} ${part.package}`
    )
  }
  const version = manifest(path)?.version ?? '0.0.0'
  const old = tooOld(part, version)
  // What else is wrong with it, loading it tells in more detail.
  if (old === undefined) return { path, version, source: 'runtime-path' }
  throw new RuntimeError(`${part.package} ${version} in ${path} is ${old}`, `install a newer ${part.package}`)
}

/** Node's own order, without its global folders: the same on every machine. */
function upwards(from: string, name: string): string[] {
  const parent = dirname(from)
  const here = basename(from) === 'node_modules' ? from : join(from, 'node_modules')
  const path = join(here, name)
  const found = manifest(path)?.name === name ? [path] : []
  return parent === from ? found : [...found, ...upwards(parent, name)]
}

function tooOld({ minimum }: Part, version: string): string | undefined {
  return compareVersions(version, minimum) < 0 ? `older than ${minimum}` : undefined
}

function hasBinding(path: string): boolean {
  const bin = join(path, 'bin')
  if (!existsSync(bin)) return false
  return readdirSync(bin).some((napi) =>
    existsSync(join(bin, napi, process.platform, process.arch, 'onnxruntime_binding.node'))
  )
}

/** As sharp looks for it: in a package of its own, or built from source. Where it really lies counts, for pnpm. */
function hasSharpBinding(path: string): boolean {
  const real = realpathSync(path)
  const names = [`sharp-${platformName()}`, `sharp-linuxmusl-${process.arch}`, 'sharp-wasm32']
  return (
    existsSync(join(real, 'src', 'build', 'Release')) || names.some((name) => upwards(real, `@img/${name}`).length > 0)
  )
}

function manifest(folder: string): { readonly name?: string; readonly version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string; version?: string }
  } catch {
    // Absent or damaged: no package.
    return undefined
  }
}

function describe(part: Part): (found: Candidate) => string {
  return ({ path, version, defect }) => `${part.package} ${version} in ${path}: ${defect ?? 'usable'}`
}
