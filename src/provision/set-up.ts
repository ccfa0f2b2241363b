import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { FileError } from '../errors.js'
import type { Logger, ProgressReporter } from '../util/progress.js'
import { findOnnxRuntime, findSharp, type Found, type Sources } from './find.js'
import { installPart, type InstallOptions, type TarballSource } from './install.js'
import { onnxruntimePart, type PinnedPart, sharpPart } from './parts.js'
import { currentPlatform, type Platform } from './platform.js'
import { type AddedLibrary, addProviderLibraries } from './provider-libraries.js'
import { packedName, resolveRegistry } from './registry.js'
import { defaultToolCache, readMarker } from './tool-cache.js'

export interface SetUpOptions {
  /** Default: see {@link defaultToolCache}. */
  readonly toolCache?: string
  /** Address of an npm registry; default: npm_config_registry, then the public one. */
  readonly registry?: string
  /** A folder with the tarballs, as `npm pack` names them: nothing is downloaded then. */
  readonly offline?: string
  /** onnxruntime-node's; one of those with a pinned hash. */
  readonly runtimeVersion?: string
  /** A folder with the CUDA and TensorRT provider libraries. */
  readonly cudaLibraries?: string
  readonly platform?: Platform
  readonly log: Logger
  readonly progress: ProgressReporter
  readonly signal?: AbortSignal
}

export interface InstalledPart extends Found {
  readonly name: PinnedPart['name']
  /** Of the tool cache; its node_modules holds the package and what it requires. */
  readonly folder: string
  /** By this call; otherwise it was there. */
  readonly installed: boolean
  readonly bytes: number
}

export interface SetUp {
  readonly toolCache: string
  readonly onnxruntime: InstalledPart
  readonly sharp: InstalledPart
  readonly libraries: readonly AddedLibrary[]
}

/**
 * Installs onnxruntime-node and sharp into the tool cache, without npm; what is complete there is left as it is.
 * @throws ConfigurationError for a registry that is no address; RuntimeError where the platform is not supported, a
 *   package cannot be had or is not the pinned one; FileError where a folder cannot be read or written.
 */
export async function setUpRuntime(options: SetUpOptions): Promise<SetUp> {
  const platform = options.platform ?? currentPlatform()
  const parts = [onnxruntimePart(platform, options.runtimeVersion), sharpPart(platform)] as const
  const toolCache = resolve(options.toolCache ?? defaultToolCache())
  const install: InstallOptions = { ...options, toolCache, source: tarballSource(options, parts) }
  const onnxruntime = await installPart(parts[0], install)
  const sharp = await installPart(parts[1], install)
  const libraries =
    options.cudaLibraries === undefined
      ? []
      : await addProviderLibraries(parts[0], onnxruntime.folder, options.cudaLibraries, options)
  return {
    toolCache,
    onnxruntime: installedPart(parts[0], onnxruntime),
    sharp: installedPart(parts[1], sharp),
    libraries
  }
}

export interface NativeParts {
  readonly onnxruntime: Found
  readonly sharp: Found
}

/**
 * Finds onnxruntime-node and sharp where {@link findOnnxRuntime} looks, and installs into the tool cache what is not
 * there. A version or CUDA libraries that are asked for must be honoured, hence mean the tool cache. Loads nothing: the
 * caller may be a process that native code must not enter.
 */
export async function provideRuntime(options: SetUpOptions & Sources): Promise<NativeParts> {
  const exact = options.runtimeVersion !== undefined || options.cudaLibraries !== undefined
  if (options.runtimePath !== undefined || !exact) {
    const parts = findBoth(options)
    if (parts !== undefined) return parts
  }
  const { onnxruntime, sharp } = await setUpRuntime(options)
  return { onnxruntime, sharp }
}

function findBoth(sources: Sources): NativeParts | undefined {
  // A folder that was named and does not hold the runtime is a mistake to be told, not to be downloaded around.
  if (sources.runtimePath !== undefined) findOnnxRuntime(sources)
  try {
    return { onnxruntime: findOnnxRuntime(sources), sharp: findSharp(sources) }
  } catch {
    // Not installed; set-up follows, and says what it cannot do.
    return undefined
  }
}

function tarballSource({ offline, registry }: SetUpOptions, parts: readonly PinnedPart[]): TarballSource {
  if (offline === undefined) return { registry: resolveRegistry(registry) }
  const folder = resolve(offline)
  const missing = parts.flatMap(({ packages }) => packages).filter((pin) => !existsSync(join(folder, packedName(pin))))
  if (missing.length === 0) return { folder }
  throw new FileError(
    `${folder} lacks ${missing.map(packedName).join(', ')}`,
    `fetch them there: npm pack ${missing.map(({ name, version }) => `${name}@${version}`).join(' ')}`
  )
}

function installedPart(part: PinnedPart, { folder, installed }: { folder: string; installed: boolean }): InstalledPart {
  const sizes = Object.values(readMarker(folder)?.files ?? {})
  return {
    name: part.name,
    version: part.version,
    path: join(folder, 'node_modules', part.main),
    source: 'tool-cache',
    folder,
    installed,
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0)
  }
}
