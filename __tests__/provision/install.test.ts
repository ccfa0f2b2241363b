import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { execFileSync, spawn } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FileError, RuntimeError } from '../../src/errors.js'
import { installPart, type InstallOptions } from '../../src/provision/install.js'
import { packedName } from '../../src/provision/registry.js'
import { isComplete, partFolder } from '../../src/provision/tool-cache.js'
import { FAKE_FILES, type FakePart, fakePart, integrity, QUIET, tarball } from './packages.js'
import { registry, TestServer } from './server.js'

let fake: FakePart
let cache: string
let folder: string
const servers: TestServer[] = []
beforeEach(async () => {
  fake = await fakePart()
  cache = mkdtempSync(join(tmpdir(), 'install-test-'))
  folder = partFolder(cache, 'onnxruntime', '1.2.3', 'linux-x64')
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
  rmSync(cache, { recursive: true, force: true })
})

async function serve(server = registry(fake.tarballs)): Promise<TestServer> {
  servers.push(await server.start())
  return server
}

function install(server: TestServer, options: Partial<InstallOptions> = {}) {
  const source = { registry: server.url('/npm') }
  return installPart(fake.part, { ...QUIET, heartbeatMs: 20, toolCache: cache, source, ...options })
}

const files = (root = cache): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()

describe('an installation', () => {
  it("holds this platform's files of every package, and nothing else", async () => {
    expect(await install(await serve())).toEqual({ folder, installed: true })
    expect(files(folder)).toEqual(FAKE_FILES)
    expect(files()).toHaveLength(FAKE_FILES.length)
    expect(readFileSync(join(folder, 'node_modules/fake-node/bin/linux-x64/fake.node'), 'utf8')).toMatch(/linux-x64$/)
    expect(readdirSync(join(folder, '..'))).toEqual(['linux-x64'])
  })

  it('is taken as it is the second time, without a request', async () => {
    const server = await serve()
    await install(server)
    const asked = server.requests.length
    expect(asked).toBe(2)
    expect(await install(server)).toEqual({ folder, installed: false })
    expect(server.requests).toHaveLength(asked)
  })

  it.each<[string, () => void]>([
    ['has no marker', () => rmSync(join(folder, '.complete'))],
    ['has a damaged marker', () => writeFileSync(join(folder, '.complete'), '{"files":')],
    ['lacks a file', () => rmSync(join(folder, FAKE_FILES[1]))],
    ['has a file cut short', () => truncateSync(join(folder, FAKE_FILES[3]), 3)]
  ])('is replaced where it %s', async (_, damage) => {
    const server = await serve()
    await install(server)
    damage()
    expect(isComplete(folder)).toBe(false)
    expect(await install(server)).toEqual({ folder, installed: true })
    expect(files(folder)).toEqual(FAKE_FILES)
    expect(readdirSync(join(folder, '..'))).toEqual(['linux-x64'])
  })

  it('can be made of a folder of tarballs, as npm pack names them', async () => {
    const [main, common] = [...fake.tarballs.values()]
    const packed = join(cache, 'packed')
    mkdirSync(packed)
    const pins = fake.part.packages
    writeFileSync(join(packed, packedName(pins[0])), main)
    writeFileSync(join(packed, packedName(pins[1])), common)
    expect(readdirSync(packed).sort()).toEqual(['fake-common-1.2.3.tgz', 'fake-node-1.2.3.tgz'])
    const options = { ...QUIET, toolCache: cache, source: { folder: packed } }
    expect(await installPart(fake.part, options)).toEqual({ folder, installed: true })
    expect(readdirSync(packed)).toHaveLength(2)
  })
})

describe('what is not the pinned package', () => {
  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['other bytes', (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(1)])],
    ['a half', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['a login page', () => Buffer.from('<html>')],
    ['nothing', () => Buffer.alloc(0)]
  ])('is refused and leaves nothing: %s', async (_, alter) => {
    const tarballs = new Map([...fake.tarballs].map(([path, bytes]) => [path, alter(bytes)]))
    const server = await serve(registry(tarballs))
    const error: unknown = await install(server).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(RuntimeError)
    expect(String(error)).toMatch(
      /fake-node 1\.2\.3 from http:.* is not the pinned package: its hash is sha512-.*, the pinned one sha512-/
    )
    expect(error).toHaveProperty('hint', expect.stringContaining('nothing was installed'))
    expect(files()).toEqual([])
    expect(server.requests).toHaveLength(1)
  })

  it('cannot be a package without a library for the platform', async () => {
    const bytes = await tarball([{ name: 'package/package.json', text: '{}' }])
    const part = { ...fake.part, packages: [{ ...fake.part.packages[0], integrity: integrity(bytes) }] }
    const server = await serve(registry(new Map([[[...fake.tarballs.keys()][0], bytes]])))
    const source = { registry: server.url('/npm') }
    await expect(installPart(part, { ...QUIET, toolCache: cache, source })).rejects.toThrow(
      'fake-node 1.2.3 has no library for linux-x64 in its tarball'
    )
    expect(files()).toEqual([])
  })

  it('is told from a folder that cannot be written', async () => {
    writeFileSync(join(cache, 'file'), '')
    const server = await serve()
    await expect(install(server, { toolCache: join(cache, 'file') })).rejects.toThrow(FileError)
    expect(server.requests).toHaveLength(0)
  })
})

describe('a lock', () => {
  const hold = (host = 'another-machine', pid = 1): string => {
    const lock = `${folder}.lock`
    mkdirSync(lock, { recursive: true })
    writeFileSync(join(lock, 'owner.json'), JSON.stringify({ id: 'x', host, pid }))
    return lock
  }

  it('is respected while its holder lives, and named when the wait gets too long', async () => {
    const owner = join(hold(), 'owner.json')
    const beat = setInterval(() => utimesSync(owner, new Date(), new Date()), 20)
    const server = await serve()
    await expect(install(server, { timeoutMs: 1000 })).rejects.toThrow(
      `${folder}.lock has been held for 1 s by process 1 on another-machine`
    )
    clearInterval(beat)
    expect(server.requests).toHaveLength(0)
  })

  it('is taken over when its holder gives no sign of life', async () => {
    writeFileSync(join(hold(), 'half.tgz'), 'half')
    expect(await install(await serve())).toEqual({ folder, installed: true })
    expect(files()).toHaveLength(FAKE_FILES.length)
  })

  it('ends with the wait where the holder finishes the work', async () => {
    const lock = hold()
    const elsewhere = join(cache, 'elsewhere')
    const { folder: made } = await install(await serve(), { toolCache: elsewhere })
    const server = await serve()
    const waiting = install(server, { heartbeatMs: 5000 })
    execFileSync('cp', ['-r', made, folder])
    expect(await waiting).toEqual({ folder, installed: false })
    expect(server.requests).toHaveLength(0)
    expect(readdirSync(lock)).toEqual(['owner.json'])
  })
})

// Windows knows no signals that a process could handle.
const onPosix = process.platform === 'win32' ? describe.skip : describe

onPosix('processes of their own', () => {
  let program: string
  beforeAll(() => {
    program = execFileSync(process.execPath, ['__tests__/provision/bundle.mjs'], { encoding: 'utf8' }).trim()
  })
  afterAll(() => rmSync(program, { force: true }))

  function start(server: TestServer) {
    const run = `import { main } from ${JSON.stringify(pathToFileURL(program).href)}; await main(...process.argv.slice(1))`
    const args = ['--input-type=module', '-e', run, cache, server.url('/npm').href]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const ended = new Promise<{ output: string; code: number | null }>((resolve) =>
      child.on('close', (code) => resolve({ output: output.trim(), code }))
    )
    return { child, ended }
  }

  it('install once when eight of them start together', async () => {
    const server = await serve()
    const ends = await Promise.all(Array.from({ length: 8 }, () => start(server).ended))
    expect(ends.map(({ output }) => output).sort()).toEqual(['installed', ...Array<string>(7).fill('was there')])
    expect(server.paths.sort()).toEqual([...fake.tarballs.keys()].sort())
    expect(files(folder)).toEqual(FAKE_FILES)
    expect(readdirSync(join(folder, '..'))).toEqual(['linux-x64'])
  })

  /** Starts one, and sends it the signal in the middle of the second download. */
  async function interrupt(signal: NodeJS.Signals) {
    const [first] = fake.tarballs.keys()
    const server = await serve(
      new TestServer(({ url }, response) => {
        const bytes = fake.tarballs.get(url ?? '') ?? Buffer.alloc(0)
        if (url === first) return void response.end(bytes)
        response.writeHead(200, { 'content-length': bytes.length })
        response.write(bytes.subarray(0, 100), () => child.kill(signal))
      })
    )
    const { child, ended } = start(server)
    return ended
  }

  it('leave nothing when they are interrupted', async () => {
    expect(await interrupt('SIGTERM')).toMatchObject({ code: 143 })
    expect(files()).toEqual([])
    expect(readdirSync(join(folder, '..'))).toEqual([])
  })

  it('leave nothing that hinders the next when they are killed', async () => {
    expect(await interrupt('SIGKILL')).toMatchObject({ code: null })
    expect(readdirSync(join(folder, '..'))).toEqual(['linux-x64.lock'])
    expect(await install(await serve())).toEqual({ folder, installed: true })
    expect(files()).toHaveLength(FAKE_FILES.length)
    expect(readdirSync(join(folder, '..'))).toEqual(['linux-x64'])
  })
})
