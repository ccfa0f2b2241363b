import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { config, Project } from './project.js'

let project: Project
beforeAll(() => {
  project = new Project()
})
afterAll(() => project.remove())

const DEFAULTS = { batch: [1, 8], warmup: 5, runs: 30 }

describe('latency', () => {
  it.each([
    ['true', DEFAULTS],
    ['{}', DEFAULTS],
    ['{batch: [4, 4], runs: 9}', { batch: [4], warmup: 5, runs: 9 }],
    ['false', undefined]
  ])('%s', async (latency, expected) => {
    expect((await project.load(config({ latency }))).latency).toEqual(expected)
  })

  it('is measured where a limit needs it, and the limit stands at its own key', async () => {
    const loaded = await project.load(config({ thresholds: '[{variant: fp16, min_speedup: 1.2}]' }))
    expect(loaded.latency).toEqual(DEFAULTS)
    expect(loaded.speedLimits).toEqual([
      { value: 1.2, variant: 'fp16', severity: 'error', position: { line: 5, column: 30 } }
    ])
  })

  it.each([
    [{ thresholds: '[{min_speedup: 1.2}]', latency: 'false' }, '5:15: a limit on speed needs the measurement'],
    [{ thresholds: '[{min_speedup: 0}]' }, '5:28: thresholds[0].min_speedup is 0'],
    [{ thresholds: '[{min_speedup: 1, variant: int9}]' }, '5:40: there is no variant "int9"'],
    [{ latency: '{batch: []}' }, '5:18: latency.batch']
  ])('refuses %j', async (changes, message) => {
    const [error, ...more] = await project.errors(config(changes))
    expect(error).toContain(`precision-gate.yml:${message}`)
    expect(more).toEqual([])
  })
})
