import { constants, existsSync, readdirSync } from 'node:fs'
import { copyFile, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { FileError, RuntimeError } from '../errors.js'
import { asFileError } from '../util/files.js'
import { sha256File } from '../util/hash.js'
import type { Logger } from '../util/progress.js'
import { type LockOptions, withLock } from './lock.js'
import type { PinnedPart } from './parts.js'
import { type Marker, markerFile, readMarker } from './tool-cache.js'

/** The bridge that ONNX Runtime loads providers through, and the providers. */
export const PROVIDER_LIBRARIES = {
  shared: 'libonnxruntime_providers_shared.so',
  cuda: 'libonnxruntime_providers_cuda.so',
  tensorrt: 'libonnxruntime_providers_tensorrt.so'
} as const

/** Where the libraries are to be had, for people: they are on no npm registry. */
export function howToGetProviderLibraries(version: string): string {
  return (
    `take ${Object.values(PROVIDER_LIBRARIES).join(', ')} from onnxruntime/capi in the PyPI wheel ` +
    `onnxruntime-gpu ${version}, or from runtimes/linux-x64/native in the NuGet package ` +
    `Microsoft.ML.OnnxRuntime.Gpu.Linux ${version} (both are zip files; docs/gpu-runners.md), and give their folder to ` +
    'precision-gate setup-runtime --cuda-libraries FOLDER'
  )
}

export interface AddedLibrary {
  readonly name: string
  readonly sha256: string
  /** Compared with a SHA256SUMS file beside it. */
  readonly verified: boolean
}

/**
 * Copies the CUDA and TensorRT provider libraries from a local folder beside the binding in the tool cache, where ONNX
 * Runtime looks for them. The TensorRT one may be missing. A SHA256SUMS file in the folder (as sha256sum writes it) is
 * binding for all of them.
 * @param installed the part's folder.
 * @throws RuntimeError off Linux x64; FileError naming the files that are missing, no libraries, or not those of SHA256SUMS.
 */
export async function addProviderLibraries(
  part: PinnedPart,
  installed: string,
  from: string,
  options: LockOptions & { readonly log: Logger }
): Promise<readonly AddedLibrary[]> {
  if (part.platform !== 'linux-x64') {
    throw new RuntimeError(
      `onnxruntime-node has no CUDA or TensorRT provider for ${part.platform}`,
      'they exist for Linux x64 only; use the cpu or webgpu provider'
    )
  }
  const libraries = await checkLibraries(resolve(from), part.version)
  await withLock(
    installed,
    options,
    () => undefined,
    () => copyLibraries(libraries, resolve(from), installed)
  )
  return libraries
}

async function checkLibraries(from: string, version: string): Promise<AddedLibrary[]> {
  const { shared, cuda, tensorrt } = PROVIDER_LIBRARIES
  const missing = [shared, cuda].filter((name) => !existsSync(join(from, name)))
  if (missing.length > 0) {
    throw new FileError(`${missing.join(' and ')} are not in ${from}`, howToGetProviderLibraries(version))
  }
  const sums = await readSums(join(from, 'SHA256SUMS'))
  const names = [shared, cuda, tensorrt].filter((name) => existsSync(join(from, name)))
  return Promise.all(names.map((name) => checkLibrary(from, name, sums)))
}

async function checkLibrary(
  from: string,
  name: string,
  sums: ReadonlyMap<string, string> | undefined
): Promise<AddedLibrary> {
  const file = join(from, name)
  const handle = await open(file)
  const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0).finally(() => handle.close())
  if (buffer.toString('latin1') !== '\x7fELF') {
    throw new FileError(`${file} is no shared library`, 'a Git LFS pointer, or a page that a download ended on?')
  }
  const sha256 = await sha256File(file)
  const expected = sums?.get(name)
  if (sums !== undefined && expected !== sha256) {
    throw new FileError(
      `${file} is not the file of SHA256SUMS: its SHA-256 is ${sha256}, there is ${expected ?? 'no line for it'}`
    )
  }
  return { name, sha256, verified: sums !== undefined }
}

/** `<64 hex digits> [ *]<name>` a line. */
async function readSums(file: string): Promise<ReadonlyMap<string, string> | undefined> {
  if (!existsSync(file)) return undefined
  const lines = (await readFile(file, 'utf8')).split('\n')
  const entries = lines.flatMap((line) => {
    const match = /^([0-9a-fA-F]{64}) [ *](?:\.\/)?(.+?)\r?$/.exec(line)
    return match === null ? [] : [[match[2], match[1].toLowerCase()] as const]
  })
  return new Map(entries)
}

async function copyLibraries(libraries: readonly AddedLibrary[], from: string, installed: string): Promise<void> {
  const marker = readMarker(installed)
  const folder = bindingFolder(installed)
  if (marker === undefined || folder === undefined) throw new RuntimeError(`${installed} holds no onnxruntime-node`)
  const added: Record<string, string> = { ...marker.added }
  const files: Record<string, number> = { ...marker.files }
  for (const { name, sha256 } of libraries) {
    const target = join(installed, folder, name)
    if (added[name] === sha256 && existsSync(target)) continue
    await replace(join(from, name), target)
    added[name] = sha256
    files[`${folder}/${name}`] = (await stat(target)).size
  }
  const text = `${JSON.stringify({ ...marker, files, added } satisfies Marker, null, 1)}\n`
  await writeFile(`${markerFile(installed)}.new`, text)
  await rename(`${markerFile(installed)}.new`, markerFile(installed))
}

/** A process may have the old one loaded: a new file leaves it alone, writing into it would not. */
async function replace(source: string, target: string): Promise<void> {
  const temporary = `${target}.new`
  try {
    await copyFile(source, temporary, constants.COPYFILE_FICLONE)
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw asFileError(error, target)
  }
}

function bindingFolder(installed: string): string | undefined {
  const bin = 'node_modules/onnxruntime-node/bin'
  return readdirSync(join(installed, bin))
    .map((napi) => `${bin}/${napi}/linux/x64`)
    .find((folder) => existsSync(join(installed, folder)))
}
