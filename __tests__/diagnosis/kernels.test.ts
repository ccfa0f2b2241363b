import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { auditFloor, auditInput, auditKernels, auditSaturation } from '../../src/diagnosis/fitness.js'
import { OutputDifference } from '../../src/diagnosis/outputs.js'
import type { KernelComparison, RuntimeProbe } from '../../src/diagnosis/runtime.js'
import { makeNode } from '../../src/model/index.js'
import { Scratch } from '../acceptance/workspace.js'
import { colourPng, Project } from '../e2e/project.js'
import { weight } from '../quantization/tiny.js'

const scratch = new Scratch()
afterAll(() => scratch.remove())

/** Pixels a side: 3 x 160 x 160 products of 255 x 127 add up to more than an int32 holds. */
const SIDE = 160
const INPUTS = 3 * SIDE * SIDE

/**
 * Sums all pixels: class 0 grows with the brightness, class 1 stays where it is. In integers the sum of a white image wraps
 * around: a fault that no calibration can cause or repair, on every processor.
 */
function brightness(project: Project): void {
  project.model({
    nodes: [
      makeNode('Flatten', ['images'], ['flat'], { name: 'flatten' }),
      makeNode('MatMul', ['flat', 'weight'], ['logits'], { name: 'sum' })
    ],
    inputs: { images: ['batch', 3, SIDE, SIDE] },
    outputs: ['logits'],
    initializers: [weight('weight', [INPUTS, 2], (i) => (i % 2 === 0 ? 1 : i === 1 ? 0.1 : 0))]
  })
}

describe('integer kernels that compute something else than the file says', () => {
  let project: Project
  beforeAll(async () => {
    project = new Project(scratch.path('overflow'))
    brightness(project)
    const white = await colourPng(0, 255, SIDE)
    for (let i = 0; i < 4; i++) {
      project.write(`test/0-bright/${i}.png`, white)
      project.write(`calibration/0-bright/${i}.png`, white)
    }
    project.write('test/1-dark/0.png', await colourPng(1, 0, SIDE))
    project.write('calibration/1-dark/0.png', await colourPng(1, 0, SIDE))
  })

  it('are found in a run, and calibration is cleared', async () => {
    const config = `version: 1
model: ${project.path('model.onnx')}
dataset: ${project.path('test')}
preprocess: [{scale: 1/255}]
calibration: {dataset: ${project.path('calibration')}, method: minmax}
variants: {int8: {precision: int8}}
runtime: {provider: cpu}
`
    const { result } = await scratch.run('overflow-run', config)
    const found = result.diagnosis.find(({ check }) => check === 'integer kernels against simulation')
    expect(found).toMatchObject({
      status: 'fail',
      variant: 'int8',
      action: expect.stringContaining('Calibration is not to blame')
    })
  }, 60_000)
})
function difference(reference: readonly number[], other: readonly number[]): OutputDifference {
  const result = new OutputDifference()
  result.add(Float32Array.from(reference), Float32Array.from(other))
  return result
}

const SAME = { broken: 0, repaired: 0 }
const [SMALL, LARGE] = [difference([1, 2, 3], [1, 2, 3.01]), difference([1, 2, 3], [2, 1, 0])]
const VARIANT = { name: 'int8', precision: 'int8', model: 'm', runFile: 'm', warnings: [] } as const
const SOUND = {
  variant: VARIANT,
  images: 64,
  answers: { right: { integer: 60, simulated: 60 }, flips: SAME },
  quantization: LARGE,
  kernels: SMALL
} satisfies KernelComparison
const withFlips = (flips: typeof SAME): KernelComparison => ({ ...SOUND, answers: { ...SOUND.answers, flips } })

describe('integer kernels beside the simulation', () => {
  it('pass while they add less noise than 8 bits do, and their answers differ by chance', () => {
    expect(auditKernels(SOUND).status).toBe('pass')
    expect(auditKernels(withFlips({ broken: 12, repaired: 5 })).status).toBe('pass')
  })

  it('fail when they are the louder of the two', () => {
    expect(auditKernels({ ...SOUND, quantization: SMALL, kernels: LARGE }).status).toBe('fail')
  })

  it('fail when their answers are worse beyond chance', () => {
    expect(auditKernels(withFlips({ broken: 12, repaired: 1 })).status).toBe('fail')
    expect(auditKernels(withFlips({ broken: 1, repaired: 12 })).status).toBe('pass')
  })

  it('pass where 8 bits are exact and only float rounding is left', () => {
    const exact = difference([1, 2, 3], [1, 2, 3])
    const rounded = difference([1, 2, 3], [1, 2, 3.000001])
    expect(auditKernels({ ...SOUND, quantization: exact, kernels: rounded }).status).toBe('pass')
  })

  it('are warned of where the default ones saturate on this processor', () => {
    expect(auditSaturation(SOUND)).toEqual([])
    const saturating = {
      ...SOUND,
      answers: { ...SOUND.answers, right: { ...SOUND.answers.right, unasked: 31 }, unaskedFlips: SAME },
      unasked: LARGE,
      quantization: SMALL
    }
    expect(auditSaturation(saturating)).toMatchObject([
      { status: 'warn', evidence: expect.stringContaining('top-1 is 31 of 64 instead of 60') }
    ])
    expect(auditSaturation({ ...saturating, unasked: SMALL, quantization: LARGE })).toMatchObject([{ status: 'pass' }])
  })
})

const PROBE: RuntimeProbe = {
  images: 64,
  floor: { difference: difference([1, 2, 3], [1, 2, 3]), flips: SAME },
  input: { min: -2.1, max: 2.6, constant: 0 },
  kernels: []
}

describe('the noise floor', () => {
  it('is nothing, or what float rounding leaves', () => {
    expect(auditFloor(PROBE, 'cpu')).toMatchObject({
      status: 'pass',
      evidence: expect.stringContaining('no difference')
    })
    const rounded = { ...PROBE, floor: { difference: difference([1, 2, 3], [1, 2, 3.000001]) } }
    expect(auditFloor(rounded, 'webgpu')).toMatchObject({ status: 'pass', evidence: expect.stringContaining('dB') })
  })

  it('is a warning where FP32 has 10 bits, or other answers', () => {
    expect(auditFloor({ ...PROBE, floor: { difference: difference([1, 2, 3], [1, 2, 3.003]) } }, 'cuda').status).toBe(
      'warn'
    )
    expect(
      auditFloor(
        { ...PROBE, floor: { difference: difference([1, 2], [1, 2]), flips: { broken: 1, repaired: 0 } } },
        'cuda'
      ).status
    ).toBe('warn')
    expect(auditFloor({ ...PROBE, floor: { difference: difference([1, 2, 3], [1, 2, NaN]) } }, 'cuda').status).toBe(
      'warn'
    )
  })
})

describe('the range of the first layer', () => {
  const status = (input: RuntimeProbe['input'], evidence?: string) => auditInput({ ...PROBE, input }, evidence).status

  it.each<[string, RuntimeProbe['input'], string | undefined, string]>([
    ['normalized', PROBE.input, undefined, 'pass'],
    ['raw pixels, and FP32 guesses', { min: 0, max: 255, constant: 0 }, undefined, 'warn'],
    ['raw pixels, and FP32 works with them', { min: 0, max: 255, constant: 0 }, 'FP32 is right on 98 %', 'pass'],
    ['divided twice', { min: 0, max: 0.0039, constant: 0 }, undefined, 'warn'],
    ['constant images', { min: 0, max: 0, constant: 64 }, undefined, 'fail']
  ])('%s', (_, input, evidence, expected) => {
    expect(status(input, evidence)).toBe(expected)
  })
})
