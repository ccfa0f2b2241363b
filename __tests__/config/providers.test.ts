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

describe('devices', () => {
  it('are one index, or several', async () => {
    const one = await project.load(config({ runtime: '{provider: cuda, device: 1}' }))
    expect(one.runtime).toMatchObject({ device: 1 })
    const two = await project.load(config({ runtime: '{provider: cuda, device: [0, 1]}' }))
    expect(two.runtime).toMatchObject({ device: 0, devices: [0, 1] })
    const auto = await project.load(config({ runtime: '{providers: [cpu, cuda], device: 1}' }))
    expect(auto.runtime).toMatchObject({ provider: 'cpu', others: ['cuda'], device: 1 })
  })

  const CANNOT = 'runtime.device names 2 devices, among which the test set is divided, and a run with'
  it.each([
    [{ runtime: '{device: gpu}' }, '5:19: runtime.device is "gpu": expected a list of indices such as "0, 1"'],
    [{ runtime: '{device: [0, 0]}' }, '5:19: runtime.device is [0,0]: names a device twice'],
    [
      { runtime: '{provider: cpu, device: 1}' },
      '5:26: runtime.device is the index of a GPU, and the config says provider: cpu: remove one of them'
    ],
    [
      { runtime: '{providers: [cpu], device: [0, 1]}' },
      '5:29: runtime.device is the index of a GPU, and the config says providers: [cpu]: remove one of them'
    ],
    [
      { runtime: '{providers: [cpu, cuda], device: [0, 1]}' },
      `5:35: ${CANNOT} several providers cannot be: name one device`
    ],
    [
      { runtime: '{device: [0, 1]}', latency: 'true' },
      `5:11: ${CANNOT} a measurement of latency cannot be: name one device`
    ],
    [
      { runtime: '{device: [0, 1]}', thresholds: '[{min_speedup: 1.2}]' },
      `5:11: ${CANNOT} a measurement of latency cannot be: name one device`
    ]
  ])('are refused as %j', async (changes, message) => {
    expect(await project.errors(config(changes))).toEqual([`precision-gate.yml:${message}`])
  })
})
