import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ConfigurationError, FileError } from '../errors.js'
import type { Logger, ProgressReporter } from '../util/progress.js'
import { findOnnxRuntime, findSharp, type Found, type Sources } from './find.js'
import { installPart, type InstallOptions, type TarballSource } from './install.js'
import { onnxruntimePart, type PinnedPart, sharpPart } from './parts.js'
import { ONNXRUNTIME_VERSION, SHARP } from './pins.js'
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
  const install = installer(options, parts)
  const onnxruntime = await install(parts[0])
  const sharp = await install(parts[1])
  const libraries = await addLibraries(parts[0], onnxruntime, options)
  return { toolCache: toolCacheOf(options), onnxruntime, sharp, libraries }
}

export interface NativeParts {
  readonly onnxruntime: Found
  readonly sharp: Found
}

/**
 * Finds onnxruntime-node and sharp where {@link findOnnxRuntime} looks, and installs into the tool cache what is not
 * there. What is cached must be the pinned version, so that a run does not depend on which others a machine has had; a
 * version or CUDA libraries that are asked for mean the tool cache too. Loads nothing: the caller may be a process that
 * native code must not enter.
 * @throws as {@link setUpRuntime}; ConfigurationError where a `runtimePath` contradicts the version or the libraries.
 */
export async function provideRuntime(options: SetUpOptions & Sources): Promise<NativeParts> {
  const platform = options.platform ?? currentPlatform()
  const onnxruntime = options.runtimePath === undefined ? findPinned(options) : findNamed(options)
  const sharp = attempt(() => findSharp(options), SHARP.version)
  if (onnxruntime !== undefined && sharp !== undefined) return { onnxruntime, sharp }
  const parts = [onnxruntimePart(platform, options.runtimeVersion), sharpPart(platform)] as const
  const missing = [onnxruntime === undefined ? [parts[0]] : [], sharp === undefined ? [parts[1]] : []].flat()
  const install = installer(options, missing)
  const made = onnxruntime ?? (await install(parts[0]))
  if (onnxruntime === undefined) await addLibraries(parts[0], made as InstalledPart, options)
  return { onnxruntime: made, sharp: sharp ?? (await install(parts[1])) }
}

function findPinned(options: SetUpOptions & Sources): Found | undefined {
  if (options.runtimeVersion !== undefined || options.cudaLibraries !== undefined) return undefined
  return attempt(() => findOnnxRuntime(options), ONNXRUNTIME_VERSION)
}

/** A folder that was named and does not hold what was asked for is a mistake to be told, not to be downloaded around. */
function findNamed(options: SetUpOptions & Sources): Found {
  const found = findOnnxRuntime(options)
  const { runtimeVersion, cudaLibraries } = options
  const message =
    cudaLibraries !== undefined
      ? `CUDA libraries are added to the tool cache's copy, not to one that a runtime path names (${found.path})`
      : runtimeVersion !== undefined && runtimeVersion !== found.version
        ? `version ${runtimeVersion} is asked for, and the runtime path leads to ${found.version} (${found.path})`
        : undefined
  if (message === undefined) return found
  throw new ConfigurationError([{ message }], 'leave out one of the two')
}

function attempt(find: () => Found, pinned: string): Found | undefined {
  try {
    const found = find()
    return found.source === 'tool-cache' && found.version !== pinned ? undefined : found
  } catch {
    // Not installed; set-up follows, and says what it cannot do.
    return undefined
  }
}

function installer(options: SetUpOptions, parts: readonly PinnedPart[]): (part: PinnedPart) => Promise<InstalledPart> {
  const install: InstallOptions = {
    ...options,
    toolCache: toolCacheOf(options),
    source: tarballSource(options, parts)
  }
  return async (part) => installedPart(part, await installPart(part, install))
}

async function addLibraries(
  part: PinnedPart,
  { folder }: InstalledPart,
  options: SetUpOptions
): Promise<readonly AddedLibrary[]> {
  return options.cudaLibraries === undefined ? [] : addProviderLibraries(part, folder, options.cudaLibraries, options)
}

function toolCacheOf({ toolCache }: SetUpOptions): string {
  return resolve(toolCache ?? defaultToolCache())
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
