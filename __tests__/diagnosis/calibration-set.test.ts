import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { hashDataset, openDataset } from '../../src/dataset/index.js'
import { auditCalibrationSet } from '../../src/diagnosis/calibration-set.js'
import type { Diagnosis } from '../../src/result.js'
import { Folder } from '../dataset/files.js'

let folder: Folder
beforeEach(() => {
  folder = new Folder()
})
afterEach(() => folder.remove())

/** Only the bytes matter to these checks: nothing is decoded. */
async function audit(calibration: Readonly<Record<string, string>>): Promise<Record<string, Diagnosis>> {
  const test = Object.fromEntries(
    ['cat', 'dog', 'fox'].flatMap((name) => [1, 2].map((i) => [`test/${name}/${i}.png`, `test ${name} ${i}`]))
  )
  folder.write({ ...test, ...calibration })
  const open = async (path: string) => {
    const dataset = await openDataset(
      { kind: 'folders', path: folder.at(path), classOffset: 0 },
      { workspace: folder.path }
    )
    return { dataset, hashes: await hashDataset(dataset) }
  }
  const [classes, copies, overlap] = auditCalibrationSet(await open('calibration'), await open('test'))
  return { classes, copies, overlap }
}

function images(classes: readonly string[], each: number): Record<string, string> {
  return Object.fromEntries(
    classes.flatMap((name) =>
      Array.from({ length: each }, (_, i) => [`calibration/${name}/${i}.png`, `calibration ${name} ${i}`])
    )
  )
}

describe('the calibration set', () => {
  it('that is whole, diverse and apart from the test set passes', async () => {
    expect(await audit(images(['cat', 'dog', 'fox'], 3))).toMatchObject({
      classes: { status: 'pass', evidence: 'it holds all 3 classes of the test set' },
      copies: { status: 'pass', evidence: '9 different images of 9' },
      overlap: { status: 'pass', evidence: 'none of 9 is among the 6 test images' }
    })
  })

  it('without a class is told which, although the indices of the folders have moved', async () => {
    const { classes } = await audit(images(['cat', 'fox'], 3))
    expect(classes).toMatchObject({
      status: 'warn',
      evidence: '1 of 3 classes of the test set are missing from it: dog'
    })
  })

  it('without labels is not judged by class', async () => {
    const { classes } = await audit({ 'calibration/1.png': 'one', 'calibration/2.png': 'two' })
    expect(classes.status).toBe('skipped')
  })

  it('with copies under other names is told which', async () => {
    const { copies } = await audit({
      ...images(['cat', 'dog', 'fox'], 3),
      'calibration/dog/copy.png': 'calibration cat 0'
    })
    expect(copies).toMatchObject({
      status: 'warn',
      evidence: expect.stringMatching(/^9 different images of 10: .*dog\/copy\.png = cat\/0\.png/)
    })
  })

  it('with test images under other names is told which', async () => {
    const { overlap } = await audit({
      ...images(['cat', 'dog', 'fox'], 3),
      'calibration/dog/renamed.png': 'test fox 2'
    })
    expect(overlap).toMatchObject({
      status: 'fail',
      evidence: '1 of 10 (10 %) are test images, byte by byte: dog/renamed.png = fox/2.png'
    })
  })

  it('with one test image in hundreds is warned, not failed', async () => {
    const { overlap } = await audit({
      ...images(['cat', 'dog', 'fox'], 60),
      'calibration/dog/renamed.png': 'test fox 2'
    })
    expect(overlap.status).toBe('warn')
  })
})
