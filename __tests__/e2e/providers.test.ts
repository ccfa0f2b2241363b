import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { precisionGate } from './command.js'
import { judge, Projects, type Project } from './project.js'
import { describeOnWebgpu, OVERFLOWING } from './webgpu.js'

let projects: Projects
beforeAll(async () => {
  projects = await Projects.create()
})
afterAll(() => projects.remove())

async function run(project: Project, ...options: string[]) {
  const finished = await judge(project, ...options)
  return { ...finished, text: finished.stdout.replace(/\n +/g, ' ') }
}

function onProviders(name: string, providers: string): Project {
  const project = projects.copy(name)
  project.config('thresholds:', `runtime: {providers: [${providers}]}\nthresholds:`)
  return project
}

describe('a list of providers', () => {
  it('of one is that provider', async () => {
    const { code, result } = await run(onProviders('one', 'cpu'))
    expect(code).toBe(0)
    expect(result().environment.provider).toBe('cpu')
    expect(result()).not.toHaveProperty('providers')
  })

  it('with one that is not there ends with its reason and the remedy, and measures nothing', async () => {
    const project = onProviders('missing', 'cpu, tensorrt')
    const { code, stderr } = await run(project)
    expect(code).toBe(3)
    expect(stderr).toMatch(/the tensorrt provider does not work here: .*\n.*(1\.26\.0|TensorRT)/s)
    expect(project.list('precision-gate-report')).toEqual([])
  })

  it('gives way to the one of the command line', async () => {
    const { code, result } = await run(onProviders('override', 'cpu, tensorrt'), '--provider', 'cpu')
    expect(code).toBe(0)
    expect(result()).not.toHaveProperty('providers')
  })
})

describeOnWebgpu('a run on cpu and webgpu', () => {
  it('judges the limits on both, and compares the two answer by answer', async () => {
    const { code, text, result } = await run(
      onProviders('both', 'cpu, webgpu'),
      '-r',
      'terminal',
      '-r',
      'junit=junit.xml'
    )
    const { environment, providers, variants, verdicts, diagnosis } = result()
    expect(code).toBe(0)
    expect(environment.provider).toBe('cpu')
    expect(providers?.webgpu.environment.provider).toBe('webgpu')
    expect(variants.int8.executed?.int8).toBeGreaterThan(0)
    expect(providers?.webgpu.variants.int8.executed).toMatchObject({ int8: 0 })
    const { fp32, int8 } = providers!.webgpu.differences
    expect(int8).toMatchObject({ samples: 12, flips: { broken: 0, repaired: 0 }, metrics: { top1: { points: 0 } } })
    expect(fp32.outputs!.maxAbs).toBeLessThan(1e-5 * fp32.outputs!.largest)
    expect(int8.outputs!.maxAbs).toBeLessThan(0.02 * int8.outputs!.largest)
    expect(verdicts.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'int8.top1.max_drop_points pass',
      'int8@webgpu.top1.max_drop_points pass'
    ])
    expect(diagnosis.filter(({ check }) => check === 'the same model on cpu and webgpu')).toMatchObject([
      { variant: 'fp32', status: 'pass' },
      { variant: 'int8', status: 'pass' }
    ])
    expect(text).toMatch(/int8 +top1 +100\.00 % +webgpu +100\.00 % +0\.00 \[/)
  })

  it('fails where one of them loses, and says that the file is not to blame', async () => {
    const project = projects.copy('overflow')
    project.model(OVERFLOWING)
    project.config('int8: {precision: int8}', 'half: {precision: fp16}')
    const made = await precisionGate(
      ['quantize', '-q', '--no-cache', '-o', 'made', '--provider', 'cpu'],
      project.places
    )
    expect(made.code).toBe(0)
    project.config('half: {precision: fp16}', 'half: {model: made/model.half.onnx}')
    project.config('thresholds:', 'runtime: {providers: [cpu, webgpu]}\nlayers: false\nthresholds:')
    const { code, result } = await run(project)
    const { verdicts, diagnosis, conclusion } = result()
    expect([code, conclusion]).toEqual([1, 'failure'])
    const failed = verdicts.filter(({ status }) => status === 'fail').map(({ variant }) => variant)
    expect(new Set(failed)).toEqual(new Set(['half@webgpu']))
    expect(diagnosis.find(({ status, variant }) => status === 'warn' && variant === 'half')).toMatchObject({
      check: 'the same model on cpu and webgpu',
      action: expect.stringMatching(/^The file is right on cpu, .* the loss is in how webgpu runs/) as unknown
    })
  })
})
