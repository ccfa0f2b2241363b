import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parseResult } from '../../src/result.js'
import { precisionGate } from './command.js'
import { Projects } from './project.js'
import { describeOnWebgpu } from './webgpu.js'

let projects: Projects
beforeAll(async () => {
  projects = await Projects.create()
})
afterAll(() => projects.remove())

async function run(name: string, runtime: string, provider: string) {
  const project = projects.copy(name)
  project.config('thresholds:', `runtime: {${runtime}}\nthresholds:`)
  const finished = await precisionGate(['run', '-q', '--no-cache', '--provider', provider], project.places)
  const result = parseResult(project.read('precision-gate-report/result.json').toString())
  return { ...finished, text: finished.stdout.replace(/\n +/g, ' '), result }
}

describe('strict on the CPU', () => {
  it('holds, since every node runs there', async () => {
    const { code, result } = await run('strict-cpu', 'strict: true', 'cpu')
    expect(code).toBe(0)
    expect(Object.keys(result.variants.int8.placement?.nodes ?? {})).toEqual(['cpu'])
    expect(result.variants.int8.placement?.elsewhere).toEqual([])
  })
})

describeOnWebgpu('nodes that webgpu cannot run', () => {
  it('are counted where the CPU may run them, and the first is named', async () => {
    const { result, text } = await run('fallback', 'strict: false', 'webgpu')
    expect(result.variants.fp32.placement?.nodes).not.toHaveProperty('cpu')
    const { nodes, elsewhere } = result.variants.int8.placement!
    expect(nodes).toMatchObject({ webgpu: expect.any(Number) as unknown, cpu: elsewhere.length })
    expect(elsewhere[0]).toMatch(/\(QuantizeLinear\)$/)
    expect(text).toContain(`${nodes.webgpu} on webgpu, ${nodes.cpu} on cpu (${elsewhere[0]}`)
  })

  it('are refused by name under strict, and FP32 runs on', async () => {
    const { code, result } = await run('strict', 'strict: true', 'webgpu')
    expect(code).toBe(3)
    expect(result.variants.fp32.metrics.top1).toBe(1)
    expect(result.variants.int8.error).toMatch(
      /^\d+ of its nodes cannot run on webgpu, and the config says runtime: \{strict: true\}: \S+ \(QuantizeLinear\)/
    )
  })
})
