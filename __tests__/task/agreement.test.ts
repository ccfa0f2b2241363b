import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import sharp from 'sharp'
import { loadConfig } from '../../src/config/index.js'
import { runGate } from '../../src/gate.js'
import { makeNode, makeTensor } from '../../src/model/index.js'
import { parseSamples, type Result } from '../../src/result.js'
import { colourPng, NETWORK, Projects, type Project } from '../e2e/project.js'

let projects: Projects
beforeAll(async () => {
  projects = await Projects.create()
})
afterAll(() => projects.remove())

/** The twelve images of the project, whose folders say nothing here. */
const CONFIG = `version: 1
model: model.onnx
metric: agreement
dataset: {images: test}
preprocess:
  - normalize: {scale: 1/255, mean: 0, std: 1}
variants: {ours: {model: ours.onnx}}
layers: false
runtime: {provider: cpu}
`

/** A 1x1 convolution from three colours to three outputs, row by row. */
const mixing = (...data: number[]) => ({
  ...NETWORK,
  initializers: [makeTensor('weight', { type: 'float32', dims: [3, 3, 1, 1], data: Float32Array.from(data) })]
})
const COLOURS = mixing(1, 0, 0, 0, 1, 0, 0, 0, 1)
/** Blue is never the highest: its images become green. */
const BLIND = mixing(1, 0, 0, 0, 1, 0.9, 0, 0, 0.1)

async function gate(project: Project, config = CONFIG): Promise<Result> {
  project.write('precision-gate.yml', config)
  return runGate(await loadConfig(project.path('precision-gate.yml')), {
    outputDirectory: project.path('out'),
    noCache: true,
    signal: new AbortController().signal,
    progress: { start: () => ({ update: () => undefined, finish: () => undefined }) },
    log: { info: () => undefined, warn: () => undefined, debug: () => undefined }
  })
}

const status = (result: Result, id: string) => result.verdicts.find((verdict) => verdict.id === id)?.status

describe('classification', () => {
  it('counts the answers that are not those of FP32, without labels', async () => {
    const project = projects.copy('answers')
    project.model(COLOURS)
    project.model(BLIND, 'ours.onnx')
    const result = await gate(project)
    expect(result).toMatchObject({
      task: 'classification',
      comparedWith: 'fp32',
      dataset: { path: 'test', samples: 12 }
    })
    expect(result.variants.fp32.metrics).toEqual({ agreement: 1 })
    expect(result.variants.ours).toMatchObject({ metrics: { agreement: 8 / 12 }, changed: 4 })
    expect(result.variants.ours).not.toHaveProperty('flips')
    // Wilson's interval of 4 of 12: statsmodels' proportion_confint(4, 12, method='wilson')
    const { points, relative, ci95, pValue } = result.variants.ours.drop.agreement
    expect({ points, relative, pValue }).toEqual({ points: 100 / 3, relative: 1 / 3, pValue: null })
    expect(ci95?.[0]).toBeCloseTo(13.812, 3)
    expect(ci95?.[1]).toBeCloseTo(60.9378, 3)
    // the limit of 1 point that holds where none is set
    expect(status(result, 'ours.agreement.max_drop_points')).toBe('fail')
    const samples = parseSamples(project.read('out/samples.json').toString())
    expect(samples.ids[0]).toBe('0-red/0.png')
    expect(new Set(samples.labels)).toEqual(new Set([-1]))
    expect(samples.outcomes).toEqual({ fp32: '111111111111', ours: '111111110000' })
  })

  it('cannot decide a limit on few images although nothing changed', async () => {
    const project = projects.copy('same')
    project.model(COLOURS)
    project.model(COLOURS, 'ours.onnx')
    const limits = 'thresholds: [{metric: agreement, max_drop_points: 1}, {metric: agreement, max_drop_points: 0}]\n'
    const result = await gate(project, CONFIG + limits)
    expect(result.verdicts).toMatchObject([
      { observed: 0, status: 'inconclusive', samplesNeeded: 381 },
      { observed: 0, status: 'inconclusive' }
    ])
    expect(result.verdicts[1].message).toContain('equals the limit')
    expect(result.conclusion).toBe('inconclusive')
  })

  it.each([
    [12, 'inconclusive', 'may be broken'],
    [80, 'fail', 'is broken']
  ] as const)('says that FP32 gives one answer for all of %i images: %s', async (images, expected, words) => {
    const project = projects.copy(`constant ${images}`)
    project.model(COLOURS)
    project.model(COLOURS, 'ours.onnx')
    project.remove('test')
    for (let i = 0; i < images; i++) project.write(`test/${i}.png`, await colourPng(0, i))
    const result = await gate(project)
    const verdict = result.verdicts.find(({ id }) => id === 'fp32.agreement.guessing')
    expect(verdict?.status).toBe(expected)
    expect(verdict?.message).toContain(words)
    expect(verdict?.message).toContain('class 0 for every image')
    expect(result.conclusion).toBe(expected === 'fail' ? 'failure' : 'inconclusive')
  })

  it.each(['model.onnx', 'ours.onnx'])('an output of %s that is no number agrees with nothing', async (broken) => {
    const project = projects.copy(`nan ${broken}`)
    for (const file of ['model.onnx', 'ours.onnx']) project.model(COLOURS, file)
    // the logarithm of what the darkest images leave of red
    project.model(
      {
        ...COLOURS,
        nodes: [
          ...NETWORK.nodes.slice(0, -1),
          makeNode('Flatten', ['means'], ['flat'], { name: 'flatten' }),
          makeNode('Sub', ['flat', 'threshold'], ['shifted'], { name: 'shift' }),
          makeNode('Log', ['shifted'], ['logits'], { name: 'log' })
        ],
        initializers: [
          ...COLOURS.initializers,
          makeTensor('threshold', { type: 'float32', dims: [3], data: Float32Array.from([0.2, 0, 0]) })
        ]
      },
      broken
    )
    const result = await gate(project)
    const name = broken === 'model.onnx' ? 'fp32' : 'ours'
    expect(status(result, `${name}.outputs.finite`)).toBe('fail')
    expect(result.conclusion).toBe('failure')
    expect(result.variants.ours.metrics.agreement).toBeLessThan(1)
    if (name === 'fp32') expect(status(result, 'ours.agreement.max_drop_points')).toBe('inconclusive')
  })

  it('of a labelled data set reads the images alone', async () => {
    const project = projects.copy('labelled')
    project.model(COLOURS)
    project.model(BLIND, 'ours.onnx')
    const result = await gate(project, CONFIG.replace('{images: test}', 'test'))
    expect(result.variants.ours).toMatchObject({ metrics: { agreement: 8 / 12 }, changed: 4 })
  })
})

describe('segmentation', () => {
  const pixels = (weights: typeof COLOURS) => ({
    ...weights,
    nodes: [makeNode('Conv', ['images', 'weight'], ['logits'], { name: 'mix' })]
  })
  const config = CONFIG.replace('metric:', 'task: segmentation\nmetric:')

  it('counts pixels of another class', async () => {
    const project = projects.copy('pixels')
    project.model(pixels(COLOURS))
    project.model(pixels(BLIND), 'ours.onnx')
    const { variants } = await gate(project, config)
    expect(variants.fp32.metrics).toEqual({ agreement: 1, agreement_miou: 1 })
    // red 4 of 4 images, green 4 of 8, blue none
    expect(variants.ours.metrics.agreement).toBeCloseTo(8 / 12, 12)
    expect(variants.ours.metrics.agreement_miou).toBeCloseTo((1 + 0.5 + 0) / 3, 12)
    expect(variants.ours.changed).toBe(4 * 64)
    expect(variants.ours.drop.agreement.ci95).not.toBeNull()
    expect(variants.ours.drop.agreement.pValue).toBeNull()
  })

  it('leaves out the borders that a letterbox adds', async () => {
    const project = projects.copy('borders')
    project.model(pixels(COLOURS))
    project.model(pixels(BLIND), 'ours.onnx')
    for (const image of project.list('test').filter((name) => name.endsWith('.png'))) {
      const wide = sharp(project.path('test', image)).resize(8, 4, { fit: 'fill' })
      project.write(`test/${image}`, await wide.png().toBuffer())
    }
    const letterboxed = config.replace('preprocess:\n', 'preprocess:\n  - letterbox: {size: 8, value: 0}\n')
    const { variants } = await gate(project, `${letterboxed}decode: {kind: scores, compare_at: input}\n`)
    expect(variants.ours.metrics.agreement).toBeCloseTo(8 / 12, 12)
    expect(variants.ours.changed).toBe(4 * 32)
  })

  it('says that FP32 gives one class to every pixel', async () => {
    const project = projects.copy('one class')
    project.model(pixels(mixing(1, 1, 1, 0, 0, 0, 0, 0, 0)))
    project.model(pixels(COLOURS), 'ours.onnx')
    const result = await gate(project, config)
    const verdict = result.verdicts.find(({ id }) => id === 'fp32.agreement.guessing')
    expect(verdict?.status).toBe('inconclusive')
    expect(verdict?.message).toContain('class 0 to every pixel')
  })
})
