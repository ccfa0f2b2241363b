import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readFileSync, writeFileSync } from 'node:fs'
import { METRIC, SmallProject } from '../small/project.js'

describe.each(['detection', 'segmentation'] as const)('%s beside a baseline, through two real runs', (task) => {
  const metric = METRIC[task]
  const limits = `layers: false
thresholds:
  - {metric: ${metric}, variant: ours, max_regression_points: 1}
  - {metric: ${metric}, variant: ours, max_drop_points: 100}
`
  let project: SmallProject
  let config: string
  beforeAll(async () => {
    project = await SmallProject.create(task)
    config = project.config(limits, 'ours: {model: ours.onnx}')
    project.model(0.1, 'ours.onnx')
    const { code, err } = await project.run('main', config)
    if (code !== 0) throw new Error(err)
  })
  afterAll(() => project.remove())

  const verdictOf = (name: string) =>
    project.result(name).verdicts.find(({ id }) => id === `ours.${metric}.max_regression_points`)

  it('passes where nothing changed', async () => {
    const { code } = await project.run('same', config, '--baseline', project.path('main'))
    expect(code).toBe(0)
    expect(verdictOf('same')).toMatchObject({ status: 'pass', observed: 0, against: 'baseline' })
    const { baseline } = project.result('same')
    expect(baseline?.notes).toEqual([])
    const { regression } = baseline!.variants.ours.metrics[metric]
    expect(regression).toEqual({ points: 0, ci95: [0, 0], pValue: 1, paired: true })
  })

  it('fails where the model became worse, by the paired bootstrap on the same images', async () => {
    project.model(0.95, 'ours.onnx')
    const { code, out } = await project.run('worse', config, '--baseline', project.path('main'))
    const [then, now] = [project.result('main'), project.result('worse')]
    const lost = 100 * (then.variants.ours.metrics[metric]! - now.variants.ours.metrics[metric]!)
    expect(lost).toBeGreaterThan(5)
    const { regression } = now.baseline!.variants.ours.metrics[metric]
    expect(regression!.points).toBeCloseTo(lost, 9)
    expect(regression!.ci95[0]).toBeGreaterThan(1)
    expect(regression).toMatchObject({ paired: true })
    // FP32 did not change, so that the loss since the baseline is the drop against FP32, draw by draw
    expect(regression!.ci95).toEqual(now.variants.ours.drop[metric].ci95)
    expect(verdictOf('worse')).toMatchObject({ status: 'fail' })
    expect(code).toBe(1)
    expect(out).toMatch(/below the baseline/)
  })

  it('is compared by `compare`, too', async () => {
    const { code, out } = await project.command('compare', project.path('main'), project.path('worse'))
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`ours +${metric} +\\S+ % +\\S+ % +\\S+ \\[`))
  })

  it('is inconclusive where the images differ', async () => {
    await project.run('part', config, '--baseline', project.path('main'), '--limit', '20')
    const verdict = verdictOf('part')
    expect(verdict).toMatchObject({ status: 'inconclusive', observed: null })
    expect(verdict?.message).toMatch(/the test sets differ \(30 samples then, 20 now\)/)
  })

  it('is inconclusive without outcomes of its own, and says which file lacks them', async () => {
    const { schemaVersion, dataset, classes, ids, labels, outcomes } = { ...project.samples('main'), schemaVersion: 1 }
    project.write('old/result.json', readFileSync(project.path('main', 'result.json')))
    project.write('old/samples.json', JSON.stringify({ schemaVersion, dataset, classes, ids, labels, outcomes }))
    await project.run('after-old', config, '--baseline', project.path('old'))
    const verdict = verdictOf('after-old')
    expect(verdict).toMatchObject({ status: 'inconclusive' })
    expect(verdict?.message).toMatch(/in the baseline, samples\.json has no outcomes of ours for .*older versions/)
  })

  it('refuses outcomes of another run under the name of this one', async () => {
    project.write('mixed/result.json', readFileSync(project.path('main', 'result.json')))
    writeFileSync(project.path('mixed', 'samples.json'), readFileSync(project.path('worse', 'samples.json')))
    await project.run('after-mixed', config, '--baseline', project.path('mixed'))
    expect(verdictOf('after-mixed')?.message).toMatch(/in the baseline, samples\.json and result\.json disagree/)
  })
})

describe('layers beside a baseline, through two real runs', () => {
  let project: SmallProject
  let config: string
  beforeAll(async () => {
    project = await SmallProject.create('segmentation', 12)
    project.model(0.1, 'ours.onnx')
    const limits = `thresholds:
  - {layer: '*', variant: int8, no_worse_than: baseline, tolerance_db: 1}
  - {metric: miou, max_drop_points: 100}
`
    config = project.config(limits)
    const { code, err } = await project.run('main', config)
    if (code !== 0) throw new Error(err)
  })
  afterAll(() => project.remove())

  const verdictOf = (name: string) =>
    project.result(name).verdicts.find(({ id }) => id === 'int8.layer *.no_worse_than')

  it('hold where nothing changed', async () => {
    const { code } = await project.run('same', config, '--baseline', project.path('main'))
    expect(code).toBe(0)
    expect(verdictOf('same')).toMatchObject({ status: 'pass', observed: 0, unit: 'dB', against: 'baseline' })
  })

  it('fail where a layer lost more than the tolerance', async () => {
    // Calibrated on one dark image, the ranges cut off what the test images show.
    for (let i = 0; i < 8; i++) project.write(`calibration/${i}.png`, await darkPng())
    const { code } = await project.run('worse', config, '--baseline', project.path('main'))
    expect(code).toBe(1)
    const verdict = verdictOf('worse')
    expect(verdict).toMatchObject({ status: 'fail' })
    expect(verdict?.message).toMatch(/SQNR \S+ dB below the baseline's, tolerance 1 dB/)
    const [then, now] = ['main', 'worse'].map((name) => project.result(name).layers!.int8[0].sqnrDb!)
    expect(verdict!.observed).toBeGreaterThanOrEqual(then - now - 1e-9)
    expect(then - now).toBeGreaterThan(1)
  })

  it('stay open without a baseline', async () => {
    await project.run('alone', config)
    expect(verdictOf('alone')).toMatchObject({ status: 'inconclusive' })
  })
})

async function darkPng(): Promise<Buffer> {
  const { default: sharp } = await import('sharp')
  const dark = { width: 16, height: 16, channels: 3, background: { r: 9, g: 9, b: 9 } } as const
  return sharp({ create: dark }).png().toBuffer()
}
