import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { describeRun, loadBaseline, openBaseline } from '../../src/baseline/index.js'
import { FileError } from '../../src/errors.js'
import { runOf, Runs } from './runs.js'

const runs = new Runs()
afterAll(() => runs.remove())
const run = runOf(60)

describe('a baseline', () => {
  it('is a report folder or its result.json', async () => {
    const folder = runs.write('plain', run)
    expect(await loadBaseline(folder)).toEqual(run.result)
    expect(await loadBaseline(join(folder, 'result.json'))).toEqual(run.result)
    expect(await openBaseline(folder)).toEqual({ path: folder, ...run, notes: [] })
  })

  it('says which run it is of', () => {
    expect(describeRun(run.result.run, 'a/result.json')).toBe('commit 1a2b3c4d of main, 2026-11-23')
    expect(describeRun({ ref: 'main' }, 'a/result.json')).toBe('main')
    expect(describeRun(undefined, 'a/result.json')).toBe('a/result.json')
  })

  it.each<[string, (folder: string) => void, RegExp]>([
    ['a missing file', () => undefined, /result\.json does not exist$/],
    ['text that is no JSON', (folder) => writeFileSync(join(folder, 'result.json'), '{'), /is not valid JSON$/],
    ['JSON that is no result', (folder) => writeFileSync(join(folder, 'result.json'), '{}'), /is not a result of/],
    [
      'a folder of that name',
      (folder) => mkdirSync(join(folder, 'result.json')),
      /result\.json is not a regular file$/
    ],
    [
      'a file that is far too large',
      (folder) => {
        writeFileSync(join(folder, 'result.json'), '')
        truncateSync(join(folder, 'result.json'), 33 * 1024 * 1024)
      },
      /larger than 32 MiB/
    ]
  ])('is refused where it is %s', async (name, make, message) => {
    const folder = join(runs.root, name.replaceAll(' ', '-'))
    mkdirSync(folder)
    make(folder)
    await expect(loadBaseline(folder)).rejects.toThrow(message)
    await expect(loadBaseline(folder)).rejects.toThrow(FileError)
  })

  it('is not waited for where it is a pipe', async () => {
    if (process.platform === 'win32') return
    const folder = join(runs.root, 'pipe')
    mkdirSync(folder)
    execFileSync('mkfifo', [join(folder, 'result.json')])
    await expect(loadBaseline(folder)).rejects.toThrow(/not a regular file/)
  })
})

describe('the sample outcomes of a baseline', () => {
  const opened = async (name: string, change: object, prepare: (folder: string) => void = () => undefined) => {
    const folder = runs.write(name, { ...run, result: { ...run.result, ...change } })
    prepare(folder)
    return openBaseline(folder)
  }
  const unpaired = (note: RegExp) => ({ notes: [expect.stringMatching(note) as unknown] })

  it('may be missing', async () => {
    expect(await openBaseline(runs.write('none', { result: run.result }))).toMatchObject(
      unpaired(/^not paired: samples\.json does not lie beside result\.json$/)
    )
    expect(await opened('unnamed', { samples: undefined })).toMatchObject(unpaired(/names no file/))
  })

  it.each(['../samples.json', '/etc/passwd', 'a/samples.json', '.hidden', '..', ''])(
    'are never read from %j, which a file from a cache might name',
    async (samples) => {
      const baseline = await opened(`elsewhere-${encodeURIComponent(samples)}`, { samples })
      expect(baseline).not.toHaveProperty('samples')
      expect(baseline).toMatchObject(unpaired(/elsewhere|names no file/))
    }
  )

  it('are not used where they are damaged or belong to other data', async () => {
    const write = (text: string) => (folder: string) => writeFileSync(join(folder, 'samples.json'), text)
    expect(await opened('damaged', {}, write('{'))).toMatchObject(unpaired(/samples\.json is not valid JSON/))
    expect(await opened('wrong', {}, write('{}'))).toMatchObject(unpaired(/not a file of sample outcomes/))
    const dataset = { ...run.result.dataset, sha256: 'e'.repeat(64) }
    expect(await opened('foreign', { dataset })).toMatchObject(unpaired(/belongs to another data set/))
  })

  it('are not followed through a link', async () => {
    if (process.platform === 'win32') return
    const secret = join(runs.root, 'secret.json')
    writeFileSync(secret, '{"token": "x"}')
    const folder = runs.write('link', { result: run.result })
    symlinkSync(secret, join(folder, 'samples.json'))
    expect(await openBaseline(folder)).toMatchObject(unpaired(/samples\.json is a link, which is not followed$/))
  })
})
