import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Result } from '../../src/result.js'
import { METRIC, SmallProject, TASKS } from '../small/project.js'

const SHARDS = 3

/** What may differ between one run and merged shards: when and where they ran, and how long it took. */
function comparable({ variants, ...result }: Result) {
  const untimed = Object.entries(variants).map(([name, { calibration, ...variant }]) => {
    // From the cache in one of them, computed in the other.
    const { key, method, samples, table } = calibration ?? {}
    return [name, { ...variant, latencyMs: 0, calibration: { key, method, samples, table } }] as const
  })
  const diagnosis = result.diagnosis.filter(({ check }) => check !== 'calibration table')
  const elsewhere = { run: undefined, timings: undefined, shards: undefined }
  return { ...result, ...elsewhere, diagnosis, variants: Object.fromEntries(untimed) }
}

const RUNS = TASKS.flatMap((task) => [
  { task, metric: METRIC[task], with: 'labels' },
  { task, metric: 'agreement', with: 'FP32' }
])

describe.each(RUNS)('shards of $task beside $with', ({ task, metric }) => {
  const isLabelled = metric !== 'agreement'
  const voc = isLabelled && task === 'detection' ? '\n  - {metric: voc12, max_drop_points: 40}' : ''
  const limits = `${isLabelled ? '' : 'metric: agreement\n'}thresholds:
  - {metric: ${metric}, max_drop_points: 1}
  - {metric: ${metric}, min: 0.2}${voc}
  - {layer: '*', variant: int8, min_sqnr_db: 10, severity: warning}
`
  let project: SmallProject
  let config: string
  const folders = Array.from({ length: SHARDS }, (_, i) => `shard-${i + 1}`)
  beforeAll(async () => {
    project = await SmallProject.create(task)
    project.model(0.8, 'ours.onnx')
    config = project.config(limits, 'fp16: {precision: fp16}, int8: {precision: int8}, ours: {model: ours.onnx}')
    writeFileSync(config, readFileSync(config, 'utf8').replace('threads: 1', 'threads: 1, require_executed: int8'))
    const whole = await project.run('whole', config)
    if (![0, 1].includes(whole.code)) throw new Error(whole.err)
    for (const [i, folder] of folders.entries()) {
      const { code, err } = await project.run(folder, config, '--shard', `${i + 1}/${SHARDS}`)
      if (code !== 0) throw new Error(err)
    }
  }, 120_000)
  afterAll(() => project.remove())

  const merge = (name: string, from: readonly string[], ...args: string[]) =>
    project.command('merge', ...from.map((folder) => project.path(folder)), '-o', project.path(name), ...args)

  it('give the result of one run, whatever the order of the folders', async () => {
    const { code, err } = await merge('merged', folders.toReversed())
    expect([0, 1]).toContain(code)
    expect(err).not.toMatch(/error/)
    const [whole, merged] = [project.result('whole'), project.result('merged')]
    expect(comparable(merged)).toEqual(comparable(whole))
    expect(project.samples('merged')).toEqual(project.samples('whole'))
    expect(merged.shards?.map(({ samples }) => samples)).toEqual([8, 12, 10])
    expect(merged.variants.ours.drop[metric].ci95).not.toBeNull()
    expect(merged.variants.ours).toHaveProperty(isLabelled ? 'flips' : 'changed')
    expect(merged.decoding?.canonical).toBeDefined()
    expect(merged.diagnosis.length).toBeGreaterThan(5)
    expect(merged.verdicts.map(({ subject }) => subject)).toContain('executed int8')
    expect(merged.layers?.int8.length).toBeGreaterThan(0)
  })

  it('end with the exit code of the verdict', async () => {
    const { code } = await merge('merged-again', folders)
    const { conclusion } = project.result('merged-again')
    expect(conclusion).toBe(project.result('whole').conclusion)
    expect(code).toBe(conclusion === 'failure' ? 1 : 0)
  })

  it('leave a report folder with the models, and reports on demand', async () => {
    await merge('full', folders, '-r', 'markdown', '-r', 'junit')
    const models = readdirSync(project.path('whole')).filter((file) => file.endsWith('.onnx') || /calib/.test(file))
    expect(readdirSync(project.path('full'))).toEqual(
      expect.arrayContaining([...models, 'report.md', 'junit.xml', 'result.json', 'samples.json'])
    )
    expect(readdirSync(project.path('full'))).not.toContain('shard.json')
  })

  it('are no verdict by themselves: inconclusive, not to be passed, and with a sentence that says so', () => {
    const result = project.result('shard-2')
    expect(result).toMatchObject({
      conclusion: 'inconclusive',
      onInconclusive: 'fail',
      verdicts: [],
      shard: { index: 2, count: 3 }
    })
    expect(result.reasons[0]).toBe(
      'shard 2 of 3: samples 9 to 20 of 30, not judged; precision-gate merge puts the shards together'
    )
  })

  it('are compared with a baseline when they are merged', async () => {
    await merge('beside', folders, '--baseline', project.path('whole'))
    expect(project.result('beside').baseline).toMatchObject({ comparable: true, notes: [] })
    const { regression } = project.result('beside').baseline!.variants.ours.metrics[metric]
    expect(regression).toMatchObject({ points: 0, paired: true })
  })

  it('are refused where one is missing, there twice, or a whole run', async () => {
    const missing = await merge('x', ['shard-1', 'shard-3'])
    expect(missing.code).toBe(3)
    expect(missing.err).toMatch(/error: the shards cannot be merged: shard 2 of 3 is missing/)
    cpSync(project.path('shard-2'), project.path('copy'), { recursive: true })
    expect((await merge('x', [...folders, 'copy'])).err).toMatch(/shard 2 of 3 is there more than once/)
    expect((await merge('x', [...folders, 'whole'])).err).toMatch(/whole is the report of a whole run/)
    expect(readdirSync(project.folder)).not.toContain('x')
    expect((await merge('shard-1', folders)).code).toBe(2)
  })
})

it('shards with outputs that are not finite fail as one run does, and name the layer that overflows FP16', async () => {
  const project = await SmallProject.create('classification', 12)
  try {
    const config = project.config('', 'fp16: {precision: fp16}')
    writeFileSync(config, readFileSync(config, 'utf8').replace('scale: 1/255', 'scale: 350'))
    await project.run('whole', config)
    for (const i of [1, 2]) await project.run(`part-${i}`, config, '--shard', `${i}/2`)
    const folders = [project.path('part-1'), project.path('part-2')]
    const { code } = await project.command('merge', ...folders, '-o', project.path('merged'))
    expect(code).toBe(1)
    const merged = project.result('merged')
    expect(merged.variants.fp16.nonFinite).toBeGreaterThan(6)
    expect(merged.diagnosis.find(({ check }) => check === 'fp16 activation range')?.status).toBe('fail')
    expect(comparable(merged)).toEqual(comparable(project.result('whole')))
  } finally {
    project.remove()
  }
})

describe('shards that do not belong together', () => {
  let project: SmallProject
  beforeAll(async () => {
    project = await SmallProject.create('classification', 12)
    project.model(0.3, 'ours.onnx')
  })
  afterAll(() => project.remove())

  const LAYERS = 'layers: false\n'
  const variants = 'ours: {model: ours.onnx}'
  async function refusal(...configs: readonly [string, string]): Promise<string> {
    for (const [i, config] of configs.entries()) {
      const { code, err } = await project.run(`part-${i + 1}`, config, '--shard', `${i + 1}/2`)
      if (code !== 0) throw new Error(err)
    }
    const { code, err } = await project.command(
      'merge',
      project.path('part-1'),
      project.path('part-2'),
      '-o',
      project.path('m')
    )
    expect(code).toBe(3)
    expect(readdirSync(project.folder)).not.toContain('m')
    return err
  }

  it('because a limit differs, which is named', async () => {
    const [one, two] = [1, 2].map((points) =>
      project.config(`${LAYERS}thresholds: [{metric: top1, max_drop_points: ${points}}]\n`, variants)
    )
    expect(await refusal(one, two)).toMatch(
      /the config, thresholds\.0\.maxDropPoints differs: 1 in shard 1 of 2, 2 in shard 2 of 2/
    )
  })

  it('but comments and order of the config do not matter', async () => {
    const one = project.config(`${LAYERS}thresholds: [{metric: top1, max_drop_points: 1}]\n`, variants)
    const text = readFileSync(one, 'utf8').replace(
      'version: 1\n',
      '# the same\n\nversion: 1\nruntime: {device: 0, provider: cpu, batch: 4, threads: 1}\n'
    )
    const two = project.write('other.yml', text.replace(/\nruntime: \{provider.*\n/, '\n'))
    await project.run('part-1', one, '--shard', '1/2')
    await project.run('part-2', two, '--shard', '2/2')
    const { code, err } = await project.command(
      'merge',
      project.path('part-1'),
      project.path('part-2'),
      '-o',
      project.path('same')
    )
    expect([0, 1]).toContain(code)
    expect(err).not.toMatch(/error/)
  })

  it('because a model differs', async () => {
    const config = project.config(`${LAYERS}thresholds: [{metric: top1, max_drop_points: 100}]\n`, variants)
    await project.run('part-1', config, '--shard', '1/2')
    project.model(0.4, 'ours.onnx')
    await project.run('part-2', config, '--shard', '2/2')
    const { err } = await project.command(
      'merge',
      project.path('part-1'),
      project.path('part-2'),
      '-o',
      project.path('m')
    )
    expect(err).toMatch(/the model of variant ours differs: [0-9a-f]+.* in shard 1 of 2/)
    expect(err).toMatch(/hint: let all shards use one calibration table/)
  })

  it('because the test set differs', async () => {
    const config = project.config(`${LAYERS}thresholds: [{metric: top1, max_drop_points: 100}]\n`, variants)
    await project.run('part-1', config, '--shard', '1/2')
    rmSync(project.path('test', '2-blue', '011.png'))
    await project.run('part-2', config, '--shard', '2/2')
    const { err } = await project.command(
      'merge',
      project.path('part-1'),
      project.path('part-2'),
      '-o',
      project.path('m')
    )
    expect(err).toMatch(/the test set differs: 12 samples, .* in shard 1 of 2, 11 samples/)
  })

  it('because a file is missing or from another run', async () => {
    const config = project.config(`${LAYERS}thresholds: [{metric: top1, max_drop_points: 100}]\n`, variants)
    for (const i of [1, 2]) await project.run(`part-${i}`, config, '--shard', `${i}/2`)
    const merge = () =>
      project.command('merge', project.path('part-1'), project.path('part-2'), '-o', project.path('m'))
    const shard = readFileSync(project.path('part-1', 'shard.json'), 'utf8')
    writeFileSync(project.path('part-1', 'shard.json'), readFileSync(project.path('part-2', 'shard.json')))
    expect((await merge()).err).toMatch(/part-1.shard\.json and the result\.json beside it belong to different runs/)
    writeFileSync(project.path('part-1', 'shard.json'), shard.slice(0, 100))
    expect((await merge()).err).toMatch(/shard\.json is not valid JSON\nhint: a shard is the whole report folder/)
    rmSync(project.path('part-1', 'shard.json'))
    expect((await merge()).err).toMatch(/shard\.json is not there\nhint: a shard is the whole report folder/)
    writeFileSync(project.path('part-1', 'shard.json'), shard)
    rmSync(project.path('part-1', 'samples.json'))
    expect((await merge()).err).toMatch(
      /part-1: samples\.json does not lie beside result\.json\nhint: a shard is the whole report folder/
    )
  })

  it('a run that is timed is not divided, and says so', async () => {
    const config = project.config('latency: true\n', variants)
    const { code, err } = await project.run('y', config, '--shard', '1/2')
    expect(code).toBe(2)
    expect(err).toMatch(/a run with `latency`, .* cannot be divided into shards/)
  })

  it('an FP32 that gives one answer in every shard is pointed out as in one run', async () => {
    const same = await SmallProject.create('classification', 12)
    try {
      same.model(1)
      const config = same.config(`metric: agreement\n${LAYERS}`, 'fp16: {precision: fp16}')
      await same.run('whole', config)
      for (const i of [1, 2]) await same.run(`part-${i}`, config, '--shard', `${i}/2`)
      await same.command('merge', same.path('part-1'), same.path('part-2'), '-o', same.path('merged'))
      expect(same.result('whole').reasons.join()).toMatch(/class \d for every image/)
      expect(comparable(same.result('merged'))).toEqual(comparable(same.result('whole')))
    } finally {
      same.remove()
    }
  })

  it.each([['0/2'], ['3/2'], ['1'], ['a/b'], ['1/0']])('is a mistake of usage: --shard %s', async (text) => {
    const { code, err } = await project.run('y', project.config(LAYERS, variants), '--shard', text)
    expect(code).toBe(2)
    expect(err).toMatch(/It must be i\/n with i from 1 to n/)
  })

  it('more shards than batches are a mistake', async () => {
    const { code, err } = await project.run('y', project.config(LAYERS, variants), '--shard', '1/9')
    expect(code).toBe(2)
    expect(err).toMatch(/make 3 batches of 4, too few for 9 shards\nhint: take at most 3 shards/)
  })
})
