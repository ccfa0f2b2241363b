import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, posix, win32 } from 'node:path'
import { confine, findWorkspace, isInside, repositoryPath } from '../../src/config/workspace.js'
import { config, Project } from './project.js'

let project: Project
let outside: Project
beforeAll(() => {
  project = new Project()
  outside = new Project()
})
afterAll(() => {
  project.remove()
  outside.remove()
})

describe('the path of a file in its repository', () => {
  it.each([
    ['from the workspace that is checked out', ['.git'], 'models/a/gate.yml', 'models/a/gate.yml'],
    ['from a checkout in a folder of the workspace', ['code/.git'], 'code/models/gate.yml', 'models/gate.yml'],
    ['through a submodule', ['code/.git', 'code/sub/.git'], 'code/sub/gate.yml', 'sub/gate.yml'],
    ['from the workspace, without git', ['other/.git'], 'code/gate.yml', 'code/gate.yml']
  ])('is taken %s', async (_, checkouts, file, expected) => {
    const { root } = project
    const workspace = join(root, 'checkouts')
    for (const checkout of checkouts) {
      mkdirSync(join(workspace, checkout, '..'), { recursive: true })
      writeFileSync(join(workspace, checkout), '')
    }
    expect(await repositoryPath(workspace, join(workspace, ...file.split('/')))).toBe(expected)
    rmSync(workspace, { recursive: true })
  })
})

describe('paths that are refused', () => {
  const cases: [string, Record<string, string>, string][] = [
    ['above the workspace', { model: '../net.onnx' }, '2:8: model "../net.onnx" lies outside the workspace <root>'],
    ['absolute, outside', { dataset: '/etc' }, '3:10: dataset "/etc" lies outside the workspace <root>'],
    ['down and up again', { model: 'data/../../net.onnx' }, '2:8: model "data/../../net.onnx" lies outside'],
    ['NUL character', { model: '"net\\0.onnx"' }, '2:8: model "net\\u0000.onnx" holds a NUL character'],
    [
      'Windows drive',
      { model: 'C:\\net.onnx' },
      '2:8: model "C:\\\\net.onnx" is a Windows path: write it relative, with "/"'
    ],
    ['backslash', { model: 'models\\net.onnx' }, '2:8: model "models\\\\net.onnx" holds "\\": write "models/net.onnx"'],
    [
      'missing, with a near name',
      { model: 'models/nte.onnx' },
      '2:8: model "models/nte.onnx" does not exist (did you mean "net.onnx"?)'
    ],
    [
      'missing folder',
      { model: 'model/net.onnx' },
      '2:8: model "model/net.onnx" does not exist: there is no "model" in <root> (did you mean "models"?)'
    ],
    ['folder for a file', { model: 'models' }, '2:8: model "models" is a folder: expected a file'],
    ['file for a folder', { dataset: 'data/test.csv' }, '3:10: dataset "data/test.csv" is a file: expected a folder'],
    ['file as a folder', { model: 'models/net.onnx/a' }, '2:8: model "models/net.onnx/a" does not exist'],
    ['model of a variant', { variants: '{a: {model: x.onnx}}' }, '4:23: variants.a.model "x.onnx" does not exist'],
    ['labels', { dataset: '{npy: data/inputs.npy, labels: x.csv}' }, '3:41: dataset.labels "x.csv" does not exist']
  ]
  it.each(cases)('%s', async (_, changes, message) => {
    const [first, ...more] = await project.errors(config(changes))
    expect(first?.slice(0, `precision-gate.yml:${message}`.length)).toBe(`precision-gate.yml:${message}`)
    expect(more).toEqual([])
  })

  it('a link that leads out, itself or on the way', async () => {
    symlinkSync(outside.root, join(project.root, 'link'))
    const leads = 'leads outside the workspace <root> through a symbolic link'
    expect(await project.errors(config({ dataset: 'link' }))).toEqual([
      `precision-gate.yml:3:10: dataset "link" ${leads}`
    ])
    expect(await project.errors(config({ model: 'link/models/net.onnx' }))).toEqual([
      `precision-gate.yml:2:8: model "link/models/net.onnx" ${leads}`
    ])
    // Nothing is said about what lies outside, not even that it is missing.
    expect(await project.errors(config({ model: 'link/none/net.onnx' }))).toEqual([
      `precision-gate.yml:2:8: model "link/none/net.onnx" ${leads}`
    ])
  })

  it('a link to nothing, and a link to itself', async () => {
    symlinkSync('nowhere', join(project.root, 'dangling'))
    symlinkSync('loop', join(project.root, 'loop'))
    expect(await project.errors(config({ model: 'dangling' }))).toEqual([
      expect.stringMatching(/leads through a symbolic link to something that does not exist$/)
    ])
    expect(await project.errors(config({ model: 'loop' }))).toEqual([
      expect.stringMatching(/is a symbolic link that leads back to itself$/)
    ])
  })

  it('a config that is itself a link to the outside', async () => {
    symlinkSync(outside.write('secret.yml', 'token: abc\n'), join(project.root, 'stolen.yml'))
    await expect(project.load('', 'unused.yml')).rejects.toThrow()
    const { loadConfig } = await import('../../src/config/index.js')
    await expect(loadConfig(join(project.root, 'stolen.yml'))).rejects.toThrow(/the config lies outside the workspace/)
  })
})

describe('paths that are accepted', () => {
  it('links inside the workspace, and absolute paths into it', async () => {
    symlinkSync('net.onnx', join(project.root, 'models/latest.onnx'))
    await expect(project.load(config({ model: 'models/latest.onnx' }))).resolves.toMatchObject({
      model: join(project.root, 'models/latest.onnx')
    })
    await expect(project.load(config({ model: join(project.root, 'models/net.onnx') }))).resolves.toBeDefined()
  })
})

describe('the workspace', () => {
  it('--workspace narrows or widens it', async () => {
    const narrow = { workspace: join(project.root, 'data') }
    expect(
      await project.errors(config({ model: '../models/net.onnx', dataset: 'test' }), 'data/c.yml', narrow)
    ).toEqual([
      'data/c.yml:2:8: model "../models/net.onnx" lies outside the workspace <root>/data: move the file into it, or give a wider --workspace'.replace(
        '<root>/',
        ''
      )
    ])
    const messages = await project.errors(config(), 'c.yml', narrow)
    expect(messages).toEqual(['c.yml: the config lies outside the workspace data'])
    await expect(project.load(config(), 'c.yml', { workspace: join(project.root, 'none') })).rejects.toThrow(
      /the workspace .*none cannot be used/
    )
  })

  it('is the git work tree, else GITHUB_WORKSPACE, else the folder of the config', async () => {
    const nested = join(outside.root, 'a/b')
    mkdirSync(nested, { recursive: true })
    expect(await findWorkspace(nested, undefined, {})).toBe(outside.root)
    rmSync(join(outside.root, '.git'), { recursive: true })
    expect(await findWorkspace(nested, undefined, { GITHUB_WORKSPACE: join(outside.root, 'a') })).toBe(
      join(outside.root, 'a')
    )
    expect(await findWorkspace(nested, undefined, { GITHUB_WORKSPACE: project.root })).toBe(nested)
    expect(await findWorkspace(nested, undefined, {})).toBe(nested)
  })
})

describe('on Windows', () => {
  const at = (given: string) => confine(given, 'C:\\work\\repo\\.github', 'C:\\work\\repo', win32)
  it.each([
    ['..\\models\\net.onnx', 'C:\\work\\repo\\models\\net.onnx'],
    ['../models/net.onnx', 'C:\\work\\repo\\models\\net.onnx'],
    ['c:\\work\\repo\\net.onnx', 'c:\\work\\repo\\net.onnx']
  ])('%s is inside', (given, file) => {
    expect(at(given)).toEqual({ file })
  })

  it.each([
    '..\\..\\net.onnx',
    'D:\\work\\repo\\net.onnx',
    '\\\\server\\share\\net.onnx',
    'C:net.onnx',
    'D:net.onnx',
    '\\net.onnx'
  ])('%s is refused', (given) => {
    expect(at(given)).toHaveProperty('refused')
  })
})

it('a folder whose name merely begins like the workspace is outside', () => {
  expect(isInside('/work/repo', '/work/repo-2/x', posix)).toBe(false)
  expect(isInside('/work/repo', '/work/repo/..x', posix)).toBe(true)
  expect(isInside('/work/repo', '/work/repo', posix)).toBe(true)
  expect(isInside('C:\\a', 'D:\\a\\b', win32)).toBe(false)
})
