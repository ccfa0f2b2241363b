import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadBinding, whyNotLoaded } from '../../src/runtime/binding.js'
import { loadRuntime } from '../../src/runtime/index.js'

const own = join(import.meta.dirname, '..', '..', 'node_modules', 'onnxruntime-node')
const platform = `${process.platform}-${process.arch}`
let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'binding-test-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('loading ONNX Runtime', () => {
  it('loads from --runtime-path and says what it loaded', async () => {
    const messages: string[] = []
    const runtime = await loadRuntime({ runtimePath: own, log: (message) => messages.push(message) })
    expect(runtime.path).toBe(own)
    expect(runtime.version).toMatch(/^1\.\d+\.\d+$/)
    expect(messages).toEqual([`onnxruntime-node ${runtime.version} from ${own}`])
  })

  it('names the platform when the package has no library for it', () => {
    const path = join(folder, 'package')
    mkdirSync(path)
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
