import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runFactsOf } from '../../src/cli/run-facts.js'
import type { GateModule } from '../../src/cli/context.js'
import { parseResult } from '../../src/result.js'
import { runOf, Runs } from '../baseline/runs.js'
import { config, Project } from '../config/project.js'
import * as results from '../report/results.js'
import { runCli } from './harness.js'

let runs: Runs
let before: string
let after: string
beforeAll(() => {
  runs = new Runs()
  before = runs.write('before', runOf(60))
  after = runs.write('after', runOf(80))
})
afterAll(() => runs.remove())

describe('compare', () => {
  it('prints what changed, sample by sample', async () => {
    const { code, out, err } = await runCli(['compare', before, join(after, 'result.json')])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.split('\n')).toEqual([
      '  commit 1a2b3c4d of main, 2026-11-23',
      '  variant  metric     then      now  points lost [95 %]         p  drop against FP32',
      '  fp32     top1    95.00 %  95.00 %  0.00 [-0.38, 0.38]    1.0000                  –',
      '  fp32     top5    95.00 %  95.00 %  0.00 [-0.38, 0.38]    1.0000                  –',
      '  int8     top1    94.00 %  92.00 %   2.00 [1.30, 3.07]  < 0.0001        1.00 → 3.00',
      '  int8     top5    94.00 %  92.00 %   2.00 [1.30, 3.07]  < 0.0001        1.00 → 3.00',
      ''
    ])
  })

  it('prints JSON on demand', async () => {
    const { out } = await runCli(['compare', before, after, '--json'])
    expect(JSON.parse(out)).toMatchObject({
      path: before,
      comparable: true,
      variants: { int8: { metrics: { top1: { value: 0.94, regression: { points: 2, paired: true } } } } }
    })
  })

  it('says why and ends with 4 where the two cannot be compared', async () => {
    const other = runOf(60)
    const environment = { ...other.result.environment, vnni: true }
    const vnni = runs.write('vnni', { ...other, result: { ...other.result, environment } })
    const { code, out } = await runCli(['compare', vnni, after])
    expect(code).toBe(4)
    expect(out).toMatch(/not compared: the processors differ: cpu x64 with VNNI then, cpu x64 without VNNI now/)
    expect(out).toMatch(/int8 +top1 +94\.00 % +92\.00 % +– +–/)
  })

  it('ends with 3 where one is missing or none', async () => {
    const { code, err } = await runCli(['compare', before, join(runs.root, 'nowhere')])
    expect(code).toBe(3)
    expect(err).toMatch(/^error: .*nowhere does not exist\n/)
  })
})

describe('report', () => {
  it('prints a finished run as the run itself would have', async () => {
    const { code, out } = await runCli(['report', after])
    expect(code).toBe(0)
    expect(out).toMatch(/^PASS/)
    expect(out).toMatch(/int8 +top1 +95\.00 % +92\.00 %/)
  })

  it('writes reports beside the result, or elsewhere, with what it is told of the run', async () => {
    const links = ['--report-id', 'net', '--run-url', 'https://github.com/o/r/actions/runs/1', '--sha', '0123456789ab']
    await runCli(['report', after, '-r', 'comment', '-r', 'markdown', '-r', 'junit', ...links])
    for (const name of ['comment.md', 'report.md', 'junit.xml']) expect(existsSync(join(after, name))).toBe(true)
    const comment = readFileSync(join(after, 'comment.md'), 'utf8')
    expect(comment).toMatch(/<!-- precision-gate:net -->\n$/)
    expect(comment).toContain('https://github.com/o/r/commit/0123456789ab')

    const folder = join(runs.root, 'elsewhere')
    await runCli(['report', after, '-r', 'markdown', '-o', folder])
    expect(existsSync(join(folder, 'report.md'))).toBe(true)
  })

  it('compares with a baseline', async () => {
    const { out } = await runCli(['report', after, '-r', 'comment=-', '--baseline', before])
    expect(out.replaceAll('\u00a0', ' ')).toContain('| 1.00 → 3.00 |')
  })

  it('gives annotations on the standard output', async () => {
    const failing = runs.write('failing', { result: { ...results.failingResult, samples: undefined } })
    const { code, out } = await runCli(['report', failing, '-r', 'github'])
    expect(code).toBe(0)
    expect(out).toMatch(/^::error file=precision-gate\.yml,line=16,col=19,title=/)
    expect(out.split('\n')).toHaveLength(4)
  })
})

describe('run', () => {
  let project: Project
  beforeAll(() => {
    project = new Project()
  })
  afterAll(() => project.remove())

  it('hands the baseline and what is known of the run to the gate', async () => {
    const options: unknown[] = []
    const runGate: GateModule['runGate'] = (_, given) => {
      options.push(given)
      return Promise.resolve(results.passingResult)
    }
    const file = project.write('precision-gate.yml', config())
    await runCli(['run', '-q', '-c', file, '-o', join(project.root, 'report'), '--baseline', before], { runGate })
    expect(options).toEqual([expect.objectContaining({ baseline: before, run: runFactsOf(process.env) })])
  })
})

describe('what the surroundings tell of a run', () => {
  const github = {
    GITHUB_SHA: 'abc',
    GITHUB_REF_NAME: '7/merge',
    GITHUB_HEAD_REF: '',
    GITHUB_SERVER_URL: 'https://ghe.example.com',
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_RUN_ID: '4711'
  }

  it('comes from the runner', () => {
    const url = 'https://ghe.example.com/o/r/actions/runs/4711'
    expect(runFactsOf(github)).toEqual({ commit: 'abc', ref: '7/merge', url })
    expect(runFactsOf({ ...github, GITHUB_HEAD_REF: 'faster' })).toMatchObject({ ref: 'faster' })
  })

  it('or from whoever knows better', () => {
    const told = { PRECISION_GATE_COMMIT: 'def', PRECISION_GATE_REF: 'main', PRECISION_GATE_RUN_URL: 'https://ci/1' }
    expect(runFactsOf({ ...github, ...told })).toEqual({ commit: 'def', ref: 'main', url: 'https://ci/1' })
  })

  it('is nothing on a workstation, and fits into a result', () => {
    expect(runFactsOf({})).toEqual({})
    const run = { ...runFactsOf(github), finishedAt: new Date(0).toISOString() }
    expect(parseResult({ ...results.passingResult, run }).run).toEqual(run)
  })
})
