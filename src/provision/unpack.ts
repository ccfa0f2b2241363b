import { createReadStream } from 'node:fs'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Extract, type Header } from 'tar-stream'
import { FileError, messageOf, RuntimeError } from '../errors.js'
import { asFileError } from '../util/files.js'

type Entry = Extract extends AsyncIterable<infer T> ? T : never

export interface UnpackLimits {
  readonly entries: number
  /** Of the archive after decompression. */
  readonly bytes: number
}

/** Several times what the largest package has. */
const LIMITS: UnpackLimits = { entries: 10_000, bytes: 2 ** 30 }

/**
 * Unpacks the wanted files of an npm tarball. Every entry is checked, wanted or not, before anything of it is written:
 * no links, devices, absolute or relative paths, duplicates, and a limit on number and size.
 * @param folder must not hold any of the files yet.
 * @param wanted gets paths inside the package, without the tarball's top folder.
 * @returns bytes by path.
 * @throws RuntimeError for a hostile or damaged archive, after which part of it may have been written.
 */
export async function unpack(
  tarball: string,
  folder: string,
  wanted: (path: string) => boolean,
  limits: UnpackLimits = LIMITS
): Promise<Map<string, number>> {
  const files = new Map<string, number>()
  const entries = extract()
  const feeding = pipeline(createReadStream(tarball), createGunzip(), limited(limits.bytes), entries)
  const writing = writeEntries(checked(entries, limits), folder, wanted, files).catch((error: unknown) => {
    entries.destroy()
    throw error
  })
  // Where one of them fails the other does too, for no reason of its own.
  const reasons = (await Promise.allSettled([writing, feeding])).flatMap((end) =>
    end.status === 'rejected' ? [end.reason as unknown] : []
  )
  if (reasons.length > 0) throw failure(reasons, tarball, folder)
  return files
}

function failure(reasons: readonly unknown[], tarball: string, folder: string): unknown {
  const ours = reasons.find((reason) => reason instanceof RuntimeError)
  if (ours !== undefined) return ours
  const asFile = reasons.map((reason) => asFileError(reason, join(folder, 'package.json')))
  const full = asFile.find((reason) => reason instanceof FileError)
  if (full !== undefined) return full
  const [cause] = reasons.filter((reason) => !/premature close|destroyed/i.test(messageOf(reason)))
  return new RuntimeError(`${tarball} is no intact npm tarball: ${messageOf(cause ?? reasons[0])}`, undefined, {
    cause
  })
}

async function* checked(
  entries: AsyncIterable<Entry>,
  limits: UnpackLimits
): AsyncGenerator<{ readonly entry: Entry; readonly path: string }> {
  let count = 0
  for await (const entry of entries) {
    if (++count > limits.entries) throw refused(entry.header, `there are more than ${limits.entries} entries`)
    yield { entry, path: checkedPath(entry.header) }
  }
}

async function writeEntries(
  entries: AsyncIterable<{ readonly entry: Entry; readonly path: string }>,
  folder: string,
  wanted: (path: string) => boolean,
  files: Map<string, number>
): Promise<void> {
  for await (const { entry, path } of entries) {
    if (entry.header.type !== 'directory' && wanted(path)) {
      if (files.has(path)) throw refused(entry.header, 'it comes twice')
      files.set(path, await write(entry, join(folder, path)))
    } else {
      entry.resume()
    }
  }
}

/** @returns the path inside the package. */
function checkedPath(header: Header): string {
  const { name, type } = header
  if (type !== 'file' && type !== 'contiguous-file' && type !== 'directory') {
    throw refused(header, `it is a ${type}; packages have files and folders only`)
  }
  const segments = name.replace(/\/$/, '').split('/')
  // A colon names a drive or a stream on Windows, where a backslash is a separator too.
  if (/[\\:\0]/.test(name) || segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw refused(header, 'its path could lead out of the folder')
  }
  if (segments.length === 1 && type !== 'directory') throw refused(header, 'it is in no folder')
  return segments.slice(1).join('/')
}

async function write(entry: Entry, file: string): Promise<number> {
  await mkdir(dirname(file), { recursive: true })
  // wx: on a file system that ignores case two names may be one file.
  await writeFile(file, entry as AsyncIterable<Uint8Array>, { flag: 'wx', mode: 0o644 })
  return (await stat(file)).size
}

/** A few kilobytes can be compressed gigabytes. */
function limited(limit: number): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length
      if (bytes > limit) done(new RuntimeError(`the archive is refused: it has more than ${limit} bytes unpacked`))
      else done(null, chunk)
    }
  })
}

function refused({ name }: Header, reason: string): RuntimeError {
  return new RuntimeError(`the archive is refused because of ${JSON.stringify(name)}: ${reason}`)
}
