import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { judge, Projects, type Project } from './project.js'

let projects: Projects
beforeAll(async () => {
  projects = await Projects.create()
})
afterAll(() => projects.remove())

async function run(project: Project, ...options: string[]) {
  const finished = await judge(project, ...options)
  return { ...finished, result: finished.result() }
}

// Nothing here asks how fast a machine is.
describe('the measurement of latency', () => {
  it('has every variant at every batch size, its ratio to FP32, and what says nothing', async () => {
    const project = projects.copy('latency')
    project.config('int8: {precision: int8}', 'int8: {precision: int8}\n  half: {precision: fp16}')
    project.config(
      'thresholds:',
      'runtime: {provider: cpu}\nlatency: {batch: [1, 16], warmup: 1, runs: 7}\nthresholds:'
    )
    project.config(
      '  - {metric',
      '  - {min_speedup: 0.0001, variant: int8}\n  - {min_speedup: 0.0001, variant: half}\n  - {metric'
    )
    const { code, stdout, result } = await run(project)
    const { fp32, int8, half } = result.variants
    expect(fp32.latency).toMatchObject([
      { batch: 1, runs: 7, emulated: false },
      { batch: 16, runs: 7, emulated: false }
    ])
    expect(fp32.latency?.[0]).not.toHaveProperty('speedup')
    for (const { batch, medianMs, quartilesMs, samplesPerSecond, speedup } of int8.latency ?? []) {
      expect(quartilesMs[0]).toBeLessThanOrEqual(medianMs)
      expect(quartilesMs[1]).toBeGreaterThanOrEqual(medianMs)
      expect(samplesPerSecond).toBeCloseTo((1000 * batch) / medianMs, 6)
      expect(speedup?.quartiles[0]).toBeLessThanOrEqual(speedup?.median ?? 0)
    }
    expect(int8.latencyMs).toBeCloseTo((int8.latency?.[1].medianMs ?? 0) / 16, 9)
    expect(half.latency?.[0].emulated).toBe(true)
    const speed = result.verdicts.filter(({ unit }) => unit === 'times').map(({ id, status }) => `${id} ${status}`)
    expect(speed).toEqual([
      'int8.speed at batch 1.min_speedup pass',
      'int8.speed at batch 16.min_speedup pass',
      'half.speed.min_speedup fail'
    ])
    expect(code).toBe(1)
    expect(stdout).toMatch(/Latency\n +variant +batch/)
    expect(stdout).toMatch(/half +16 .*simulated: its speed says nothing/)
  })

  it('is there with --latency, and otherwise not', async () => {
    const project = projects.copy('option')
    expect((await run(project)).result.variants.int8).not.toHaveProperty('latency')
    expect((await run(project, '--latency')).result.variants.int8.latency).toHaveLength(2)
  })
})
