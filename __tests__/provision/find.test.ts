import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { RuntimeError } from '../../src/errors.js'
import { compareVersions, defaultToolCache, findOnnxRuntime, findSharp, setSources } from '../../src/provision/index.js'
import { markerFile, partFolder } from '../../src/provision/tool-cache.js'

const modules = join(import.meta.dirname, '..', '..', 'node_modules')
const platform = `${process.platform}-${process.arch}`
const BINDING = `bin/napi-v6/${process.platform}/${process.arch}/onnxruntime_binding.node`
let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'find-test-')))
})
afterEach(() => {
  setSources({})
  rmSync(folder, { recursive: true, force: true })
})

function write(file: string, text = ''): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function install(place: string, version: string, { name = 'onnxruntime-node', binding = BINDING } = {}): string {
  const path = join(folder, place)
  write(join(path, 'package.json'), JSON.stringify({ name, version }))
  write(join(path, binding))
  return path
}

function installSharp(place: string, version: string): string {
  const path = install(place, version, { name: 'sharp', binding: 'dist/index.cjs' })
  write(join(path, `../@img/sharp-${platform}/package.json`), JSON.stringify({ name: `@img/sharp-${platform}` }))
  return path
}

/** As set-up leaves it: with a marker that lists the files. */
function installInCache(version: string): string {
  const part = partFolder(join(folder, 'cache'), 'onnxruntime', version)
  const path = install(part.slice(folder.length + 1) + '/node_modules/onnxruntime-node', version)
  const files = { [`node_modules/onnxruntime-node/${BINDING}`]: 0 }
  write(markerFile(part), JSON.stringify({ packages: [], files }))
  return path
}

describe('finding ONNX Runtime', () => {
  it('takes the folder that --runtime-path names, with the package in it or being it', () => {
    const path = install('there/node_modules/onnxruntime-node', '1.26.0')
    const found = { path, version: '1.26.0', source: 'runtime-path' }
    expect(findOnnxRuntime({ runtimePath: join(folder, 'there') })).toEqual(found)
    expect(findOnnxRuntime({ runtimePath: path })).toEqual(found)
  })

  it('does not look elsewhere when --runtime-path holds none', () => {
    install('node_modules/onnxruntime-node', '1.30.0')
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    expect(() => findOnnxRuntime({ runtimePath: empty, from: folder })).toThrow(
      `--runtime-path ${empty} holds no onnxruntime-node`
    )
    const other = install('other', '1.30.0', { name: 'onnxruntime-web' })
    expect(() => findOnnxRuntime({ runtimePath: other })).toThrow(RuntimeError)
  })

  it("prefers the project's own node_modules, from the working directory upwards, to any other", () => {
    const path = install('project/node_modules/onnxruntime-node', '1.27.0')
    installInCache('1.30.0')
    const from = join(folder, 'project/models/deep')
    mkdirSync(from, { recursive: true })
    expect(findOnnxRuntime({ from, toolCache: join(folder, 'cache') })).toEqual({
      path,
      version: '1.27.0',
      source: 'project'
    })
  })

  it('then takes the one around this program', () => {
    installInCache('1.30.0')
    const found = findOnnxRuntime({ from: folder, toolCache: join(folder, 'cache') })
    expect(found).toMatchObject({ path: join(modules, 'onnxruntime-node'), source: 'program' })
  })

  it('passes over a version that is too old, and says so where it is the one asked for', () => {
    const old = install('node_modules/onnxruntime-node', '1.25.1')
    expect(findOnnxRuntime({ from: folder }).source).toBe('program')
    expect(() => findOnnxRuntime({ runtimePath: old })).toThrow(
      `onnxruntime-node 1.25.1 in ${old} is older than 1.26.0`
    )
  })

  it('passes over a package without a library for this platform', () => {
    install('node_modules/onnxruntime-node', '1.30.0', { binding: 'bin/napi-v6/beos/ppc/onnxruntime_binding.node' })
    expect(findOnnxRuntime({ from: folder }).source).toBe('program')
  })

  it('takes what the shell has set for the process where a call says nothing', () => {
    const path = install('there', '1.28.0')
    setSources({ runtimePath: path })
    expect(findOnnxRuntime().path).toBe(path)
    expect(findOnnxRuntime({ runtimePath: undefined }).path).toBe(path)
    const other = install('other', '1.29.0')
    expect(findOnnxRuntime({ runtimePath: other }).path).toBe(other)
  })
})

describe('finding sharp', () => {
  it('takes it from --runtime-path where it lies there, and looks on where it does not', () => {
    const runtime = install('there/node_modules/onnxruntime-node', '1.26.0')
    expect(findSharp({ runtimePath: runtime, from: folder }).source).toBe('program')
    const path = installSharp('there/node_modules/sharp', '0.35.5')
    expect(findSharp({ runtimePath: join(folder, 'there'), from: folder })).toEqual({
      path,
      version: '0.35.5',
      source: 'runtime-path'
    })
  })

  it("passes over the project's own where it is of another series or lacks its binary package", () => {
    installSharp('old/node_modules/sharp', '0.34.5')
    expect(findSharp({ from: join(folder, 'old') }).source).toBe('program')
    install('bare/node_modules/sharp', '0.35.5', { name: 'sharp', binding: 'dist/index.cjs' })
    expect(findSharp({ from: join(folder, 'bare') }).source).toBe('program')
  })

  it('finds the binary package where pnpm puts it: beside the package that a link leads to', () => {
    const path = installSharp('store/sharp@0.35.6/node_modules/sharp', '0.35.6')
    mkdirSync(join(folder, 'project/node_modules'), { recursive: true })
    symlinkSync(path, join(folder, 'project/node_modules/sharp'))
    expect(findSharp({ from: join(folder, 'project') })).toMatchObject({ version: '0.35.6', source: 'project' })
  })
})

describe('the tool cache', () => {
  it('is where the runner or the user keeps such things', () => {
    expect(defaultToolCache({ RUNNER_TOOL_CACHE: '/opt/hostedtoolcache' })).toBe('/opt/hostedtoolcache')
    expect(defaultToolCache({ RUNNER_TOOL_CACHE: '/opt', PRECISION_GATE_TOOL_CACHE: '/image' })).toBe('/image')
    expect(defaultToolCache({ XDG_CACHE_HOME: '/home/me/.cache', LOCALAPPDATA: '/home/me/.cache' })).toMatch(/cache/i)
  })
})

describe('versions', () => {
  it('are ordered by number', () => {
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
