import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { RuntimeError } from '../../src/errors.js'
import { unpack, type UnpackLimits } from '../../src/provision/unpack.js'
import { tarball } from './packages.js'

let folder: string
let target: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unpack-test-'))
  target = join(folder, 'deep', 'target')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const everything: (path: string) => boolean = () => true

async function unpackAll(bytes: Buffer, wanted = everything, limits?: UnpackLimits): Promise<Map<string, number>> {
  const file = join(folder, 'package.tgz')
  writeFileSync(file, bytes)
  return unpack(file, target, wanted, limits)
}

const files = (): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()

const sound = { name: 'package/index.js', text: 'sound' }

describe('unpacking', () => {
  it('writes the wanted files without the top folder, whatever its name, and says how long they are', async () => {
    const bytes = await tarball([
      { name: 'colour', type: 'directory' },
      { name: 'colour/package.json', text: '{}' },
      { name: 'colour/lib/index.js', text: 'code', mode: 0o777 },
      { name: 'colour/lib/index.d.ts', text: 'types' }
    ])
    const written = await unpackAll(bytes, (path) => !path.endsWith('.d.ts'))
    expect([...written]).toEqual([
      ['package.json', 2],
      ['lib/index.js', 4]
    ])
    expect(files()).toEqual(['deep/target/lib/index.js', 'deep/target/package.json', 'package.tgz'])
    expect(readFileSync(join(target, 'lib/index.js'), 'utf8')).toBe('code')
  })

  it('writes long names and large files whole', async () => {
    const name = `package/${'long/'.repeat(40)}file.js`
    const text = Buffer.alloc(1_000_000, 'abcdefg')
    const written = await unpackAll(await tarball([{ name, text }]))
    expect([...written.values()]).toEqual([1_000_000])
    expect(readFileSync(join(target, name.slice('package/'.length)))).toEqual(text)
  })

  it.each([
    ['a path upwards', { name: 'package/../../evil' }],
    ['a path upwards at the start', { name: '../evil' }],
    ['an absolute path', { name: '/tmp/evil' }],
    ['a path with a dot', { name: 'package/./evil' }],
    ['an empty part', { name: 'package//evil' }],
    ['a backslash', { name: 'package\\..\\..\\evil' }],
    ['a file in no folder', { name: 'evil' }],
    ['a drive', { name: 'package/C:evil' }],
    ['a symbolic link', { name: 'package/evil', type: 'symlink', linkname: '/etc' }],
    ['a hard link', { name: 'package/evil', type: 'link', linkname: '/etc/passwd' }],
    ['a device', { name: 'package/evil', type: 'character-device' }],
    ['a pipe', { name: 'package/evil', type: 'fifo' }]
  ] as const)('refuses an archive with %s, wanted or not', async (_, entry) => {
    for (const wanted of [everything, (path: string) => path === 'index.js']) {
      const bytes = await tarball([sound, entry, { name: 'package/after.js' }])
      await expect(unpackAll(bytes, wanted)).rejects.toThrow(/^the archive is refused because of ".*evil"/)
      expect(existsSync(join(target, 'after.js'))).toBe(false)
      rmSync(target, { recursive: true })
    }
    expect(files()).toEqual(['package.tgz'])
  })

  it('refuses a link that a file would be written through', async () => {
    const bytes = await tarball([
      { name: 'package/lib', type: 'symlink', linkname: '../..' },
      { name: 'package/lib/evil' }
    ])
    await expect(unpackAll(bytes)).rejects.toThrow('it is a symlink')
    expect(files()).toEqual(['package.tgz'])
  })

  it('refuses a file that comes twice', async () => {
    await expect(unpackAll(await tarball([sound, { ...sound, text: 'other' }]))).rejects.toThrow('it comes twice')
  })

  it('writes nothing outside the folder, whatever the names', async () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', 'b', '\\', 'C:', '~', 'package'), fc.string())
    const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'))
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), async (names) => {
        rmSync(join(folder, 'deep'), { recursive: true, force: true })
        // pack() itself refuses no name but the empty one.
        const bytes = await tarball(names.filter((each) => each !== '').map((each) => ({ name: each, text: 'x' })))
        await unpackAll(bytes).catch((error: unknown) => {
          if (!(error instanceof Error) || !('exitCode' in error)) throw error
        })
        expect(files().filter((file) => !file.startsWith('deep/target/'))).toEqual(['package.tgz'])
      }),
      { numRuns: 200 }
    )
  })

  it('stops at a limit on entries and on unpacked bytes', async () => {
    const many = await tarball(Array.from({ length: 11 }, (_, i) => ({ name: `package/${i}` })))
    await expect(unpackAll(many, () => false, { entries: 10, bytes: 1e6 })).rejects.toThrow('more than 10 entries')
    const bomb = await tarball([{ name: 'package/zeros', text: Buffer.alloc(1_000_000) }])
    expect(bomb.length).toBeLessThan(10_000)
    await expect(unpackAll(bomb, () => false, { entries: 10, bytes: 500_000 })).rejects.toThrow(
      'more than 500000 bytes'
    )
  })

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['cut short', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['no gzip file', () => Buffer.from('<html>please log in</html>')],
    ['empty', () => Buffer.alloc(0)],
    ['no tar file', () => gzipSync(Buffer.alloc(2048, 'x'))]
  ])('says that an archive is damaged: %s', async (_, damage) => {
    const noise = Buffer.from(Array.from({ length: 100_000 }, (__, i) => (i * 2654435761) >>> 13))
    const bytes = damage(await tarball([sound, { name: 'package/noise', text: noise }]))
    const error: unknown = await unpackAll(bytes).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(RuntimeError)
    expect(String(error)).toMatch(/is no intact npm tarball: /)
  })
})
