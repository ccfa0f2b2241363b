import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { RuntimeError } from '../errors.js'
import { asFileError, createTemporaryFolder } from '../util/files.js'
import type { DownloadOptions } from './download.js'
import { type LockOptions, withLock } from './lock.js'
import type { PinnedPackage, PinnedPart } from './parts.js'
import { packedName, printableUrl, tarballUrl } from './registry.js'
import { isComplete, type Marker, markerFile, partFolder } from './tool-cache.js'

/** Where tarballs come from: a registry, or a folder of files as `npm pack` names them. */
export type TarballSource = { readonly registry: URL } | { readonly folder: string }

export interface InstallOptions extends DownloadOptions, Pick<LockOptions, 'timeoutMs' | 'heartbeatMs'> {
  readonly toolCache: string
  readonly source: TarballSource
}

/**
 * Installs a part into the tool cache unless it is there: every tarball is compared with its pinned SHA-512, unpacked in
 * a temporary folder, and the whole moved into place. Any number of processes may do this at once.
 * @returns the part's folder, and whether this call installed it.
 * @throws RuntimeError where a tarball cannot be had or is not the pinned one; FileError where the cache is not writable.
 */
export async function installPart(
  part: PinnedPart,
  options: InstallOptions
): Promise<{ readonly folder: string; readonly installed: boolean }> {
  const folder = partFolder(options.toolCache, part.name, part.version, part.platform)
  const done = () => (isComplete(folder) ? { folder, installed: false } : undefined)
  try {
    return await withLock(folder, options, done, async (lock) => {
      const meanwhile = done()
      if (meanwhile !== undefined) return meanwhile
      // Registered for removal when the process is interrupted.
      const temporary = await createTemporaryFolder(lock)
      try {
        const tree = join(temporary.path, 'tree')
        await writeTree(part, tree, temporary.path, options)
        await moveInto(folder, tree, join(temporary.path, 'old'))
      } finally {
        await temporary.remove()
      }
      return { folder, installed: true }
    })
  } catch (error) {
    // A process that was suspended for long loses its lock and its files to another, which has done the work.
    const meanwhile = options.signal?.aborted === true ? undefined : done()
    if (meanwhile !== undefined) return meanwhile
    throw error
  }
}

async function writeTree(part: PinnedPart, tree: string, temporary: string, options: InstallOptions): Promise<void> {
  // Loaded here: who finds everything installed needs neither an HTTP client nor a tar reader.
  const { unpack } = await import('./unpack.js')
  const files: Record<string, number> = {}
  for (const pinned of part.packages) {
    options.signal?.throwIfAborted()
    const tarball = await fetchTarball(pinned, temporary, options)
    const place = `node_modules/${pinned.name}`
    for (const [path, bytes] of await unpack(tarball.file, join(tree, place), pinned.wanted)) {
      files[`${place}/${path}`] = bytes
    }
    if (tarball.temporary) await rm(tarball.file)
  }
  if (!Object.keys(files).some((file) => part.binary.test(file))) {
    throw new RuntimeError(`${part.main} ${part.version} has no library for ${part.platform} in its tarball`)
  }
  const packages = part.packages.map(({ name, version, integrity }) => ({ name, version, integrity }))
  const marker: Marker = { packages, files }
  await writeFile(markerFile(tree), `${JSON.stringify(marker, null, 1)}\n`)
}

async function fetchTarball(
  pinned: PinnedPackage,
  temporary: string,
  options: InstallOptions
): Promise<{ readonly file: string; readonly temporary: boolean }> {
  const label = `${pinned.name} ${pinned.version}`
  if ('folder' in options.source) {
    const file = join(options.source.folder, packedName(pinned))
    assertPinned(label, file, await integrityOf(file), pinned.integrity)
    return { file, temporary: false }
  }
  const { download } = await import('./download.js')
  const url = tarballUrl(options.source.registry, pinned)
  const file = join(temporary, packedName(pinned))
  options.log.info(`downloading ${label} from ${printableUrl(url)}`)
  assertPinned(label, printableUrl(url), await download(url, file, label, options), pinned.integrity)
  return { file, temporary: true }
}

function assertPinned(label: string, place: string, actual: string, pinned: string): void {
  if (actual === pinned) return
  throw new RuntimeError(
    `${label} from ${place} is not the pinned package: its hash is ${actual}, the pinned one ${pinned}`,
    'the registry, a proxy or a cache delivers something else or a part of it; nothing was installed'
  )
}

async function integrityOf(file: string): Promise<string> {
  const hash = createHash('sha512')
  try {
    await pipeline(createReadStream(file), hash)
  } catch (error) {
    throw new RuntimeError(`${file} cannot be read`, undefined, { cause: error })
  }
  return `sha512-${hash.digest('base64')}`
}

async function moveInto(folder: string, tree: string, old: string): Promise<void> {
  try {
    // What is there is incomplete, or this would not be running.
    if (existsSync(folder)) await moved(folder, old)
    await moved(tree, folder)
  } catch (error) {
    throw asFileError(error, folder)
  }
}

/** On Windows a virus scanner may have a new file open for a moment. */
async function moved(from: string, to: string): Promise<void> {
  await mkdir(join(to, '..'), { recursive: true })
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? ''
      if (process.platform !== 'win32' || !/^(EPERM|EACCES|EBUSY)$/.test(code) || attempt === 10) throw error
      await sleep(100 * attempt)
    }
  }
}
