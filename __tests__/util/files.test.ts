import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { open, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileError } from '../../src/errors.js'
import {
  asFileError,
  createTemporaryFolder,
  removeTemporaries,
  withTemporaryFile,
  withTemporaryFolder,
  writeFileAtomic
} from '../../src/util/files.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const at = (name: string) => join(folder, name)

describe('a file that is written atomically', () => {
  it('is there whole, also in folders that did not exist, and replaces an older one', async () => {
    await writeFileAtomic(at('a/b/c.json'), 'one')
    await writeFileAtomic(at('a/b/c.json'), Buffer.from('two'))
    expect(readFileSync(at('a/b/c.json'), 'utf8')).toBe('two')
    expect(readdirSync(at('a/b'))).toEqual(['c.json'])
  })

  it('stays as it was when the writing fails, and nothing is left beside it', async () => {
    mkdirSync(at('kept'))
    writeFileSync(at('kept/x'), 'old')
    const failing = withTemporaryFile(at('kept/x'), async (temporary) => {
      await writeFile(temporary, 'half')
      throw new Error('the model is wrong')
    })
    await expect(failing).rejects.toThrow('the model is wrong')
    expect(readFileSync(at('kept/x'), 'utf8')).toBe('old')
    expect(readdirSync(at('kept'))).toEqual(['x'])
  })

  it('is written to in place where it is a pipe or a device', async () => {
    execFileSync('mkfifo', [at('pipe')])
    // For reading and writing: to open a pipe's one end waits for the other.
    const pipe = await open(at('pipe'), 'r+')
    await writeFileAtomic(at('pipe'), 'through')
    expect(lstatSync(at('pipe')).isFIFO()).toBe(true)
    expect((await pipe.read(Buffer.alloc(7))).buffer.toString()).toBe('through')
    await pipe.close()
  })

  it('two at once do not disturb each other', async () => {
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(1000))
    await Promise.all(texts.map((text) => writeFileAtomic(at('race/x'), text)))
    expect(texts).toContain(readFileSync(at('race/x'), 'utf8'))
    expect(readdirSync(at('race'))).toEqual(['x'])
  })
})

describe('a failed write', () => {
  it('says which folder, why, and what to do', async () => {
    writeFileSync(at('file'), '')
    mkdirSync(at('taken'))
    await expect(writeFileAtomic(at('file/x.json'), '')).rejects.toMatchObject({
      name: 'FileError',
      exitCode: 3,
      message: `cannot write x.json in ${at('file')}: a part of that path is a file`,
      hint: 'name another folder, or move that file away'
    })
    await expect(writeFileAtomic(at('taken'), '')).rejects.toThrow(
      /cannot write taken in .*: a folder of that name is there/
    )
    await expect(writeFileAtomic(at('x'.repeat(300)), '')).rejects.toThrow(/the name is too long for the file system/)
  })

  // Real ones need a small file system or another user: only the wording is checked here.
  it.each([
    ['ENOSPC', 'the disk is full', 'free some space there, or name another folder'],
    ['EDQUOT', 'the disk quota is used up', 'free some space there, or name another folder'],
    ['EACCES', 'permission denied', 'make the folder writable, or name another one'],
    ['EROFS', 'the file system is read-only', 'name a folder on another one'],
    ['EIO', 'i/o error', undefined]
  ])('%s', (code, reason, hint) => {
    const error = asFileError(
      Object.assign(new Error('i/o error'), { code, syscall: 'write' }),
      '/reports/run/result.json'
    )
    expect(error).toBeInstanceOf(FileError)
    expect(error).toMatchObject({ message: `cannot write result.json in /reports/run: ${reason}`, hint })
  })

  it('leaves errors of another kind alone', () => {
    const error = new Error('no system call')
    expect(asFileError(error, 'x')).toBe(error)
    expect(asFileError('text', 'x')).toBe('text')
  })
})

// Every write to this pseudo file fails for want of space.
const onLinux = existsSync('/dev/full') ? describe : describe.skip
onLinux('a full disk', () => {
  it('is reported as one', async () => {
    const writing = withTemporaryFile(at('full'), () => writeFile('/dev/full', 'x'))
    await expect(writing).rejects.toThrow(/cannot write full in .*: the disk is full/)
  })
})

describe('temporary folders', () => {
  it('vanish with their use, with their removal, and with an interruption', async () => {
    let inside = ''
    await withTemporaryFolder((path) => {
      inside = path
      writeFileSync(join(path, 'x'), '')
      return Promise.resolve()
    }, folder)
    expect(existsSync(inside)).toBe(false)

    const [removed, interrupted] = [await createTemporaryFolder(folder), await createTemporaryFolder(folder)]
    await removed.remove()
    expect(existsSync(removed.path)).toBe(false)
    expect(existsSync(interrupted.path)).toBe(true)
    removeTemporaries()
    expect(existsSync(interrupted.path)).toBe(false)
  })

  it('that cannot be made name the place', async () => {
    await expect(createTemporaryFolder(at('nowhere'))).rejects.toThrow(/cannot write precision-gate in .*nowhere/)
  })
})
