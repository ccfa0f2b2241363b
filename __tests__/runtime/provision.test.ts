import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RuntimeError } from '../../src/errors.js'
import { loadBinding, whyNotLoaded } from '../../src/runtime/binding.js'
import { loadRuntime } from '../../src/runtime/index.js'
import { compareVersions, defaultToolCache, findOnnxRuntime } from '../../src/runtime/provision.js'

const own = join(import.meta.dirname, '..', '..', 'node_modules', 'onnxruntime-node')
const platform = `${process.platform}-${process.arch}`
let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'provision-test-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function install(place: string, version: string, name = 'onnxruntime-node'): string {
  const path = join(folder, place)
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version, main: 'index.js' }))
  return path
}

describe('finding ONNX Runtime', () => {
  it('takes the folder that --runtime-path names, with the package in it or being it', () => {
    const path = install('there/node_modules/onnxruntime-node', '1.26.0')
    expect(findOnnxRuntime({ runtimePath: join(folder, 'there') })).toEqual({ path, version: '1.26.0' })
    expect(findOnnxRuntime({ runtimePath: path })).toEqual({ path, version: '1.26.0' })
  })

  it('does not look elsewhere when --runtime-path holds none', () => {
    install('node_modules/onnxruntime-node', '1.30.0')
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    expect(() => findOnnxRuntime({ runtimePath: empty, from: folder })).toThrow(
      `--runtime-path ${empty} holds no onnxruntime-node`
    )
    install('other', '1.30.0', 'onnxruntime-web')
    expect(() => findOnnxRuntime({ runtimePath: join(folder, 'other') })).toThrow(RuntimeError)
  })

  it("prefers the project's own node_modules, from the working directory upwards, to any other", () => {
    const path = install('project/node_modules/onnxruntime-node', '1.27.0')
    install(`cache/onnxruntime-node/1.30.0/${platform}/node_modules/onnxruntime-node`, '1.30.0')
    mkdirSync(join(folder, 'project/models/deep'), { recursive: true })
    const found = findOnnxRuntime({ from: join(folder, 'project/models/deep'), toolCache: join(folder, 'cache') })
    expect(found).toEqual({ path, version: '1.27.0' })
  })

  it('then takes the one around this program', () => {
    expect(findOnnxRuntime({ from: folder, toolCache: join(folder, 'cache') }).path).toBe(own)
  })

  it('passes over a version that is too old, and says so where it is the one asked for', () => {
    const old = install('node_modules/onnxruntime-node', '1.25.1')
    expect(findOnnxRuntime({ from: folder }).path).toBe(own)
    expect(() => findOnnxRuntime({ runtimePath: old })).toThrow(
      `onnxruntime-node 1.25.1 in ${old} is older than 1.26.0`
    )
  })

  it('keeps the tool cache where the runner or the user keeps such things', () => {
    expect(defaultToolCache({ RUNNER_TOOL_CACHE: '/opt/hostedtoolcache' })).toBe('/opt/hostedtoolcache')
    expect(defaultToolCache({})).toMatch(/precision-gate/)
  })

  it('orders versions by number', () => {
    const version = fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50))
    fc.assert(
      fc.property(version, version, (a, b) => {
        const expected = Math.sign(a[0] - b[0] || a[1] - b[1] || a[2] - b[2])
        return Math.sign(compareVersions(a.join('.'), b.join('.'))) === expected
      })
    )
    expect(compareVersions('1.28.0-dev.20260624-ba45260eed', '1.28.0')).toBe(0)
  })
})

describe('loading ONNX Runtime', () => {
  it('loads from --runtime-path and says what it loaded', async () => {
    const messages: string[] = []
    const runtime = await loadRuntime({ runtimePath: own, log: (message) => messages.push(message) })
    expect(runtime.path).toBe(own)
    expect(runtime.version).toMatch(/^1\.\d+\.\d+$/)
    expect(messages).toEqual([`onnxruntime-node ${runtime.version} from ${own}`])
  })

  it('names the platform when the package has no library for it', () => {
    const path = install('package', '1.30.0')
    cpSync(join(own, 'dist'), join(path, 'dist'), { recursive: true })
    cpSync(join(own, 'package.json'), join(path, 'package.json'))
    mkdirSync(join(path, 'bin/napi-v6/beos/ppc'), { recursive: true })
    writeFileSync(join(path, 'bin/napi-v6/beos/ppc/onnxruntime_binding.node'), '')
    expect(() => loadBinding({ path, version: '1.30.0' })).toThrow(`has no library for ${platform} (it has: beos-ppc)`)
  })

  it('tells an old C library, an Intel Mac, Alpine Linux and a second runtime apart', () => {
    const glibc = whyNotLoaded(own, "libm.so.6: version `GLIBC_2.28' not found (required by x)", 'linux-x64', '2.17')
    expect(glibc.message).toContain('it needs GLIBC_2.28, this system has glibc 2.17')
    const mac = whyNotLoaded(
      own,
      "Cannot find module '../bin/napi-v6/darwin/x64/onnxruntime_binding.node'",
      'darwin-x64',
      undefined
    )
    expect(mac.message).toContain('has no library for darwin-x64')
    expect(mac.hint).toContain('Intel Macs')
    const alpine = whyNotLoaded(own, 'Error loading shared library ld-linux-x86-64.so.2', 'linux-x64', undefined)
    expect(alpine.message).toContain('no glibc (Alpine Linux?)')
    const second = whyNotLoaded(own, "libonnxruntime.so.1: version `VERS_1.26.0' not found", 'linux-x64', '2.36')
    expect(second.message).toContain('this process has loaded another version of ONNX Runtime')
    const other = whyNotLoaded(own, 'file too short', 'linux-x64', '2.36')
    expect(other.message).toContain('does not load: file too short')
  })
})
