import { describe, expect, it } from '@jest/globals'
import { runCli } from './harness.js'

describe('doctor', () => {
  it('says what works and in which precision, and ends with 0 where the CPU provider does', async () => {
    const { code, out } = await runCli(['doctor'])
    expect(code).toBe(0)
    expect(out).toMatch(/^precision-gate \d/)
    expect(out).toMatch(/\ncpu +works\n +FP16 .*\n +sums are float.*\n +INT8 +integer kernels; .* at most 0 steps/)
    for (const provider of ['webgpu', 'cuda', 'tensorrt'])
      expect(out).toMatch(new RegExp(`\\n${provider} +(?:works|does not work: )`))
  })

  it('gives the same as JSON, for an issue', async () => {
    const { out } = await runCli(['doctor', '--json'])
    const report = JSON.parse(out) as { providers: { provider: string; works: boolean }[] }
    expect(report.providers.map(({ provider }) => provider)).toEqual(['cpu', 'webgpu', 'cuda', 'tensorrt'])
    expect(report.providers[0]).toMatchObject({ works: true, precision: { int8: 'int8' } })
  })

  it('ends with 3 where there is no runtime', async () => {
    const { code, err } = await runCli(['doctor', '--runtime-path', '/nowhere'])
    expect(code).toBe(3)
    expect(err).toContain('holds no onnxruntime-node')
  })
})
