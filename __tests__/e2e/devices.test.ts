import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { parseResult } from '../../src/result.js'
import { SmallProject } from '../small/project.js'
import { precisionGate, type CommandOptions } from './command.js'

/** On CPUs, with two processes: what a device computes is its provider's business. */
describe('several devices', () => {
  let project: SmallProject
  let config: string
  const limits = `thresholds: [{metric: miou, max_drop_points: 50}]\n`
  beforeAll(async () => {
    project = await SmallProject.create('segmentation')
    project.model(0.5, 'ours.onnx')
    for (const folder of ['tmp', 'home']) mkdirSync(project.path(folder))
    config = project.config(limits, 'int8: {precision: int8}, ours: {model: ours.onnx}', '[0, 1]')
  })
  afterAll(() => project.remove())

  const run = (args: readonly string[], more: Partial<CommandOptions> = {}) =>
    precisionGate(['run', '--provider', 'cpu', ...args], {
      cwd: project.folder,
      temporary: project.path('tmp'),
      home: project.path('home'),
      through: ['/usr/bin/env', 'PRECISION_GATE_SPLIT_CPU=1'],
      ...more
    })

  it('evaluate a part each, and give the result of one', async () => {
    const { code, stdout, stderr } = await run(['-c', config, '-o', project.path('two')])
    expect({ code, errors: /error:/.test(stderr) }).toEqual({ code: 0, errors: false })
    expect(stdout).toMatch(/^PASS/)
    for (const device of [0, 1]) expect(stderr).toMatch(new RegExp(`^device ${device}: evaluate fp32, int8, ours`, 'm'))
    expect(stderr.match(/^calibrate int8/gm)).toHaveLength(1)
    expect(stderr).not.toMatch(/^device \d: calibrate/m)

    await run(['-c', config, '-o', project.path('one'), '--device', '0'])
    const [one, two] = [project.result('one'), project.result('two')]
    expect(two.shards?.map(({ samples }) => samples)).toEqual([16, 14])
    expect(two.variants.int8.calibration).toMatchObject({ source: 'computed', key: one.variants.int8.calibration!.key })
    for (const name of ['fp32', 'int8', 'ours']) {
      expect(two.variants[name].metrics).toEqual(one.variants[name].metrics)
      expect(two.variants[name].drop).toEqual(one.variants[name].drop)
    }
    expect(project.samples('two')).toEqual(project.samples('one'))
    expect(two.verdicts).toEqual(one.verdicts)
    expect(two.layers).toEqual(one.layers)
    expect(readdirSync(project.path('two')).sort()).toEqual(readdirSync(project.path('one')).sort())
  }, 120_000)

  it('leave nothing in the cache with --no-cache, and calibrate once all the same', async () => {
    const { code, stderr } = await run(['-c', config, '-o', project.path('uncached'), '--no-cache'], {
      home: project.path('tmp')
    })
    expect(code).toBe(0)
    expect(stderr.match(/calibrate int8/g)).toHaveLength(1)
    expect(existsSync(project.path('tmp', '.cache'))).toBe(false)
    expect(existsSync(project.path('uncached', 'shards'))).toBe(false)
    const { variants, diagnosis } = project.result('uncached')
    expect(variants.int8.calibration?.source).toBe('computed')
    const origin = diagnosis.find(({ check }) => check === 'calibration table')
    expect(origin).toMatchObject({ status: 'pass', evidence: expect.stringMatching(/^computed in this run: /) })
  }, 120_000)

  it('fail together where one fails, with its message; what the other found is kept and can be merged', async () => {
    const image = project.path('test', '029.png')
    const whole = project.image('029.png')
    writeFileSync(image, whole.subarray(0, 40))
    const { code, stdout, stderr } = await run(['-c', config, '-o', project.path('broken')])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(/^error: device 1 failed: .*029\.png/m)
    expect(stderr).toMatch(
      /^hint: the shards that are finished lie in .*broken.shards: repeat .*--shard 2\/2 --device 1/m
    )
    expect(existsSync(project.path('broken', 'result.json'))).toBe(false)

    writeFileSync(image, whole)
    const [first, second] = ['1', '2'].map((index) => project.path('broken', 'shards', index))
    expect(parseResult(project.read('broken/shards/1/result.json')).shard).toEqual({ index: 1, count: 2 })
    await run(['-c', config, '-o', second, '--shard', '2/2', '--device', '0'])
    expect((await project.command('merge', first, second, '-o', project.path('again'))).code).toBe(0)
    expect(project.samples('again')).toEqual(project.samples('one'))
  }, 120_000)

  it('are refused on the CPU provider, with --shard, and where one is named twice', async () => {
    const plain = { through: [] }
    const cpu = await run(['-c', config, '-o', project.path('x')], plain)
    expect(cpu.code).toBe(2)
    expect(cpu.stderr).toMatch(/runtime\.device names 2 devices \(0, 1\), and the cpu provider has none/)
    const shard = await run(['-c', config, '--shard', '1/2', '-o', project.path('x')], plain)
    expect(shard.code).toBe(2)
    expect(shard.stderr).toMatch(/--shard evaluates a part on one device, and there are 2 \(0, 1\)\nhint: name one/)
    const compared = await run(
      ['-c', config, '--device', '0', '--shard', '1/2', '--baseline', 'one', '-o', project.path('x')],
      plain
    )
    expect(compared.code).toBe(2)
    expect(compared.stderr).toMatch(/--baseline cannot go with --shard: a shard is not judged\nhint: .*merge/)
    const twice = await run(['-c', config, '--device', '1,1', '-o', project.path('x')], plain)
    expect(twice.code).toBe(2)
    expect(twice.stderr).toMatch(/several different ones with commas/)
  }, 60_000)

  it('end when the run is interrupted', async () => {
    let seen = false
    const { code, stderr } = await run(['-c', config, '-o', project.path('stopped')], {
      onStderr(text, kill) {
        if (seen || !/^device 0: /m.test(text)) return
        seen = true
        kill('SIGINT')
      }
    })
    expect(code).toBe(130)
    expect(stderr).not.toMatch(/failed/)
    expect(existsSync(project.path('stopped', 'result.json'))).toBe(false)
  }, 60_000)
})
