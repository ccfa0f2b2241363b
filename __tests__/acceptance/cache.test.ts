import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { makeTensor } from '../../src/model/index.js'
import { precisionGate } from '../e2e/command.js'
import { colourPng, colourWeight, NETWORK, Projects, type Project } from '../e2e/project.js'

let projects: Projects
beforeAll(async () => {
  projects = await Projects.create()
})
afterAll(() => projects.remove())

/** What the log says about the cache in a run, and the table that came of it. */
async function quantize(project: Project): Promise<{ log: string; table: string }> {
  const args = ['quantize', '--cache-dir', 'cache', '-o', 'out']
  const { code, stderr } = await precisionGate(args, project.places)
  expect({ code, stderr }).toMatchObject({ code: 0 })
  const log = stderr.split('\n').filter((line) => line.includes('calibration cache'))
  expect(log).toHaveLength(1)
  return { log: log[0], table: project.read('out/calibration.int8.json').toString() }
}

const weight = (centre: number) => {
  const tensor = colourWeight()
  const data = new Float32Array(9).fill(0.01)
  data[0] = data[4] = data[8] = centre
  return makeTensor('weight', { type: 'float32', dims: tensor.dims.map(Number), data })
}

describe('the cache of calibration tables', () => {
  it('gives the same table back, and says so', async () => {
    const project = projects.copy('hit')
    const first = await quantize(project)
    expect(first.log).toBe('int8: calibration cache miss: no table in the cache yet')
    const second = await quantize(project)
    expect(second.log).toMatch(/^int8: calibration cache hit: .*cache\/[0-9a-f]{64}\.json(, of \S+)?$/)
    expect(second.table).toBe(first.table)
  })

  it.each<[string, RegExp, (project: Project) => void | Promise<void>]>([
    [
      'a preprocessing step',
      /preprocessing changed \(step 1: .*mean.*0\].* -> .*mean.*0\.5/,
      (project) => project.config('mean: 0', 'mean: 0.5')
    ],
    [
      'a preprocessing step more',
      /preprocessing changed \(step 1: .*normalize.* -> .*color/,
      (project) => project.config('  - normalize', '  - color: bgr\n  - normalize')
    ],
    [
      'a weight',
      /model changed \(weight weight\)/,
      (project) => project.model({ ...NETWORK, initializers: [weight(1.5)] })
    ],
    [
      'a calibration image',
      /calibration images changed \(1 new, 1 gone, of 6 before and 6 now\)/,
      async (project) => project.write('calibration/1-green/0.png', await colourPng(1, 99))
    ],
    [
      'the number of calibration images',
      /calibration images changed \(0 new, 3 gone, of 6 before and 3 now\)/,
      (project) => project.config('method: minmax', 'method: minmax, samples: 3')
    ],
    [
      'the method',
      /method changed \(.*minmax -> .*entropy\)/,
      (project) => project.config('method: minmax', 'method: entropy')
    ],
    [
      "the method's parameter",
      /method changed \(.*99\.9 -> .*99\.5\)/,
      (project) => project.config('percentile: 99.9', 'percentile: 99.5')
    ],
    [
      'the target',
      /target changed \(cpu -> tensorrt\)/,
      (project) => project.config('precision: int8', 'precision: int8, target: tensorrt')
    ]
  ])('misses after a change of %s, and names it alone', async (name, says, change) => {
    const project = projects.copy(`miss ${name}`)
    if (name === "the method's parameter") project.config('method: minmax', 'method: percentile, percentile: 99.9')
    const before = await quantize(project)
    await change(project)
    const after = await quantize(project)
    expect(after.log).toMatch(/^int8: calibration cache miss: /)
    expect(after.log).toMatch(says)
    expect(after.log.match(/changed/g)).toHaveLength(1)
    expect(after.table).not.toBe(before.table)
    expect(readdirSync(project.path('cache'))).toHaveLength(2)
  })

  it('refuses a table that was edited, says why, and calibrates anew', async () => {
    const project = projects.copy('edited')
    const { table } = await quantize(project)
    const [file] = readdirSync(project.path('cache'))
    const edited = readFileSync(project.path('cache', file), 'utf8').replace(/"range": \[\s*[^,]+/, '"range": [-99')
    project.write(`cache/${file}`, edited)
    const again = await quantize(project)
    expect(again.log).toMatch(/cache miss: calibration table .* does not match its checksum.*refused/)
    expect(again.table).toBe(table)
  })
})
