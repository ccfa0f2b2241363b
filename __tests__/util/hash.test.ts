import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { sha256, sha256File } from '../../src/util/hash.js'

// FIPS 180-2, appendix B.1.
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

describe('sha256', () => {
  it('is that of the standard, for text, bytes and files', async () => {
    const file = join(tmpdir(), `abc-${process.pid}`)
    writeFileSync(file, 'abc')
    expect(sha256('abc')).toBe(ABC)
    expect(sha256(Uint8Array.of(97, 98, 99))).toBe(ABC)
    expect(await sha256File(file)).toBe(ABC)
    rmSync(file)
  })

  it('fails for a file that is not there', async () => {
    await expect(sha256File(join(tmpdir(), 'nowhere', 'abc'))).rejects.toThrow('ENOENT')
  })
})
