import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { execFile, execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cacheKey, restoreTables, saveTables, type RestoreOutcome, type SaveOutcome } from '../../src/github/index.js'
import { sha256 } from '../../src/util/hash.js'
import { recordingLog, type RecordedLog } from './helpers.js'
import { put, tableOf } from './tables.js'
import { startGitHub, type FakeCacheEntry, type FakeGitHub, type Fault } from './server.js'

const here = dirname(fileURLToPath(import.meta.url))
const TABLES = 'precision-gate-tables'
const KEY = cacheKey('gate', sha256('config'))
const CREATE = /CreateCacheEntry/
const FIND = /GetCacheEntryDownloadURL/
const DOWNLOAD = /GET \/cache/
const UPLOAD = /PUT \/upload/
const FINALIZE = /FinalizeCacheEntryUpload/

let script: string
let server: FakeGitHub
let root: string
let log: RecordedLog

beforeAll(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(here, 'worker.mjs')])
  script = stdout.trim()
})

afterAll(() => rmSync(script))

/** What a save under the key leaves in the service: made once by a real one. */
let saved: Promise<FakeCacheEntry> | undefined

async function seed(): Promise<FakeCacheEntry> {
  saved ??= save([put(join(root, 'workspace'))]).then(() => server.cache.entries.pop()!)
  const entry = { ...(await saved) }
  server.cache.entries.push(entry)
  return entry
}

beforeEach(async () => {
  server = await startGitHub()
  root = mkdtempSync(join(tmpdir(), 'precision-gate-cache-test-'))
  for (const folder of ['temp', 'local', 'workspace']) mkdirSync(join(root, folder))
  log = recordingLog()
})

afterEach(async () => {
  await server.stop()
  rmSync(root, { recursive: true })
})

function options(env: NodeJS.ProcessEnv = {}, timeoutMs = 20_000) {
  const { PATH } = process.env
  const step = { ...server.env(), PATH, RUNNER_TEMP: join(root, 'temp'), GITHUB_WORKSPACE: join(root, 'workspace') }
  return { key: KEY, env: { ...step, ...env }, log, timeoutMs, script }
}

const local = () => join(root, 'local')
const save = (files: string[], env?: NodeJS.ProcessEnv, timeoutMs?: number): Promise<SaveOutcome> =>
  saveTables({ ...options(env, timeoutMs), files })
const restore = (env?: NodeJS.ProcessEnv, timeoutMs?: number): Promise<RestoreOutcome> =>
  restoreTables({ ...options(env, timeoutMs), directory: local() })
/** A process that has ended and that nobody has waited for yet is still listed, as a zombie. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const warnings = () => log.lines.filter((line) => line.startsWith('warning'))

/** Puts an archive of the given entries under the key, as somebody with a token of the branch could. */
async function poison(make: (folder: string) => string[], key = KEY): Promise<void> {
  const entry = await seed()
  entry.key = key
  const folder = mkdtempSync(join(root, 'poison-'))
  mkdirSync(join(folder, TABLES))
  const entries = make(folder)
  const zstd = entry.archive.readUInt32LE(0) === 0xfd2fb528
  const archive = join(root, 'archive')
  execFileSync('tar', [zstd ? '--zstd' : '-z', '-cPf', archive, ...entries], { cwd: folder })
  entry.archive = readFileSync(archive)
}

describe('tables in the Actions cache', () => {
  it('are missed first, saved, and restored to the byte by the next run', async () => {
    expect(await restore()).toEqual({ kind: 'miss' })
    const files = [put(join(root, 'workspace')), put(join(root, 'workspace'), tableOf('m2'))]
    expect(await save(files)).toEqual({ kind: 'saved', tables: 2 })
    const outcome = await restore()
    expect(outcome).toEqual({
      kind: 'hit',
      tables: expect.arrayContaining(files.map((file) => basename(file, '.json'))),
      added: expect.arrayContaining([expect.stringContaining(local())])
    })
    for (const file of files) {
      expect(readFileSync(join(local(), file.slice(file.lastIndexOf('/'))), 'utf8')).toBe(readFileSync(file, 'utf8'))
    }
    expect(warnings()).toEqual([])
    expect(readdirSync(join(root, 'temp'))).toEqual([])
    expect(readdirSync(join(root, 'workspace')).sort()).toEqual(files.map((file) => file.split('/').at(-1)).sort())
  })

  it('have a version that is the same on every runner, wherever its workspace lies', async () => {
    await seed()
    mkdirSync(join(root, 'elsewhere', 'temp'), { recursive: true })
    const elsewhere = { GITHUB_WORKSPACE: join(root, 'elsewhere'), RUNNER_TEMP: join(root, 'elsewhere', 'temp') }
    expect((await restore(elsewhere)).kind).toBe('hit')
  })

  it('do not replace a table that is there already', async () => {
    await seed()
    const mine = join(local(), `${tableOf('m1').key}.json`)
    writeFileSync(mine, 'mine')
    expect(await restore()).toEqual({ kind: 'hit', tables: [tableOf('m1').key], added: [] })
    expect(readFileSync(mine, 'utf8')).toBe('mine')
  })

  it('are not overwritten under their key', async () => {
    await seed()
    expect(await save([put(join(root, 'workspace'))])).toEqual({ kind: 'exists' })
    expect(warnings()).toEqual([])
  })

  it('are taken from the exact key only, although the service matches by prefix', async () => {
    await poison((folder) => [put(join(folder, TABLES)) && TABLES], `${KEY}-and-more`)
    expect(await restore()).toEqual({ kind: 'refused', reason: expect.stringMatching(/another key/) })
    expect(readdirSync(local())).toEqual([])
  })

  it('are saved only where they are whole', async () => {
    const bad = join(root, 'workspace', 'bad.json')
    writeFileSync(bad, '{}')
    expect(await save([bad])).toEqual({ kind: 'failed', reason: expect.stringMatching(/damaged/) })
    expect(await save([])).toEqual({ kind: 'nothing' })
    expect(server.requests).toHaveLength(0)
  })

  it('need no service outside of Actions', async () => {
    const outside = { ACTIONS_RESULTS_URL: undefined }
    expect((await restore(outside)).kind).toBe('unavailable')
    expect((await save([put(join(root, 'workspace'))], outside)).kind).toBe('unavailable')
    expect(server.requests).toHaveLength(0)
  })
})

describe('the key of an entry', () => {
  it('has a fixed length at its end, no comma, and at most 512 characters', () => {
    expect(KEY).toBe(`gate-v1-${sha256('config')}`)
    expect(cacheKey('a, b', sha256('x'))).toBe(`a-b-v1-${sha256('x')}`)
    expect(cacheKey('p'.repeat(600), sha256('x'))).toHaveLength(512)
    expect(() => cacheKey('a', 'short')).toThrow(TypeError)
  })
})

describe('a poisoned entry', () => {
  const good = (folder: string) => put(join(folder, TABLES))

  it('cannot write outside of the staging folder, by any name', async () => {
    const absolute = join(root, 'absolute.txt')
    await poison((folder) => {
      good(folder)
      writeFileSync(absolute, 'evil')
      writeFileSync(join(folder, '..', 'up.txt'), 'evil')
      mkdirSync(join(folder, 'line\nbreak'))
      writeFileSync(join(folder, 'line\nbreak', 'x'), 'evil')
      return [TABLES, absolute, '../up.txt', 'line\nbreak/x']
    })
    rmSync(absolute)
    rmSync(join(root, 'up.txt'))
    expect((await restore()).kind).toBe('refused')
    expect(existsSync(absolute)).toBe(false)
    expect(existsSync(join(root, 'temp', 'up.txt'))).toBe(false)
    expect(existsSync(join(root, 'up.txt'))).toBe(false)
    expect(readdirSync(local())).toEqual([])
    expect(readdirSync(join(root, 'temp'))).toEqual([])
  })

  it('cannot write through a link', async () => {
    const target = join(root, 'target')
    mkdirSync(target)
    await poison((folder) => {
      symlinkSync(target, join(folder, TABLES, 'out'))
      mkdirSync(join(folder, 'b', TABLES, 'out'), { recursive: true })
      writeFileSync(join(folder, 'b', TABLES, 'out', 'evil.txt'), 'evil')
      return [`${TABLES}/out`, '-C', 'b', `${TABLES}/out/evil.txt`]
    })
    expect((await restore()).kind).toBe('refused')
    expect(readdirSync(target)).toEqual([])
  })

  it('is a warning, and leaves nothing behind', async () => {
    await poison((folder) => {
      good(folder)
      writeFileSync(join(folder, TABLES, 'README'), 'hello')
      return [TABLES]
    })
    expect((await restore()).kind).toBe('refused')
    expect(warnings()).toEqual([
      expect.stringMatching(/^warning: calibration tables were not restored .* The gate goes on/)
    ])
    expect(readdirSync(local())).toEqual([])
    expect(readdirSync(join(root, 'temp'))).toEqual([])
  })

  it('that is cut short is a failure with a warning', async () => {
    await poison((folder) => [good(folder) && TABLES])
    server.cache.entries[0].archive = server.cache.entries[0].archive.subarray(0, 60)
    expect(await restore()).toEqual({ kind: 'failed', reason: expect.stringMatching(/^Failed to restore/) })
    expect(readdirSync(local())).toEqual([])
  })
})

describe('a token that may only read', () => {
  it('is denied a save without a warning', async () => {
    server.cache.readOnly = true
    const outcome = await save([put(join(root, 'workspace'))])
    expect(outcome).toEqual({ kind: 'denied', reason: expect.stringMatching(/cache write denied/) })
    expect(warnings()).toEqual([])
  })

  it.each(['read', 'none'])('is not even tried in cache mode %s', async (mode) => {
    expect((await save([put(join(root, 'workspace'))], { ACTIONS_CACHE_MODE: mode })).kind).toBe('denied')
    expect(server.requests).toHaveLength(0)
  })
})

describe('a failing service', () => {
  const restoring: [status: number, call: RegExp][] = [
    [401, FIND],
    [403, FIND],
    [422, FIND],
    [429, FIND],
    [403, DOWNLOAD],
    [404, DOWNLOAD]
  ]
  it.each(restoring)('is an outcome while restoring: %d to %s', async (status, call) => {
    await seed()
    server.fail(call, { kind: 'status', status, message: 'no' }, Infinity)
    expect(await restore()).toEqual({ kind: 'failed', reason: expect.stringMatching(/Failed to/) })
  })

  const saving: [status: number, call: RegExp, kind: SaveOutcome['kind']][] = [
    [401, CREATE, 'failed'],
    [403, CREATE, 'denied'],
    [409, CREATE, 'exists'],
    [429, CREATE, 'failed'],
    [404, UPLOAD, 'failed'],
    [422, FINALIZE, 'failed']
  ]
  it.each(saving)('is an outcome while saving: %d to %s', async (status, call, kind) => {
    server.fail(call, { kind: 'status', status, message: 'no' }, Infinity)
    expect((await save([put(join(root, 'workspace'))])).kind).toBe(kind)
  })

  const broken: [name: string, call: RegExp, fault: Fault][] = [
    ['half of an archive', DOWNLOAD, { kind: 'half' }],
    ['a reset download', DOWNLOAD, { kind: 'reset' }],
    ['no answer', FIND, { kind: 'silence' }],
    ['no archive', DOWNLOAD, { kind: 'silence' }],
    ['503 for long', FIND, { kind: 'status', status: 503 }]
  ]
  it.each(broken)('ends within the time limit, nothing restored: %s', async (_, call, fault) => {
    await seed()
    server.fail(call, fault, Infinity)
    const start = performance.now()
    expect((await restore({}, 2_000)).kind).toBe('failed')
    expect(performance.now() - start).toBeLessThan(5_000)
    expect(readdirSync(local())).toEqual([])
    expect(readdirSync(join(root, 'temp')).filter((name) => name.startsWith('precision-gate'))).toEqual([])
  })

  it('kills its process with all that it started', async () => {
    const hanging = join(root, 'hanging.mjs')
    writeFileSync(
      hanging,
      `import { spawn } from 'node:child_process'
       import { writeFileSync } from 'node:fs'
       const tar = spawn('sleep', ['60'])
       writeFileSync(${JSON.stringify(join(root, 'pids'))}, JSON.stringify([process.pid, tar.pid]))
       process.on('message', () => {})`
    )
    const outcome = await restoreTables({ ...options({}, 2_000), script: hanging, directory: local() })
    expect(outcome).toEqual({ kind: 'failed', reason: 'no answer from the Actions cache within 2 s' })
    const pids = JSON.parse(readFileSync(join(root, 'pids'), 'utf8')) as number[]
    const deadline = performance.now() + 10_000
    while (pids.some(isRunning) && performance.now() < deadline) await new Promise((done) => setTimeout(done, 50))
    expect(pids.filter(isRunning)).toEqual([])
  })

  it('prints nothing itself: no annotation, no signed address', async () => {
    const file = put(join(root, 'workspace'))
    await save([file], { RUNNER_DEBUG: '1' })
    server.fail(DOWNLOAD, { kind: 'status', status: 500 }, Infinity)
    await restore({ RUNNER_DEBUG: '1' }, 2_500)
    const text = log.lines.join('\n')
    expect(text).toMatch(/not restored/)
    expect(text).not.toMatch(/signature|::/)
  })
})

describe('a machine that cannot unpack safely', () => {
  it('does without the cache where tar is not GNU tar', async () => {
    await seed()
    const bin = join(root, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'tar'), '#!/bin/sh\necho "bsdtar 3.7.2"\n')
    chmodSync(join(bin, 'tar'), 0o755)
    expect(await restore({ PATH: `${bin}:${process.env.PATH}` })).toEqual({
      kind: 'unavailable',
      reason: expect.stringMatching(/GNU tar is missing/)
    })
    expect(server.calls(FIND)).toHaveLength(0)
  })

  it('does without the cache where its process cannot start', async () => {
    const outcome = await restoreTables({ ...options(), script: join(root, 'nowhere.js'), directory: local() })
    expect(outcome).toEqual({ kind: 'failed', reason: expect.stringMatching(/without an answer/) })
  })
})
