import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { RuntimeError } from '../errors.js'
import { glibcVersion, INTEL_MAC, type Installation } from '../provision/index.js'
import { nativeMessage } from './failures.js'

/** The loaded package, as its own declarations describe it. Nothing of it is bundled. */
export type OnnxRuntime = typeof import('onnxruntime-node')

/**
 * Requires the package and its native library.
 * @throws RuntimeError naming the cause where the library does not load: no binary for the platform, an older C library
 * than it was built for, a broken installation.
 */
export function loadBinding({ path }: Installation): OnnxRuntime {
  // Since 1.29 the library reports models and providers to its maker, writes a device id to the user's cache folder and
  // a log to the temporary one. What is judged here is nobody's business; who wants it can set the variable to 0.
  process.env.ORT_DISABLE_TELEMETRY ??= '1'
  try {
    const ort = createRequire(join(path, 'package.json'))(path) as OnnxRuntime
    // Whatever ONNX Runtime logs as an error it also throws, and native code writes to stderr past every reporter.
    ort.env.logLevel = 'fatal'
    return ort
  } catch (error) {
    const { message, hint } = whyNotLoaded(
      path,
      nativeMessage(error),
      `${process.platform}-${process.arch}`,
      glibcVersion()
    )
    throw new RuntimeError(message, hint, { cause: error })
  }
}

/** @param glibc version of the C library of this system; undefined where it is another one (musl) or none. */
export function whyNotLoaded(
  path: string,
  cause: string,
  platform: string,
  glibc: string | undefined
): { message: string; hint: string } {
  const needed = /version `(GLIBC(?:XX)?_[\d.]+)' not found/.exec(cause)?.[1]
  if (needed !== undefined) {
    return {
      message: `onnxruntime-node in ${path} does not load: it needs ${needed}, this system has glibc ${glibc ?? 'none'}`,
      hint: 'use a newer system or container image (Ubuntu 22.04, Debian 12 and RHEL 9 or later work)'
    }
  }
  if (/version `VERS_[\d.]+' not found/.test(cause)) {
    return {
      message: `onnxruntime-node in ${path} does not load: this process has loaded another version of ONNX Runtime`,
      hint: 'use one runtime in a process (and no LD_LIBRARY_PATH that leads to another libonnxruntime.so.1)'
    }
  }
  if (!availablePlatforms(path).includes(platform)) {
    return {
      message: `onnxruntime-node in ${path} has no library for ${platform} (it has: ${availablePlatforms(path).join(', ') || 'none'})`,
      hint:
        platform === 'darwin-x64'
          ? INTEL_MAC
          : 'run on one of those platforms, or reinstall the package if its bin folder is incomplete'
    }
  }
  if (platform.startsWith('linux') && glibc === undefined) {
    return {
      message: `onnxruntime-node in ${path} does not load: this system has no glibc (Alpine Linux?): ${cause}`,
      hint: 'use an image with glibc, for example node:22-slim instead of node:22-alpine'
    }
  }
  return {
    message: `onnxruntime-node in ${path} does not load: ${cause}`,
    hint: 'reinstall it: npm install --ignore-scripts onnxruntime-node'
  }
}

function availablePlatforms(path: string): string[] {
  const bin = join(path, 'bin')
  if (!existsSync(bin)) return []
  return list(bin).flatMap((napi) =>
    list(join(bin, napi)).flatMap((platform) =>
      list(join(bin, napi, platform))
        .filter((arch) => existsSync(join(bin, napi, platform, arch, 'onnxruntime_binding.node')))
        .map((arch) => `${platform}-${arch}`)
    )
  )
}

/** Folder of the native libraries that belong to this platform. */
export function libraryFolder(path: string): string | undefined {
  const bin = join(path, 'bin')
  return list(bin)
    .map((napi) => join(bin, napi, process.platform, process.arch))
    .find((folder) => existsSync(folder))
}

function list(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}
