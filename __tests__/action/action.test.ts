import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseResult } from '../../src/result.js'
import { startGitHub, type FakeGitHub } from '../github/server.js'
import { CAN_CRASH, writeCrashingModel } from './crash.js'
import { CONFIG, NODE, pullRequest, push, Runner } from './job.js'

const CACHE = /CacheService/
const CREATE = /CreateCacheEntry/

let github: FakeGitHub
let runner: Runner

beforeAll(async () => {
  if (NODE === process.execPath) {
    process.stderr.write(
      `the action runs under ${process.version}; node script/node24.mjs fetches the runner's Node.js\n`
    )
  }
  github = await startGitHub()
  runner = new Runner(github)
})
afterAll(async () => {
  runner.remove()
  await github.stop()
})

const calibration = () => parseResult(runner.report('result.json')).variants.int8.calibration
const cacheCalls = (call: RegExp) => github.calls(call).length

/** In the order of a pull request's life; each test goes on where the one before has ended. */
describe('the action from dist/, without node_modules', () => {
  it('misses the caches in its first run on a branch, and saves tables and result', async () => {
    const { code, log, commands, outputs, summary } = await runner.step({ event: push() })
    expect(code).toBe(0)
    expect(commands.filter(({ name }) => ['error', 'warning'].includes(name))).toEqual([])
    expect(log).toMatch(/calibration cache miss/)
    expect(calibration()).toMatchObject({ source: 'computed', samples: 100 })
    expect(github.cache.entries.map(({ key }) => key)).toEqual([
      expect.stringMatching(/^precision-gate-v1-[0-9a-f]{64}$/),
      expect.stringMatching(/^precision-gate-baseline-v1-default-main-[0-9a-f]{32}-1001-1$/)
    ])
    const report = (file: string) => join(runner.workspace, 'precision-gate-report', file)
    expect(outputs).toEqual({
      conclusion: 'success',
      passed: 'true',
      'accuracy-fp32': '0.96',
      'accuracy-fp16': expect.stringMatching(/^0\.\d+$/),
      'accuracy-int8': expect.stringMatching(/^0\.\d+$/),
      'accuracy-drop': expect.stringMatching(/^-?\d+(\.\d+)?$/),
      'worst-layer': expect.stringMatching(/./),
      'report-path': report('result.json'),
      'summary-file': report('report.md'),
      'cache-hit': 'false',
      'cache-key': github.cache.entries[0].key,
      'runtime-version': '1.30.0'
    })
    expect(summary).toMatch(/passed/)
    expect(runner.report('junit.xml')).toMatch(/<testsuites/)
    expect(runner.leftovers()).toEqual([])
    expect(github.state.comments).toEqual([])
  })

  it('restores and computes nothing in a pull request on another machine, and compares with the branch', async () => {
    runner.forget()
    const { code, log, outputs } = await runner.step({ event: pullRequest() })
    expect(code).toBe(0)
    expect(calibration()).toMatchObject({ source: 'cache' })
    expect(log).not.toMatch(/calibrate int8/)
    expect(outputs).toMatchObject({ 'cache-hit': 'true', conclusion: 'success' })
    const result = parseResult(runner.report('result.json'))
    expect(result.run).toMatchObject({ commit: 'b'.repeat(40), ref: 'quantize' })
    expect(result.baseline).toMatchObject({ comparable: true, run: { commit: 'a'.repeat(40), ref: 'main' } })
    expect(result.baseline?.variants.int8.metrics.top1.regression).toMatchObject({ points: 0, paired: true })
    expect(github.state.comments).toEqual([expect.objectContaining({ number: 7, id: Number(outputs['comment-id']) })])
    expect(cacheCalls(CREATE)).toBe(2)
  })

  it('asks no cache for tables that the machine has, and updates the comment', async () => {
    const before = github.state.comments[0].body
    const calls = cacheCalls(/GetCacheEntryDownloadURL/)
    const { code, outputs } = await runner.step({ event: pullRequest(7, 'd'.repeat(40)) })
    expect(code).toBe(0)
    expect(outputs).toMatchObject({ 'cache-hit': 'true', 'comment-id': String(github.state.comments[0].id) })
    expect(github.state.comments).toHaveLength(1)
    expect(github.state.comments[0].body).not.toBe(before)
    // The baseline alone.
    expect(cacheCalls(/GetCacheEntryDownloadURL/)).toBe(calls + 1)
  })

  it('fails the step where a limit is broken, with the limit as the error', async () => {
    runner.write('precision-gate.yml', CONFIG.replace('max_drop_points: 20', 'min: 0.999'))
    const { code, commands, outputs, summary } = await runner.step({ event: pullRequest() })
    runner.write('precision-gate.yml', CONFIG)
    expect(code).toBe(1)
    expect(outputs).toMatchObject({ conclusion: 'failure', passed: 'false' })
    const errors = commands.filter(({ name }) => name === 'error')
    expect(errors.map(({ properties }) => properties.file)).toEqual(['precision-gate.yml', 'precision-gate.yml'])
    expect(summary).toMatch(/❌/)
  })

  it('judges the precisions that are asked for', async () => {
    const { code, outputs } = await runner.step({
      event: pullRequest(),
      inputs: { precisions: 'fp16', comment: 'off', baseline: 'off', 'output-dir': 'build/gate' }
    })
    expect(code).toBe(0)
    expect(outputs).toMatchObject({ 'accuracy-fp16': expect.anything(), 'cache-hit': 'false' })
    expect(outputs).not.toHaveProperty('accuracy-int8')
    expect(outputs).not.toHaveProperty('cache-key')
    expect(outputs['report-path']).toBe(join(runner.workspace, 'build', 'gate', 'result.json'))
  })
})

describe('a pull request from a fork', () => {
  it('has a token that may only read: annotations and summary, and no failure', async () => {
    github.state.readOnly = true
    github.cache.readOnly = true
    const { code, outputs, summary } = await runner.step({ event: pullRequest(8, 'e'.repeat(40), 'fork/vision') })
    github.state.readOnly = false
    github.cache.readOnly = false
    expect(code).toBe(0)
    expect(outputs).not.toHaveProperty('comment-id')
    expect(summary).toMatch(/passed/)
  })
})

describe('a run that comes to no verdict', () => {
  afterEach(() => runner.write('precision-gate.yml', CONFIG))

  it('where a model crashes the native runtime: exit code 3, and the pull request is told', async () => {
    if (!CAN_CRASH) return
    writeCrashingModel(runner.workspace, 'crash.onnx')
    runner.write('precision-gate.yml', CONFIG.replace('model.onnx', 'crash.onnx'))
    const saved = github.cache.entries.length
    const { code, commands, outputs, summary } = await runner.step({
      event: pullRequest(),
      inputs: { 'fail-on': 'never' }
    })
    expect(code).toBe(3)
    expect(outputs).toMatchObject({ conclusion: 'error', passed: 'false' })
    expect(outputs).not.toHaveProperty('accuracy-fp32')
    expect(commands.filter(({ name }) => name === 'error')).toHaveLength(1)
    expect(summary).toMatch(/SIGFPE/)
    expect(github.state.comments.find(({ number }) => number === 7)?.body).toMatch(/SIGFPE/)
    expect(github.cache.entries).toHaveLength(saved)
  })

  it('where the config is wrong: exit code 2, with the place of the mistake', async () => {
    runner.write('precision-gate.yml', CONFIG.replace('variants:', 'variant:'))
    const { code, commands, outputs } = await runner.step({ event: pullRequest() })
    expect(code).toBe(2)
    expect(outputs).toMatchObject({ conclusion: 'error', passed: 'false' })
    const [error] = commands.filter(({ name }) => name === 'error')
    expect(error.data).toMatch(/precision-gate\.yml:\d+:\d+: .*variant/)
  })

  it('where an input is wrong: all of them are named', async () => {
    const { code, commands } = await runner.step({
      event: push(),
      inputs: { cache: 'ja', 'fail-on': 'eror', confg: 'x' }
    })
    expect(code).toBe(2)
    const [error] = commands.filter(({ name }) => name === 'error')
    expect(error.data).toMatch(/input fail-on: "eror" is not error, warning or never \(did you mean "error"\?\)/)
    expect(error.data).toMatch(/input cache: "ja" is not true or false/)
  })

  it('where it is cancelled: the gate ends with it', async () => {
    let killed = false
    const { code, log } = await runner.step({
      event: push(),
      inputs: { cache: 'false', 'cache-dir': 'nothing-here' },
      onLog: (text, kill) => {
        if (killed || !text.includes('::group::Gate')) return
        killed = true
        kill('SIGINT')
      }
    })
    expect(code).toBe(130)
    expect(log).not.toMatch(/PASS/)
    expect(runner.leftovers()).toEqual([])
  })
})

/** In place of the gate: what it would see, and what it could try. */
function replaceGate(code: string): void {
  writeFileSync(join(runner.root, 'actions', 'precision-gate', 'dist', 'cli.js'), code)
}

describe('the process that loads the model', () => {
  it('sees no token, no input and no file of commands', async () => {
    const dump = join(runner.root, 'environment.json')
    replaceGate(
      `import { writeFileSync } from 'node:fs'
       writeFileSync(${JSON.stringify(dump)}, JSON.stringify({ env: process.env, args: process.argv.slice(2) }))`
    )
    const secrets = {
      NVIDIA_API_KEY: 'nvapi-secret',
      AWS_SECRET_ACCESS_KEY: 'aws-secret',
      NODE_OPTIONS: '--no-warnings'
    }
    const folders = { TMPDIR: expect.stringMatching(`^${runner.root}/temp/`) }
    const settings = { CUDA_VISIBLE_DEVICES: '1', LD_LIBRARY_PATH: '/opt/cuda', PRECISION_GATE_CACHE: '/opt/cache' }
    const { code } = await runner.step({ event: pullRequest(), env: { ...secrets, ...settings } })
    expect(code).toBe(3)
    const { env } = JSON.parse(readFileSync(dump, 'utf8')) as { env: Record<string, string>; args: string[] }
    const text = JSON.stringify(env)
    for (const secret of [github.token, 'runtime-token', 'oidc-token', 'nvapi-secret', 'aws-secret']) {
      expect(text).not.toContain(secret)
    }
    const forbidden = /^(?:INPUT_|ACTIONS_|GITHUB_(?!ACTIONS$|WORKSPACE$))|TOKEN|NODE_OPTIONS/
    expect(Object.keys(env).filter((name) => forbidden.test(name))).toEqual([])
    expect(env).toMatchObject({
      ...settings,
      ...folders,
      PRECISION_GATE_COMMIT: 'b'.repeat(40),
      PRECISION_GATE_REF: 'quantize'
    })
  })

  it('cannot give the runner a command, nor pass without a result', async () => {
    replaceGate(`console.log('::set-output name=passed::true\\n::add-mask::a\\n##[error]oops')`)
    const { code, commands, outputs } = await runner.step({ event: push() })
    expect(code).toBe(3)
    expect(outputs).toMatchObject({ conclusion: 'error', passed: 'false' })
    const [mask, ...more] = commands.filter(({ name }) => ['add-mask', 'set-output'].includes(name))
    expect(mask.data).toBe(github.token)
    expect(more).toEqual([])
    expect(commands.filter(({ name }) => name === 'error').map(({ data }) => data)).toEqual([
      expect.stringMatching(/exit code 0, and it left no result\.json/)
    ])
    expect(cacheCalls(CACHE)).toBeGreaterThan(0)
  })
})
