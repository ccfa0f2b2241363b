import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { loadConfig } from '../../src/config/index.js'
import { checkGate, quantizeModel, runGate, type GateOptions } from '../../src/gate.js'
import { makeNode, makeTensor } from '../../src/model/index.js'
import type { ModelParts } from '../model/helpers.js'
import { Projects, SIZE, type Project } from '../e2e/project.js'

let projects: Projects
beforeAll(async () => {
  projects = await Projects.create()
})
afterAll(() => projects.remove())

const floats = (name: string, values: readonly number[], dims = [values.length]) =>
  makeTensor(name, { type: 'float32', dims, data: Float32Array.from(values) })

/** images -> Conv -> c1 -> BatchNormalization -> n1 -> Relu -> r1 -> Conv -> c2 -> Relu -> r2 -> mean -> logits */
const NORMALIZED: ModelParts = {
  inputs: { images: ['batch', 3, SIZE, SIZE] },
  outputs: ['logits'],
  nodes: [
    makeNode('Conv', ['images', 'w1'], ['c1'], { name: 'conv1' }),
    makeNode('BatchNormalization', ['c1', 'gamma', 'beta', 'mean', 'variance'], ['n1'], { name: 'norm1' }),
    makeNode('Relu', ['n1'], ['r1'], { name: 'relu1' }),
    makeNode('Conv', ['r1', 'w2'], ['c2'], { name: 'conv2' }),
    makeNode('Relu', ['c2'], ['r2'], { name: 'relu2' }),
    makeNode('GlobalAveragePool', ['r2'], ['means'], { name: 'pool' }),
    makeNode('Flatten', ['means'], ['logits'], { name: 'flatten' })
  ],
  initializers: [
    floats('w1', [1, 0, 0, 0, 1, 0, 0, 0, 1], [3, 3, 1, 1]),
    floats('w2', [1, 0, 0, 0, 1, 0, 0, 0, 1], [3, 3, 1, 1]),
    floats('gamma', [2, 2, 2]),
    floats('beta', [1, 1, 1]),
    floats('mean', [0, 0, 0]),
    floats('variance', [1, 1, 1])
  ]
}

/** What the network's values are: images in 0..1, c1 the same, n1 and r1 in 1..3. */
const TRUE_RANGES = 'images,-1,1\nr1,-3,3\nr2,-3,3\n'

function options(project: Project): GateOptions & { readonly warnings: string[] } {
  const warnings: string[] = []
  return {
    outputDirectory: project.path('out'),
    noCache: true,
    signal: new AbortController().signal,
    progress: { start: () => ({ update: () => undefined, finish: () => undefined }) },
    log: { info: () => undefined, warn: (line) => void warnings.push(line), debug: () => undefined },
    warnings
  }
}

/** A project with a table; without a calibration set unless it is asked for. */
function project(name: string, table: string, { calibration = false, variant = '' } = {}): Project {
  const made = projects.copy(name)
  made.model(NORMALIZED)
  made.write('calib/ranges.csv', table)
  if (!calibration) made.config('calibration: {dataset: {path: calibration}, method: minmax}\n', '')
  made.config('{precision: int8}', `{precision: int8, ranges: calib/ranges.csv${variant}}`)
  return made
}

async function quantize(of: Project) {
  const given = options(of)
  const config = await loadConfig(of.path('precision-gate.yml'))
  const { variants, failed } = await quantizeModel(config, given)
  return { variant: variants.at(0), failed: failed.at(0)?.error, warnings: given.warnings }
}

const rangesIn = (of: Project) =>
  new Map(
    (JSON.parse(of.read('out/ranges.int8.json').toString()) as { ranges: [string, number, number][] }).ranges.map(
      ([tensor, min, max]) => [tensor, [min, max]]
    )
  )

describe('a table of ranges', () => {
  it('with the names behind folded batch normalization and ReLU is complete, and needs no calibration set', async () => {
    const whole = project('whole', TRUE_RANGES)
    const { variant, failed } = await quantize(whole)
    expect(failed).toBeUndefined()
    expect(variant?.int8?.target).toBe('tensorrt')
    expect(rangesIn(whole)).toEqual(
      new Map([
        ['images', [-1, 1]],
        ['r1', [-3, 3]],
        ['r2', [-3, 3]]
      ])
    )
  })

  it('with the names before the ReLU is clipped to what it makes', async () => {
    const before = project('before', 'images,-1,1\nn1,-5,3\nc2,-5,3\n', { variant: ', target: tensorrt' })
    const { failed } = await quantize(before)
    expect(failed).toBeUndefined()
    expect(rangesIn(before)).toEqual(
      new Map([
        ['images', [-1, 1]],
        ['r1', [0, 3]],
        ['r2', [0, 3]]
      ])
    )
  })

  it('whose ranges have two ends is for the CPU', async () => {
    const { variant } = await quantize(project('cpu', 'images,0,1\nr1,0,3\nr2,0,3\nmeans,0,3\n'))
    expect(variant?.int8?.target).toBe('cpu')
  })

  it('that knows a tensor only before batch normalization lacks it: the values are others', async () => {
    const { failed } = await quantize(project('unfolded', 'images,-1,1\nc1,-1,1\nr2,-3,3\n'))
    expect(failed).toMatch(
      /^calib\/ranges\.csv has no range for 1 of 3 tensors that are quantized: r1 \(c1 is its value before batch normalization\); add `calibration` .*`keep`/
    )
  })

  it('is completed by calibration where the config has one, with a warning', async () => {
    const partial = project('partial', 'images,-1,1\nr2,-3,3\n', { calibration: true })
    const { variant, warnings } = await quantize(partial)
    const warning = '1 of 3 quantized tensors have no range in calib/ranges.csv and were calibrated (minmax)'
    expect(variant?.warnings).toEqual([warning])
    expect(warnings).toContain(`int8: ${warning}`)
    expect(variant?.calibration).toMatchObject({ source: 'imported', method: 'csv (calib/ranges.csv)', samples: 6 })
    // 2 x + 1 of the brightest pixel, 230; the normalization's epsilon is 1e-5
    expect(rangesIn(partial).get('r1')?.[1]).toBeCloseTo(1 + (2 * 230) / 255, 4)
    expect(rangesIn(partial).get('r2')).toEqual([-3, 3])
  })

  it('of another network is refused, calibration or not', async () => {
    const { failed } = await quantize(project('foreign', 'a,-1,1\nb,-1,1\n', { calibration: true }))
    expect(failed).toMatch(/no range for 3 of 3 .*images, r1, r2; the table was made for another network/)
  })

  it('is read by check', async () => {
    const broken = project('broken', 'images,1,-1\n')
    const config = await loadConfig(broken.path('precision-gate.yml'))
    await expect(checkGate(config, options(broken))).rejects.toThrow(/images has the range 1 to -1/)
  })

  it('with names that the network lacks is used, and the report warns of them', async () => {
    const unknown = project('unknown', `${TRUE_RANGES}c1,-1,1\n(Unnamed Layer* 3) [Shuffle]_output,-1,1\n`)
    const result = await runGate(await loadConfig(unknown.path('precision-gate.yml')), options(unknown))
    const names = result.diagnosis.find(({ check }) => check === 'names in the calibration table')
    expect(names?.status).toBe('warn')
    expect(names?.evidence).toBe('1 of 5 names are no tensor of this network: (Unnamed Layer* 3) [Shuffle]_output')
  })

  it('that ends a rounding of float32 below the largest value is not contradicted', async () => {
    // the brightest pixel is 230 / 255 = 0.9019608
    const rounded = project('rounded', 'images,-0.9019606,0.9019606\nr1,-3,3\nr2,-3,3\n')
    const result = await runGate(await loadConfig(rounded.path('precision-gate.yml')), options(rounded))
    const outside = result.diagnosis.find(({ check }) => check === 'test values outside the calibrated ranges')
    expect(outside?.status).toBe('pass')
  })

  it('that cuts off what test images show is contradicted', async () => {
    const narrow = project('narrow', 'images,-0.3,0.3\nr1,-3,3\nr2,-3,3\n')
    const result = await runGate(await loadConfig(narrow.path('precision-gate.yml')), options(narrow))
    const outside = result.diagnosis.find(({ check }) => check === 'test values outside the calibrated ranges')
    expect(outside?.status).toBe('warn')
    expect(outside?.evidence).toMatch(
      /1 of 3 ranges are contradicted .*input images: .* outside \[-0\.3, 0\.3\] \(imported\)/
    )
  })
})
