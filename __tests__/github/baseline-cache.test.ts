import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { baselineKey, baselinePrefix, restoreBaseline, saveBaseline } from '../../src/github/index.js'
import { serializeResult } from '../../src/result.js'
import { passingResult } from '../report/results.js'
import { recordingLog, type RecordedLog } from './helpers.js'
import { startGitHub, type FakeGitHub } from './server.js'

const here = dirname(fileURLToPath(import.meta.url))
const IDENTITY = { reportId: 'default', branch: 'main' }
const KEY = { prefix: 'gate', ...IDENTITY }
const FOLDER = 'precision-gate-baseline'
const SAMPLES = JSON.stringify({
  schemaVersion: 1,
  dataset: 'x',
  classes: 2,
  ids: ['a'],
  labels: [0],
  outcomes: { fp32: '1' }
})

let script: string
let server: FakeGitHub
let root: string
let log: RecordedLog

beforeAll(async () => {
  script = (await promisify(execFile)(process.execPath, [join(here, 'worker.mjs')])).stdout.trim()
})
afterAll(() => rmSync(script))
beforeEach(async () => {
  server = await startGitHub()
  root = mkdtempSync(join(tmpdir(), 'precision-gate-baseline-'))
  for (const folder of ['temp', 'local', 'report']) mkdirSync(join(root, folder))
  log = recordingLog()
  writeFileSync(join(root, 'report', 'samples.json'), SAMPLES)
})
afterEach(async () => {
  await server.stop()
  rmSync(root, { recursive: true })
})

const common = () => ({
  env: { ...server.env(), PATH: process.env.PATH, RUNNER_TEMP: join(root, 'temp') },
  log,
  script,
  timeoutMs: 20_000
})

/** What a run on a branch leaves; Its commit tells the runs apart. */
async function save(id: number, { branch = 'main', ref = branch }: { branch?: string; ref?: string } = {}) {
  const result = join(root, 'report', 'result.json')
  writeFileSync(result, serializeResult({ ...passingResult, run: { ref, commit: `c${id}` } }))
  const key = baselineKey({ ...KEY, branch }, { id, attempt: 1 })
  return saveBaseline({ ...common(), ...IDENTITY, branch, key, result, samples: join(root, 'report', 'samples.json') })
}

const restore = (branch = 'main') => {
  const key = { ...KEY, branch }
  const own = baselineKey(key, { id: 9, attempt: 1 })
  return restoreBaseline({
    ...common(),
    ...IDENTITY,
    branch,
    key: own,
    prefix: baselinePrefix(key),
    directory: join(root, 'local')
  })
}

const restored = (name: string) => readFileSync(join(root, 'local', name), 'utf8')

/** Replaces the archive of the only entry by one of these files. */
function poison(make: (folder: string) => void): void {
  const [entry] = server.cache.entries
  const folder = mkdtempSync(join(root, 'poison-'))
  const archive = join(root, 'archive')
  const zstd = entry.archive.readUInt32LE(0) === 0xfd2fb528
  writeFileSync(archive, entry.archive)
  execFileSync('tar', [zstd ? '--zstd' : '-z', '-xPf', archive], { cwd: folder })
  make(join(folder, FOLDER))
  execFileSync('tar', [zstd ? '--zstd' : '-z', '-cPf', archive, FOLDER], { cwd: folder })
  entry.archive = readFileSync(archive)
}

describe('the last result of a branch', () => {
  it('is the newest that its runs have saved', async () => {
    expect(await restore()).toEqual({ kind: 'miss' })
    expect(await save(1)).toEqual({ kind: 'saved' })
    expect(await save(2)).toEqual({ kind: 'saved' })
    expect(await restore()).toEqual({ kind: 'hit', key: baselineKey(KEY, { id: 2, attempt: 1 }) })
    expect(JSON.parse(restored('result.json'))).toMatchObject({ run: { commit: 'c2' } })
    expect(restored('samples.json')).toBe(SAMPLES)
    expect(readdirSync(join(root, 'temp'))).toEqual([])
  })

  it('is not that of a branch whose name begins like it', async () => {
    await save(1, { branch: 'main-2' })
    expect(await restore()).toEqual({ kind: 'miss' })
    expect(baselinePrefix({ ...KEY, reportId: 'a-b', branch: 'c' })).not.toBe(
      baselinePrefix({ ...KEY, reportId: 'a', branch: 'b-c' })
    )
  })

  const bad: [why: RegExp, make: (folder: string) => void][] = [
    [/checksum/, (folder) => writeFileSync(join(folder, 'result.json'), serializeResult(passingResult))],
    [/checksum/, (folder) => writeFileSync(join(folder, 'samples.json'), SAMPLES.replace('"1"', '"0"'))],
    [/baseline\.json|JSON/, (folder) => writeFileSync(join(folder, 'baseline.json'), 'x')],
    [/"evil\.sh", which no baseline does/, (folder) => writeFileSync(join(folder, 'evil.sh'), 'x')],
    [
      /no plain file/,
      (folder) => {
        rmSync(join(folder, 'result.json'))
        symlinkSync('/etc/hostname', join(folder, 'result.json'))
      }
    ],
    [
      /that of report "other" on "main"/,
      (folder) => {
        const file = join(folder, 'baseline.json')
        writeFileSync(file, readFileSync(file, 'utf8').replace('"default"', '"other"'))
      }
    ]
  ]
  it.each(bad)('is refused where it is not what was saved: %s', async (why, make) => {
    await save(1)
    poison(make)
    expect(await restore()).toEqual({ kind: 'refused', reason: expect.stringMatching(why) })
    expect(readdirSync(join(root, 'local'))).toEqual([])
  })

  it('is refused where its result is that of another branch', async () => {
    await save(1, { ref: 'feature' })
    expect(await restore()).toEqual({ kind: 'refused', reason: 'its result is that of "feature"' })
  })

  it('is not saved with a token that may only read, and that is no warning', async () => {
    server.cache.readOnly = true
    expect(await save(1)).toMatchObject({ kind: 'denied' })
    expect(log.lines.filter((line) => line.startsWith('warning'))).toEqual([])
  })
})
