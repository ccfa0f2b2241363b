import process from 'node:process'
import { RuntimeError } from '../errors.js'
import { SHARP } from './pins.js'

export interface Platform {
  readonly os: string
  readonly arch: string
  /** A Linux whose C library is not glibc. */
  readonly musl: boolean
}

export function currentPlatform(): Platform {
  return {
    os: process.platform,
    arch: process.arch,
    musl: process.platform === 'linux' && glibcVersion() === undefined
  }
}

const HERE = { os: process.platform, arch: process.arch }

/** `linux-x64`: the name of a platform's folder in the tool cache and in package names. */
export function platformName({ os, arch }: Pick<Platform, 'os' | 'arch'> = HERE): string {
  return `${os}-${arch}`
}

/** Version of the C library of this system; undefined where it is another one (musl) or none. */
export function glibcVersion(): string | undefined {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return report.header?.glibcVersionRuntime
}

/** @throws RuntimeError where ONNX Runtime has no library for the platform. */
export function assertSupported(platform: Platform): void {
  const name = platformName(platform)
  if (platform.musl) {
    throw new RuntimeError(
      `onnxruntime-node has no library for this system: it has no glibc (Alpine Linux?)`,
      'use an image with glibc, for example node:22-slim instead of node:22-alpine'
    )
  }
  const supported = Object.keys(SHARP.platforms)
  if (!supported.includes(name)) {
    throw new RuntimeError(
      `onnxruntime-node has no library for ${name} (there are: ${supported.join(', ')})`,
      name === 'darwin-x64' ? INTEL_MAC : 'run on one of those platforms'
    )
  }
}

export const INTEL_MAC =
  'ONNX Runtime no longer ships for Intel Macs: run on Apple silicon, Linux or Windows, or in a Linux container'
