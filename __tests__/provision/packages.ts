import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { type Header, pack } from 'tar-stream'
import type { PinnedPackage, PinnedPart } from '../../src/provision/parts.js'
import type { LockOptions } from '../../src/provision/lock.js'
import { silentLogger, silentProgress } from '../../src/util/progress.js'

type TarEntry = Partial<Header> & { readonly name: string; readonly text?: string | Buffer }

/** A tarball of whatever entries, sound or hostile: the same bytes in every process. */
export async function tarball(entries: readonly TarEntry[]): Promise<Buffer> {
  const tar = pack()
  for (const { text = '', ...header } of entries) tar.entry({ mtime: new Date(0), ...header }, text)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk)
  return gzipSync(Buffer.concat(chunks), { level: 1 })
}

export function integrity(bytes: Buffer): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`
}

export interface FakePart {
  readonly part: PinnedPart
  /** By the path that a registry has them under. */
  readonly tarballs: ReadonlyMap<string, Buffer>
}

/** A small part of two packages: a main one with a library for two platforms, and one that it requires. */
export async function fakePart(version = '1.2.3'): Promise<FakePart> {
  const main = await tarball([
    { name: 'package/package.json', text: JSON.stringify({ name: 'fake-node', version }) },
    { name: 'package/bin/linux-x64/fake.node', text: 'library of linux-x64' },
    { name: 'package/bin/beos-ppc/fake.node', text: 'library of beos-ppc' },
    { name: 'package/src/fake.cc', text: 'source' }
  ])
  const common = await tarball([
    { name: 'fake-common', type: 'directory' },
    { name: 'fake-common/package.json', text: JSON.stringify({ name: '@fake/common', version }) },
    { name: 'fake-common/index.js', text: 'module.exports = 1' }
  ])
  const wanted = (path: string): boolean => /^package\.json$|\.js$|^bin\/linux-x64\//.test(path)
  const pin = (name: string, bytes: Buffer): PinnedPackage => ({ name, version, integrity: integrity(bytes), wanted })
  return {
    part: {
      name: 'onnxruntime',
      main: 'fake-node',
      version,
      platform: 'linux-x64',
      packages: [pin('fake-node', main), pin('@fake/common', common)],
      binary: /\.node$/
    },
    tarballs: new Map([
      [`/npm/fake-node/-/fake-node-${version}.tgz`, main],
      [`/npm/@fake/common/-/common-${version}.tgz`, common]
    ])
  }
}

/** The files that {@link fakePart} leaves behind, in the order of their names. */
export const FAKE_FILES = [
  '.complete',
  'node_modules/@fake/common/index.js',
  'node_modules/@fake/common/package.json',
  'node_modules/fake-node/bin/linux-x64/fake.node',
  'node_modules/fake-node/package.json'
]

/** Nothing is said, and nothing waits for long. */
export const QUIET = { log: silentLogger, progress: silentProgress, backoffMs: 5 } as const
export const QUIET_LOCK: LockOptions = { log: silentLogger, heartbeatMs: 20 }
