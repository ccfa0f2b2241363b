import { afterAll, describe, expect, it } from '@jest/globals'
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { loadConfig } from '../../src/config/index.js'
import { openDataset, openReferences, type PreprocessStep } from '../../src/dataset/index.js'
import { comparePreprocessing } from '../../src/diagnosis/preprocessing/index.js'
import type { Diagnosis } from '../../src/result.js'

/** Made by script/references/preprocessing_mistakes.py with Pillow, OpenCV and NumPy. */
const FIXTURES = resolve('__fixtures__', 'diagnosis', 'preprocessing')
const CASES = JSON.parse(readFileSync(join(FIXTURES, 'cases.json'), 'utf8')) as Record<
  string,
  { readonly steps: readonly PreprocessStep[]; readonly planted: readonly string[] | null }
>
const INPUT = { width: 24, height: 24, channels: 3, layout: 'nchw' } as const

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'precision-gate-dumps-')))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

async function images(folder = join(FIXTURES, 'images'), workspace = FIXTURES) {
  const dataset = await openDataset({ kind: 'folders', path: folder, classOffset: 0 }, { workspace })
  return { what: 'the test set', dataset }
}

async function compare(folder: string, steps: readonly PreprocessStep[]): Promise<Diagnosis> {
  const files = readdirSync(folder).sort()
  const dumps = openReferences({ root: folder, files }, [await images()], resolve('/'))
  const [diagnosis, ...more] = await comparePreprocessing(dumps, steps, INPUT)
  expect(more).toEqual([])
  return diagnosis
}

describe('dumps of a pipeline with a planted mistake', () => {
  const planted = Object.entries(CASES).flatMap(([name, { steps, planted }]) =>
    planted === null || planted.length === 0 ? [] : [{ name, steps, planted }]
  )

  it.each(planted)('$name: is recognised by name', async ({ name, steps, planted }) => {
    const { status, evidence } = await compare(join(FIXTURES, name), steps)
    for (const words of planted) expect(evidence).toContain(words)
    expect(status).toBe(name === 'nhwc-axes' ? 'warn' : 'fail')
  })

  it('without a mistake: they are equal', async () => {
    const { status, evidence } = await compare(join(FIXTURES, 'same'), CASES.same.steps)
    expect(status).toBe('pass')
    expect(evidence).toMatch(/^3 dumps equal what the steps give: largest difference 3\.65e-7/)
  })

  it('with different mistakes: the images do not agree, and it says so', async () => {
    const folder = join(scratch, 'mixed')
    cpSync(join(FIXTURES, 'bgr'), folder, { recursive: true })
    cpSync(join(FIXTURES, 'another-picture', 'wide.npy'), join(folder, 'wide.npy'))
    const { status, evidence } = await compare(folder, CASES.bgr.steps)
    expect(status).toBe('fail')
    expect(evidence).toMatch(/RGB\/BGR swapped\. With that, 2 of 3 of the dumps tried agree/)
  })

  it('of another size: the size is the finding', async () => {
    const files = ['wide.npy']
    const dumps = openReferences({ root: join(FIXTURES, 'same'), files }, [await images()], resolve('/'))
    const [{ status, evidence }] = await comparePreprocessing(dumps, CASES.same.steps, {
      ...INPUT,
      width: 32,
      height: 32
    })
    expect(status).toBe('fail')
    expect(evidence).toContain('another input size: dump wide.npy is 3 x 24 x 24, and the network is fed 3 x 32 x 32')
  })

  it('of other pictures: no mistake is made up', async () => {
    const { status, evidence } = await compare(join(FIXTURES, 'another-picture'), CASES['another-picture'].steps)
    expect(status).toBe('fail')
    expect(evidence).toContain('No classic mistake explains it')
  })
})

describe('dumps of example 01, which is grey and padded', () => {
  const config = join('examples', '01_fashion_mnist', 'precision-gate.yml')

  async function check(name: string): Promise<Diagnosis> {
    const { preprocess, dataset: source, workspace } = await loadConfig(config)
    const dataset = await openDataset(source, { workspace })
    const root = join(FIXTURES, 'example', name)
    const files = readdirSync(root, { recursive: true })
      .map(String)
      .filter((file) => file.endsWith('.npy'))
    expect(files).toHaveLength(2)
    const dumps = openReferences({ root, files }, [{ what: 'the test set', dataset }], workspace)
    const [diagnosis] = await comparePreprocessing(dumps, preprocess, { ...INPUT, width: 32, height: 32 })
    return diagnosis
  }

  it('are equal, and nothing is claimed about colours', async () => {
    expect(await check('same')).toMatchObject({
      status: 'pass',
      evidence: expect.stringContaining('the images are grey')
    })
  })

  it.each([
    ['not-divided', 'not divided by 255'],
    ['stretch', 'stretch (straight to the input size)']
  ])('%s is recognised', async (name, words) => {
    expect(await check(name)).toMatchObject({ status: 'fail', evidence: expect.stringContaining(words) })
  })
})
