import { crc32 } from 'node:zlib'
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl'
import { messageOf } from '../../errors.js'
import { limits } from '../limits.js'

export type Unzipped =
  | { readonly ok: true; readonly files: ReadonlyMap<string, Uint8Array> }
  | { readonly ok: false; readonly reason: string }

export interface UnzipLimits {
  readonly maxEntries: number
  readonly maxFileBytes: number
  readonly maxTotalBytes: number
}

/**
 * Reads files out of a zip that nobody vouches for, in memory. The directory of the archive is checked as a whole before
 * a byte is inflated: names (no `..`, no absolute path, none twice), no links, no encryption, sizes and their sum.
 * Then each wanted file is inflated to the size that was announced, and its checksum compared.
 *
 * @param wanted which entries are read, by their name in the archive
 */
export async function unzip(
  zip: Uint8Array,
  wanted: (name: string) => boolean,
  bounds: UnzipLimits = limits.artifact
): Promise<Unzipped> {
  try {
    const archive = await fromBufferPromise(Buffer.from(zip), {
      lazyEntries: true,
      autoClose: false,
      strictFileNames: true
    })
    const entries = await readDirectory(archive, bounds)
    const files = new Map<string, Uint8Array>()
    for (const entry of entries) {
      if (wanted(entry.fileName)) files.set(entry.fileName, await inflate(archive, entry))
    }
    return { ok: true, files }
  } catch (error) {
    return { ok: false, reason: messageOf(error) }
  }
}

async function readDirectory(archive: ZipFile, bounds: UnzipLimits): Promise<Entry[]> {
  if (archive.entryCount > bounds.maxEntries) throw new Error(`it holds ${archive.entryCount} files`)
  const entries = new Map<string, Entry>()
  let total = 0
  for await (const entry of archive.eachEntry()) {
    const { fileName: name, uncompressedSize: size } = entry
    const shown = JSON.stringify(name)
    if (name.includes('\0')) throw new Error(`${shown} is no name of a file`)
    if (entries.has(name)) throw new Error(`${shown} is in it twice`)
    if (isLink(entry)) throw new Error(`${shown} is a link`)
    if (entry.isEncrypted()) throw new Error(`${shown} is encrypted`)
    if (size > bounds.maxFileBytes) throw new Error(`${shown} is larger than ${bounds.maxFileBytes} bytes`)
    total += size
    if (total > bounds.maxTotalBytes) throw new Error(`its files are larger than ${bounds.maxTotalBytes} bytes`)
    entries.set(name, entry)
  }
  return [...entries.values()].filter(({ fileName }) => !fileName.endsWith('/'))
}

/** The upper half of the attributes is the Unix mode, whoever made the archive. */
function isLink({ externalFileAttributes }: Entry): boolean {
  return ((externalFileAttributes >>> 16) & 0o170000) === 0o120000
}

async function inflate(archive: ZipFile, entry: Entry): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  // yauzl ends the stream with an error where it holds more or fewer bytes than the directory says.
  const stream = await archive.openReadStreamPromise(entry)
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  const content = Buffer.concat(chunks)
  if (crc32(content) !== entry.crc32)
    throw new Error(`${JSON.stringify(entry.fileName)} is damaged: its checksum is off`)
  return content
}
