import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parseResult, type Result } from '../../src/result.js'
import { precisionGate } from './command.js'
import { Projects, type Project } from './project.js'
import { describeOnWebgpu, OVERFLOWING } from './webgpu.js'

describeOnWebgpu('on webgpu, a GPU or the software that stands in for one', () => {
  let projects: Projects
  beforeAll(async () => {
    projects = await Projects.create()
  })
  afterAll(() => projects.remove())

  async function run(project: Project, provider: string): Promise<{ code: number | null; result: Result }> {
    const { code, stderr } = await precisionGate(['run', '-q', '--no-cache', '--provider', provider], project.places)
    if (code !== 0 && code !== 1) throw new Error(stderr)
    return { code, result: parseResult(project.read('precision-gate-report/result.json').toString()) }
  }

  it('doctor finds half precision, and INT8 that is only simulated', async () => {
    const { stdout } = await precisionGate(['doctor', '--json'], projects.copy('doctor').places)
    const { providers } = JSON.parse(stdout) as { providers: { provider: string }[] }
    expect(providers.find(({ provider }) => provider === 'webgpu')).toMatchObject({
      works: true,
      precision: { fp16: 'half', fp16SumErrorSteps: expect.any(Number), int8: 'simulated' }
    })
  })

  it('a healthy network gives the answers of the CPU, every layer of FP16 in half precision', async () => {
    const project = projects.copy('healthy')
    project.config('int8: {precision: int8}', 'fp16: {precision: fp16}')
    const { code, result } = await run(project, 'webgpu')
    expect(code).toBe(0)
    expect(result.environment.provider).toBe('webgpu')
    expect(result.variants.fp32.metrics.top1).toBe(1)
    expect(result.variants.fp16.metrics.top1).toBe(1)
    expect(result.variants.fp32.executed).toEqual({ int8: 0, fp16: 0, fp32: 2, simulated: 0 })
    expect(result.variants.fp16.executed).toEqual({ int8: 0, fp16: 2, fp32: 0, simulated: 0 })
    expect(result.layers?.fp16.map(({ executed }) => executed)).toEqual(['fp16', 'fp16'])
  })

  it('INT8 is counted as simulated', async () => {
    const { result } = await run(projects.copy('int8'), 'webgpu')
    expect(result.variants.int8.executed).toMatchObject({ int8: 0, fp16: 0 })
    expect(result.variants.int8.executed?.simulated).toBeGreaterThan(0)
  })

  describe('a network that overflows float16', () => {
    let project: Project
    beforeAll(() => {
      project = projects.copy('overflow')
      project.model(OVERFLOWING)
      project.config('int8: {precision: int8}', 'fp16: {precision: fp16}')
    })

    it('fails, and the layer is named', async () => {
      const { code, result } = await run(project, 'webgpu')
      expect(result.variants.fp32.metrics.top1).toBe(1)
      expect(result.variants.fp16.executed).toMatchObject({ fp32: 0, simulated: 0 })
      expect(code).toBe(1)
      const overflow = result.diagnosis.find(
        ({ check, status }) => check === 'fp16 activation range' && status === 'fail'
      )
      expect(overflow?.evidence).toContain('square')
    })

    it('as a finished file: right on the CPU, which computes it in float32, and wrong in half precision', async () => {
      const made = await precisionGate(['quantize', '-q', '--no-cache', '-o', 'made'], project.places)
      expect(made).toMatchObject({ code: 0 })
      const finished = projects.copy('finished')
      finished.model(OVERFLOWING)
      finished.write('half.onnx', project.read('made/model.fp16.onnx'))
      finished.config('int8: {precision: int8}', 'half: {model: half.onnx}')

      const cpu = await run(finished, 'cpu')
      if (process.arch === 'x64')
        expect(cpu).toMatchObject({ code: 0, result: { variants: { half: { executed: { fp16: 0 } } } } })
      const gpu = await run(finished, 'webgpu')
      expect(gpu).toMatchObject({ code: 1, result: { variants: { half: { executed: { fp32: 0 } } } } })
    })
  })
})
