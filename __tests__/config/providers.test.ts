import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { config, Project } from './project.js'

let project: Project
beforeAll(() => {
  project = new Project()
})
afterAll(() => project.remove())

describe('providers', () => {
  it('name the one that is judged in full, and the others', async () => {
    const { runtime } = await project.load(config({ runtime: '{providers: [webgpu, cpu], strict: true}' }))
    expect(runtime).toEqual({ provider: 'webgpu', others: ['cpu'], batch: 8, device: 0, threads: 0, strict: true })
  })

  it.each([
    ['{providers: []}', '5:22: runtime.providers'],
    ['{providers: [cpu, cpu]}', '5:22: runtime.providers'],
    ['{providers: [cpu, auto]}', '5:28: runtime.providers[1] is "auto"'],
    ['{provider: cpu, providers: [cpu, webgpu]}', '5:26: "providers" cannot be combined with "provider"']
  ])('are refused as %s', async (runtime, message) => {
    const [error, ...more] = await project.errors(config({ runtime }))
    expect(error).toContain(`precision-gate.yml:${message}`)
    expect(more).toEqual([])
  })
})
