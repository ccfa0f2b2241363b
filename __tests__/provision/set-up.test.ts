import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { ConfigurationError, FileError } from '../../src/errors.js'
import { provideRuntime, setSources, setUpRuntime } from '../../src/provision/index.js'
import { installPart } from '../../src/provision/install.js'
import { onnxruntimePart, type PinnedPart, sharpPart } from '../../src/provision/parts.js'
import { ONNXRUNTIME, ONNXRUNTIME_VERSION, type Pin, SHARP } from '../../src/provision/pins.js'
import { currentPlatform, platformName } from '../../src/provision/platform.js'
import { packedName } from '../../src/provision/registry.js'
import { runCli } from '../cli/harness.js'
import { integrity, QUIET, tarball } from './packages.js'
import { TestServer } from './server.js'

const modules = join(import.meta.dirname, '..', '..', 'node_modules')
const linux = { os: 'linux', arch: 'x64', musl: false }
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'set-up-test-'))
})
afterEach(() => {
  setSources({})
  rmSync(folder, { recursive: true, force: true })
})

const options = () => ({ ...QUIET, toolCache: folder })

describe('platforms', () => {
  it.each([
    ['an Intel Mac', { os: 'darwin', arch: 'x64', musl: false }, 'no library for darwin-x64', /Apple silicon/],
    ['Alpine Linux', { ...linux, musl: true }, 'it has no glibc (Alpine Linux?)', /an image with glibc/],
    ['a 32-bit ARM', { ...linux, arch: 'arm' }, 'no library for linux-arm (there are: linux-x64, ', /one of those/]
  ])('refuses %s, and says what to do', async (_, platform, message, hint) => {
    await expect(setUpRuntime({ ...options(), platform })).rejects.toMatchObject({
      message: expect.stringContaining(message),
      hint: expect.stringMatching(hint),
      exitCode: 3
    })
    expect(readdirSync(folder)).toEqual([])
  })

  it.each(Object.keys(SHARP.platforms))('has pinned packages for %s, and knows which files are its own', (name) => {
    const [os, arch] = name.split('-')
    const platform = { os, arch, musl: false }
    const runtime = onnxruntimePart(platform)
    const wanted = (path: string) => runtime.packages[0].wanted(path)
    expect(wanted(`bin/napi-v6/${os}/${arch}/onnxruntime_binding.node`)).toBe(true)
    expect(wanted('bin/napi-v6/beos/ppc/onnxruntime_binding.node')).toBe(false)
    const decoder = sharpPart(platform)
    expect(decoder.packages.map((pin) => pin.name)).toContain(`@img/sharp-${name}`)
    expect(runtime.binary.test(`node_modules/onnxruntime-node/bin/napi-v6/${os}/${arch}/x.node`)).toBe(true)
    expect(decoder.binary.test(`node_modules/@img/sharp-${name}/lib/sharp-${name}-${SHARP.version}.node`)).toBe(true)
  })
})

describe('pinned hashes', () => {
  const pins: readonly Pin[] = [
    ...Object.values(ONNXRUNTIME).flat(),
    ...SHARP.everywhere,
    ...Object.values(SHARP.platforms).flat()
  ]

  it('are those of package-lock.json, where the tests run with the same version', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { version: string; integrity?: string } | undefined>
    }
    const compared = pins.filter(({ name, version, integrity: pinned }) => {
      const locked = lock.packages[`node_modules/${name}`]
      if (locked?.version !== version || locked.integrity === undefined) return false
      expect(`${name} ${locked.integrity}`).toBe(`${name} ${pinned}`)
      return true
    })
    // All but TensorRT's two.
    expect(compared).toHaveLength(pins.length - 2)
  })

  it('exist for one version of ONNX Runtime by default and for 1.26.0, and for no other', () => {
    expect(onnxruntimePart(linux).version).toBe(ONNXRUNTIME_VERSION)
    expect(onnxruntimePart(linux, '1.26.0').version).toBe('1.26.0')
    for (const version of ['1.25.0', 'constructor']) {
      expect(() => onnxruntimePart(linux, version)).toThrow(`${version} has no pinned hash here`)
    }
  })
})

describe('set-up', () => {
  it('lists the tarballs that an offline folder lacks, and how to get them', async () => {
    const error: unknown = await setUpRuntime({ ...options(), platform: linux, offline: folder }).catch(
      (reason: unknown) => reason
    )
    expect(error).toBeInstanceOf(FileError)
    expect(String(error)).toContain('lacks onnxruntime-node-')
    expect(String(error)).toContain(`img-sharp-linux-x64-${SHARP.version}.tgz`)
    expect(error).toHaveProperty('hint', expect.stringMatching(/npm pack onnxruntime-node@.* @img\/sharp-linux-x64@/))
  })

  it('refuses a registry that is no address before it writes anything', async () => {
    await expect(setUpRuntime({ ...options(), registry: 'mirror' })).rejects.toThrow(ConfigurationError)
    expect(readdirSync(folder)).toEqual([])
  })

  it('does nothing where a project has both already', async () => {
    const from = process.cwd()
    const parts = await provideRuntime({ ...options(), from, registry: 'http://127.0.0.1:1' })
    expect(parts).toMatchObject({ onnxruntime: { source: 'project' }, sharp: { source: 'project' } })
    expect(readdirSync(folder)).toEqual([])
  })

  it('goes to the registry for a version that is asked for, whatever is installed', async () => {
    const server = await new TestServer((_, response) => response.writeHead(404).end()).start()
    const asked = { ...options(), registry: server.url('/npm').href, runtimeVersion: '1.26.0', platform: linux }
    await expect(provideRuntime(asked)).rejects.toThrow('the server answered 404')
    expect(server.paths).toEqual(['/npm/onnxruntime-node/-/onnxruntime-node-1.26.0.tgz'])
    await server.stop()
  })

  it('does not download around a runtime path that is wrong or contradicts what is asked for', async () => {
    await expect(provideRuntime({ ...options(), runtimePath: folder })).rejects.toThrow('holds no onnxruntime-node')
    const own = { ...options(), runtimePath: join(modules, 'onnxruntime-node'), registry: 'http://127.0.0.1:1' }
    expect((await provideRuntime(own)).onnxruntime.source).toBe('runtime-path')
    await expect(provideRuntime({ ...own, runtimeVersion: '1.26.0' })).rejects.toThrow(/1\.26\.0 is asked for/)
    await expect(provideRuntime({ ...own, cudaLibraries: folder })).rejects.toThrow(ConfigurationError)
  })
})

describe('the command line', () => {
  it('has setup-runtime, with the exit codes of every command', async () => {
    const server = await new TestServer((_, response) => response.writeHead(404).end()).start()
    const url = server.url('/npm').href
    const missing = await runCli(['setup-runtime', '-q', '--tool-cache', folder, '--registry', url])
    expect(missing).toMatchObject({ code: 3, out: '' })
    expect(missing.err).toMatch(/^error: cannot download onnxruntime-node .*: the server answered 404\nhint: /)
    await server.stop()
    const usage = await runCli(['setup-runtime', '--registry', 'mirror'])
    expect(usage).toMatchObject({ code: 2, out: '' })
    const version = await runCli(['setup-runtime', '--runtime-version', '1.2.3', '--tool-cache', folder])
    expect(version).toMatchObject({ code: 3, err: expect.stringContaining('has no pinned hash') })
  })

  it('downloads for other commands only where --download says so', async () => {
    const help = await runCli(['run', '--help'])
    expect(help.out).toMatch(/--download +fetch ONNX Runtime/)
    // Everything is installed here: with --download too nothing is fetched, and the config is what is missing.
    const { err } = await runCli(['check', '--download', '--tool-cache', folder, '-c', join(folder, 'none.yml')])
    expect(err).toMatch(/none\.yml does not exist/)
    expect(readdirSync(folder)).toEqual([])
  })
})

/** A tarball as the registry has it, of the package that is installed here. */
async function repack(name: string, wanted: (path: string) => boolean): Promise<Buffer> {
  const root = join(modules, name)
  const entries = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.startsWith('node_modules/') && (wanted(path) || !path.startsWith('bin/')))
    .map((path) => ({ name: `package/${path}`, text: readFileSync(join(root, path)) }))
  return tarball(entries)
}

/** The same part with the hashes of these tarballs, which lie in a folder as npm pack names them. */
async function repacked(part: PinnedPart, packed: string): Promise<PinnedPart> {
  const packages = []
  for (const pin of part.packages) {
    const bytes = await repack(pin.name, pin.wanted)
    writeFileSync(join(packed, packedName(pin)), bytes)
    packages.push({ ...pin, integrity: integrity(bytes) })
  }
  return { ...part, packages }
}

const DECODE_AND_COMPUTE = `
  const [runtime, decoder] = process.argv.slice(1)
  const ort = require(runtime)
  const sharp = require(decoder)
  const image = sharp({ create: { width: 2, height: 2, channels: 3, background: '#102030' } })
  image.png().toBuffer().then((png) => sharp(png).raw().toBuffer()).then((pixels) => {
    const backends = ort.listSupportedBackends().map(({ name }) => name)
    console.log(JSON.stringify({ backends, pixels: [...pixels] }))
  })`

describe('what is taken of the real packages', () => {
  it('is enough to compute and to decode, far from any node_modules', async () => {
    const packed = join(folder, 'packed')
    mkdirSync(packed)
    const platform = currentPlatform()
    const source = { folder: packed }
    const paths: string[] = []
    for (const part of [onnxruntimePart(platform), sharpPart(platform)]) {
      const made = await installPart(await repacked(part, packed), { ...QUIET, toolCache: folder, source })
      paths.push(join(made.folder, 'node_modules', part.main))
      expect(made.folder.endsWith(platformName())).toBe(true)
    }
    const out = execFileSync(process.execPath, ['-e', DECODE_AND_COMPUTE, ...paths], {
      cwd: folder,
      env: { PATH: process.env.PATH },
      encoding: 'utf8'
    })
    const { backends, pixels } = JSON.parse(out) as { backends: string[]; pixels: number[] }
    expect(backends).toContain('cpu')
    expect(pixels).toEqual(Array.from({ length: 4 }, () => [0x10, 0x20, 0x30]).flat())
  })
})
