import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyEntry } from '../../src/github/cache/verify.js'
import { serializeTable } from '../../src/quantization/index.js'
import { put, tableOf } from './tables.js'

const TABLES = 'precision-gate-tables'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'precision-gate-entry-'))
})

afterEach(() => rmSync(root, { recursive: true }))

describe('an entry that was unpacked', () => {
  it('is taken where it holds whole tables under their keys', async () => {
    mkdirSync(join(root, TABLES))
    put(join(root, TABLES))
    const { key } = tableOf('m1')
    expect(await verifyEntry(root)).toEqual({ ok: true, tables: new Map([[key, serializeTable(tableOf('m1'))]]) })
  })

  const contents: [why: RegExp, make: (folder: string) => void][] = [
    [
      /checksum/,
      (folder) => {
        const file = put(join(folder, TABLES))
        writeFileSync(file, readFileSync(file, 'utf8').replaceAll('-1', '-9'))
        return [TABLES]
      }
    ],
    [
      /another key/,
      (folder) => {
        writeFileSync(join(folder, TABLES, `${'0'.repeat(64)}.json`), serializeTable(tableOf('m1')))
        return [TABLES]
      }
    ],
    [
      /not JSON/,
      (folder) => {
        const file = put(join(folder, TABLES))
        writeFileSync(file, readFileSync(file, 'utf8').slice(0, 100))
        return [TABLES]
      }
    ],
    [
      /"README", which no table is/,
      (folder) => {
        put(join(folder, TABLES))
        writeFileSync(join(folder, TABLES, 'README'), 'hello')
        return [TABLES]
      }
    ],
    [
      /which no table is/,
      (folder) => {
        symlinkSync('/etc/hostname', join(folder, TABLES, `${'0'.repeat(64)}.json`))
        return [TABLES]
      }
    ],
    [
      /"other", which no table is/,
      (folder) => {
        put(join(folder, TABLES))
        writeFileSync(join(folder, 'other'), 'x')
      }
    ],
    [/it is empty/, () => [TABLES]]
  ]
  it.each(contents)('is refused as a whole: %s', async (why, make) => {
    const folder = mkdtempSync(join(root, 'entry-'))
    mkdirSync(join(folder, TABLES))
    make(folder)
    expect(await verifyEntry(folder)).toEqual({ ok: false, reason: expect.stringMatching(why) })
  })
})
