import { afterAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
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
    const x = await compare(join(FIXTURES, 'same'), CASES.same.steps)
    expect(x).toMatchObject({ status: 'pass' })
  })

  it('of other pictures: no mistake is made up', async () => {
    const { status, evidence } = await compare(join(FIXTURES, 'another-picture'), CASES['another-picture'].steps)
    expect(status).toBe('fail')
    expect(evidence).toContain('No classic mistake explains it')
  })
})
