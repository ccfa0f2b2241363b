import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileError, RuntimeError } from '../../src/errors.js'
import { installPart } from '../../src/provision/install.js'
import type { PinnedPart } from '../../src/provision/parts.js'
import { addProviderLibraries, PROVIDER_LIBRARIES } from '../../src/provision/provider-libraries.js'
import { isComplete, readMarker } from '../../src/provision/tool-cache.js'
import { integrity, QUIET, QUIET_LOCK, tarball } from './packages.js'

// The libraries themselves are on no registry that these tests can reach, and need a GPU: what is tested is that the
// given files get where ONNX Runtime looks for them, whole, and that anything else is refused.

const NATIVE = 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64'
const { shared, cuda, tensorrt } = PROVIDER_LIBRARIES
let folder: string
let given: string
let part: PinnedPart
let installed: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'libraries-test-'))
  given = mkdtempSync(join(folder, 'given-'))
  const bytes = await tarball([{ name: 'package/bin/napi-v6/linux/x64/onnxruntime_binding.node', text: 'binding' }])
  const pin = { name: 'onnxruntime-node', version: '1.30.0', integrity: integrity(bytes), wanted: () => true }
  writeFileSync(join(folder, 'onnxruntime-node-1.30.0.tgz'), bytes)
  part = {
    name: 'onnxruntime',
    main: 'onnxruntime-node',
    version: '1.30.0',
    platform: 'linux-x64',
    packages: [pin],
    binary: /\.node$/
  }
  installed = (await installPart(part, { ...QUIET, toolCache: folder, source: { folder } })).folder
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const give = (name: string, text = name): void => writeFileSync(join(given, name), `\x7fELF ${text}`)
const sha256 = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(join(given, name)))
    .digest('hex')
const add = () => addProviderLibraries(part, installed, given, QUIET_LOCK)

describe('CUDA and TensorRT provider libraries', () => {
  it('are copied beside the binding, and belong to the installation from then on', async () => {
    for (const name of [shared, cuda, tensorrt]) give(name)
    const added = await add()
    expect(added.map(({ name, verified }) => [name, verified])).toEqual([
      [shared, false],
      [cuda, false],
      [tensorrt, false]
    ])
    expect(readdirSync(join(installed, NATIVE)).sort()).toEqual(
      [cuda, shared, tensorrt, 'onnxruntime_binding.node'].sort()
    )
    expect(readMarker(installed)?.added).toEqual(Object.fromEntries(added.map((each) => [each.name, each.sha256])))
    expect(isComplete(installed)).toBe(true)
    rmSync(join(installed, NATIVE, cuda))
    expect(isComplete(installed)).toBe(false)
  })

  it('may be CUDA without TensorRT', async () => {
    for (const name of [shared, cuda]) give(name)
    expect((await add()).map(({ name }) => name)).toEqual([shared, cuda])
  })

  it('are named with the way to get them where they are missing', async () => {
    give(tensorrt)
    await expect(add()).rejects.toMatchObject({
      message: `${shared} and ${cuda} are not in ${given}`,
      hint: expect.stringMatching(/Microsoft\.ML\.OnnxRuntime\.Gpu\.Linux 1\.30\.0 .*--cuda-libraries/)
    })
  })

  it('must be what SHA256SUMS says, where it is there', async () => {
    for (const name of [shared, cuda]) give(name)
    writeFileSync(join(given, 'SHA256SUMS'), `${sha256(shared)}  ${shared}\n${sha256(cuda).toUpperCase()} *./${cuda}\n`)
    expect((await add()).every(({ verified }) => verified)).toBe(true)
    give(cuda, 'other')
    await expect(add()).rejects.toThrow(`${join(given, cuda)} is not the file of SHA256SUMS`)
    give(tensorrt)
    writeFileSync(join(given, 'SHA256SUMS'), `${sha256(shared)}  ${shared}\n${sha256(cuda)}  ${cuda}\n`)
    await expect(add()).rejects.toThrow('there is no line for it')
  })

  it('must be libraries', async () => {
    give(shared)
    writeFileSync(join(given, cuda), 'version https://git-lfs.github.com/spec/v1')
    await expect(add()).rejects.toThrow(FileError)
    expect(existsSync(join(installed, NATIVE, shared))).toBe(false)
  })

  it('are replaced by newer ones, in a file of their own', async () => {
    for (const name of [shared, cuda]) give(name)
    await add()
    give(cuda, 'newer')
    await add()
    expect(readFileSync(join(installed, NATIVE, cuda), 'utf8')).toBe('\x7fELF newer')
    expect(isComplete(installed)).toBe(true)
    expect(readdirSync(join(installed, '..'))).toEqual(['linux-x64'])
  })

  it('exist for Linux x64 only', async () => {
    const elsewhere = { ...part, platform: 'darwin-arm64' }
    await expect(addProviderLibraries(elsewhere, installed, given, QUIET_LOCK)).rejects.toThrow(RuntimeError)
  })
})
