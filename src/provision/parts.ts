import { RuntimeError } from '../errors.js'
import { ONNXRUNTIME, ONNXRUNTIME_VERSION, type Pin, SHARP } from './pins.js'
import { type Platform, assertSupported, platformName } from './platform.js'
import type { PartName } from './tool-cache.js'

/** A package and which of its files are wanted. */
export interface PinnedPackage extends Pin {
  /** @param path inside the package, with forward slashes. */
  readonly wanted: (path: string) => boolean
}

/** Packages that are installed together, in one folder. */
export interface PinnedPart {
  readonly name: PartName
  /** The package that is loaded; the others are what it requires. */
  readonly main: string
  readonly version: string
  readonly platform: string
  readonly packages: readonly PinnedPackage[]
  /** Must be among the files: without it the installation could not be loaded. */
  readonly binary: RegExp
}

/**
 * What to install for a platform.
 * @param version of onnxruntime-node; one of those with a pinned hash.
 * @throws RuntimeError for another version, or a platform that ONNX Runtime has no library for.
 */
export function onnxruntimePart(platform: Platform, version = ONNXRUNTIME_VERSION): PinnedPart {
  assertSupported(platform)
  const pins = Object.hasOwn(ONNXRUNTIME, version) ? ONNXRUNTIME[version] : undefined
  if (pins === undefined) {
    throw new RuntimeError(
      `onnxruntime-node ${version} has no pinned hash here (there are: ${Object.keys(ONNXRUNTIME).join(', ')})`,
      'take one of those, or install it yourself and point to it with --runtime-path'
    )
  }
  const binary = new RegExp(`^node_modules/onnxruntime-node/bin/[^/]+/${platform.os}/${platform.arch}/[^/]+\\.node$`)
  const ours = new RegExp(`^bin/[^/]+/${platform.os}/${platform.arch}/`)
  const wanted = (path: string): boolean =>
    isCode(path) && (path.startsWith('bin/') ? ours.test(path) : !/^(script|lib|dist\/esm)\//.test(path))
  return {
    name: 'onnxruntime',
    main: 'onnxruntime-node',
    version,
    platform: platformName(platform),
    packages: pins.map((pin) => ({ ...pin, wanted })),
    binary
  }
}

/**
 * sharp with its JavaScript dependencies, its binding and libvips.
 * @throws RuntimeError for a platform that ONNX Runtime has no library for.
 */
export function sharpPart(platform: Platform): PinnedPart {
  assertSupported(platform)
  const name = platformName(platform)
  return {
    name: 'sharp',
    main: 'sharp',
    version: SHARP.version,
    platform: name,
    packages: [
      ...SHARP.everywhere.map((pin) => ({ ...pin, wanted: isSharpCode })),
      ...SHARP.platforms[name].map((pin) => ({ ...pin, wanted: isCode }))
    ],
    binary: new RegExp(`^node_modules/@img/sharp-${name}/lib/[^/]+\\.node$`)
  }
}

/** Not the sources and ES modules beside what is required. */
function isSharpCode(path: string): boolean {
  return isCode(path) && !/^(src|install)\/|^lib\/.*\.ts$|\.mjs$/.test(path)
}

/** No types, source maps or C headers; licences stay with what they cover. */
function isCode(path: string): boolean {
  return !/\.(d\.[cm]?ts|map|h)$/.test(path)
}
