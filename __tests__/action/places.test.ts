import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readInputs } from '../../src/action/inputs.js'
import { findPlaces } from '../../src/action/places.js'

let root: string
let workspace: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'precision-gate-places-')))
  workspace = join(root, 'workspace')
  mkdirSync(join(workspace, 'a', '.github'), { recursive: true })
  writeFileSync(join(workspace, 'precision-gate.yml'), '')
})
afterEach(() => rmSync(root, { recursive: true }))

const find = (inputs: Readonly<Record<string, string>> = {}) => {
  const env = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))
  return findPlaces(readInputs(env), { GITHUB_WORKSPACE: workspace })
}

describe('the config', () => {
  it('is precision-gate.yml, then the one in .github', async () => {
    expect(await find()).toMatchObject({ config: 'precision-gate.yml', workingDirectory: workspace })
    writeFileSync(join(workspace, 'a', '.github', 'precision-gate.yml'), '')
    expect(await find({ 'working-directory': 'a' })).toMatchObject({ config: join('.github', 'precision-gate.yml') })
  })

  it('is looked for where the error says, with what to do', async () => {
    await expect(find({ 'working-directory': 'a' })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(`precision-gate.yml and .github/precision-gate.yml in ${join(workspace, 'a')}`),
      hint: expect.stringMatching(/init/)
    })
  })
})

describe('what leads out of the workspace is refused', () => {
  beforeEach(() => {
    mkdirSync(join(root, 'outside'))
    writeFileSync(join(root, 'outside', 'precision-gate.yml'), '')
    symlinkSync(join(root, 'outside'), join(workspace, 'link'))
  })

  it.each([
    ['config', '../outside/precision-gate.yml'],
    ['config', 'link/precision-gate.yml'],
    ['working-directory', '..'],
    ['working-directory', 'link'],
    ['output-dir', '../outside/report'],
    ['output-dir', 'link/report'],
    ['output-dir', 'link']
  ])('%s: %s', async (input, path) => {
    await expect(find({ [input]: path })).rejects.toThrow(new RegExp(`input ${input}: .* lies outside the workspace`))
    expect(existsSync(join(root, 'outside', 'report'))).toBe(false)
  })
})

it('a result that was there before does not pass for this run’s', async () => {
  const folder = join(workspace, 'precision-gate-report')
  mkdirSync(folder)
  writeFileSync(join(root, 'target'), 'kept')
  symlinkSync(join(root, 'target'), join(folder, 'result.json'))
  writeFileSync(join(folder, 'report.md'), 'forged')
  writeFileSync(join(folder, 'notes.txt'), 'mine')
  expect((await find()).outputDirectory).toBe(folder)
  expect([existsSync(join(folder, 'result.json')), existsSync(join(folder, 'report.md'))]).toEqual([false, false])
  expect([existsSync(join(root, 'target')), existsSync(join(folder, 'notes.txt'))]).toEqual([true, true])
})
