/**
 * Writes src/provision/pins.ts: versions and SHA-512 of the packages that set-up may download. Versions of what the
 * tests run with come from package-lock.json, hashes from the registry that npm is configured for.
 *
 *     node script/pin-runtime.mjs
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import prettier from 'prettier'

const root = fileURLToPath(new URL('..', import.meta.url))
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))

// What ONNX Runtime has binaries for.
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64']
// The last version whose TensorRT provider keeps FP16 (docs/runtime.md).
const TENSORRT_VERSION = '1.26.0'

const onnxruntime = [locked('onnxruntime-node'), TENSORRT_VERSION].map((version) => [
  version,
  [pin('onnxruntime-node', version), pin('onnxruntime-common', version)]
])

const sharp = manifest('sharp', locked('sharp'))
const platforms = PLATFORMS.map((platform) => {
  const binding = pin(`@img/sharp-${platform}`, sharp.optionalDependencies[`@img/sharp-${platform}`])
  const library = `@img/sharp-libvips-${platform}`
  const version = sharp.optionalDependencies[library]
  // On Windows libvips is part of the binding's package.
  return [platform, version === undefined ? [binding] : [binding, pin(library, version)]]
})

const source = `// Written by script/pin-runtime.mjs. Do not edit.

export interface Pin {
  readonly name: string
  readonly version: string
  /** Subresource integrity of the tarball: sha512-<base64>. */
  readonly integrity: string
}

/** The version that is installed where no other is asked for. */
export const ONNXRUNTIME_VERSION = ${JSON.stringify(onnxruntime[0][0])}

export const ONNXRUNTIME: Readonly<Record<string, readonly Pin[]>> = ${JSON.stringify(Object.fromEntries(onnxruntime))}

export const SHARP: {
  readonly version: string
  readonly everywhere: readonly Pin[]
  readonly platforms: Readonly<Record<string, readonly Pin[]>>
} = ${JSON.stringify({
  version: sharp.version,
  everywhere: [
    pin('sharp', sharp.version),
    ...Object.keys(sharp.dependencies).map((name) => pin(name, locked(name, 'sharp')))
  ],
  platforms: Object.fromEntries(platforms)
})}
`
const target = join(root, 'src/provision/pins.ts')
const options = await prettier.resolveConfig(target)
writeFileSync(target, await prettier.format(source, { ...options, filepath: target }))

/** The version in package-lock.json; one that a package has for itself goes before the common one. */
function locked(name, owner) {
  const entry = lock.packages[`node_modules/${owner}/node_modules/${name}`] ?? lock.packages[`node_modules/${name}`]
  if (entry === undefined) throw new Error(`${name} is not in package-lock.json`)
  return entry.version
}

function pin(name, version) {
  const { integrity } = manifest(name, version).dist
  if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity)) throw new Error(`${name}@${version} has integrity ${integrity}`)
  const entry = lock.packages[`node_modules/${name}`]
  if (entry?.version === version && entry.integrity !== undefined && entry.integrity !== integrity) {
    throw new Error(`${name}@${version}: package-lock.json has ${entry.integrity}, the registry ${integrity}`)
  }
  return { name, version, integrity }
}

function manifest(name, version) {
  const text = execFileSync('npm', ['view', `${name}@${version}`, '--json'], {
    encoding: 'utf8',
    shell: process.platform === 'win32'
  })
  return JSON.parse(text)
}
