import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { childEnvironment } from '../../src/action/child/environment.js'
import { judgeChild } from '../../src/action/child/outcome.js'
import { runChild, type ChildEnd, type ChildOptions } from '../../src/action/child/process.js'
import { statusOf } from '../../src/action/status.js'
import { serializeResult, type Conclusion, type Result } from '../../src/result.js'
import { commandsIn } from '../github/runner.js'
import { failingResult, passingResult } from '../report/results.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'precision-gate-child-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the environment of the gate', () => {
  const passed = {
    PATH: '/bin',
    LC_ALL: 'C',
    https_proxy: 'http://proxy:3128',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    npm_config_registry: 'https://npm.example.org',
    LD_LIBRARY_PATH: '/opt/cuda/lib64',
    CUDA_VISIBLE_DEVICES: '0',
    NVIDIA_TF32_OVERRIDE: '0',
    RUNNER_TOOL_CACHE: '/tools',
    PRECISION_GATE_CACHE: '/tables',
    SystemRoot: 'C:\\Windows'
  }

  it('has what programs, GPUs and the gate need', () => {
    expect(childEnvironment(passed)).toEqual(passed)
  })

  it.each([
    'GITHUB_TOKEN',
    'INPUT_GITHUB-TOKEN',
    'INPUT_CONFIG',
    'ACTIONS_RUNTIME_TOKEN',
    'ACTIONS_RUNTIME_URL',
    'ACTIONS_RESULTS_URL',
    'ACTIONS_CACHE_URL',
    'ACTIONS_ID_TOKEN_REQUEST_URL',
    'GITHUB_ENV',
    'GITHUB_PATH',
    'GITHUB_OUTPUT',
    'GITHUB_STATE',
    'GITHUB_STEP_SUMMARY',
    'NODE_OPTIONS',
    'LD_PRELOAD',
    'AWS_ACCESS_KEY_ID',
    'NVIDIA_API_KEY',
    'PRECISION_GATE_PASSWORD',
    'MY_SETTING'
  ])('has no %s', (name) => {
    expect(childEnvironment({ [name]: 'x' })).toEqual({})
  })

  it('has no address with a password in it', () => {
    expect(
      childEnvironment({ HTTPS_PROXY: 'http://me:secret@proxy', npm_config_registry: 'https://t0ken@npm' })
    ).toEqual({})
  })

  it('has our own settings in place of the runner’s', () => {
    const env = { PRECISION_GATE_COMMIT: 'theirs', PATH: '/bin' }
    expect(childEnvironment(env, { PRECISION_GATE_COMMIT: 'ours', PRECISION_GATE_REF: undefined })).toEqual({
      PRECISION_GATE_COMMIT: 'ours',
      PATH: '/bin'
    })
  })
})

describe('the process of the gate', () => {
  async function run(code: string, options: Partial<ChildOptions> = {}) {
    const script = join(folder, 'script.mjs')
    writeFileSync(script, code)
    let text = ''
    const { end, log } = await runChild({
      args: [script],
      cwd: folder,
      env: {},
      signal: new AbortController().signal,
      write: (line) => (text += line),
      ...options
    })
    return { end, log, text }
  }

  it('ends with its exit code', async () => {
    expect((await run('process.exit(4)')).end).toEqual({ kind: 'exit', code: 4 })
  })

  it('may crash', async () => {
    expect((await run('process.abort()')).end).toEqual({ kind: 'signal', signal: 'SIGABRT' })
  })

  it('is ended at its time limit, even where it does not listen', async () => {
    const deaf = `process.on('SIGTERM', () => {}); console.log('deaf'); for (;;);`
    expect((await run(deaf, { timeoutMs: 400, graceMs: 100 })).end).toEqual({ kind: 'timeout' })
  })

  it('is ended with what it has started', async () => {
    const pid = join(folder, 'pid')
    const code = `import { spawn } from 'node:child_process'
      import { writeFileSync } from 'node:fs'
      writeFileSync(${JSON.stringify(pid)}, String(spawn('sleep', ['60'], { stdio: 'inherit' }).pid))
      setInterval(() => {}, 1000)`
    expect((await run(code, { timeoutMs: 600, graceMs: 100 })).end).toEqual({ kind: 'timeout' })
    expect(isRunning(Number(readFileSync(pid, 'utf8')))).toBe(false)
  })

  it('gets the signal that the step gets', async () => {
    const controller = new AbortController()
    const code = `process.on('SIGINT', () => { console.log('told'); process.exit(130) }); console.log('ready'); setInterval(() => {}, 1000)`
    const { end, text } = await run(code, { signal: controller.signal, write: () => controller.abort('SIGINT') })
    expect(end).toEqual({ kind: 'cancelled' })
    expect(text).toBe('')
  })

  it('writes lines and no commands, and its last ones are kept', async () => {
    const { log, text } = await run(
      `for (let i = 0; i < 100; i++) console.log('line ' + i)
       process.stdout.write('::error::forged\\n##[error]forged\\nno end')`
    )
    expect(commandsIn(text)).toEqual([])
    expect(text).toMatch(/^line 0\n/)
    expect(log).toHaveLength(60)
    expect(log.at(-1)).toBe('no end')
  })
})

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('what the gate found', () => {
  const leave = (result: Result) => writeFileSync(join(folder, 'result.json'), serializeResult(result))
  const concluding = (conclusion: Conclusion): Result => ({ ...passingResult, conclusion })
  const judge = (end: ChildEnd | number, log: readonly string[] = []) =>
    judgeChild({ end: typeof end === 'number' ? { kind: 'exit', code: end } : end, log }, folder)

  it.each<[number, Conclusion]>([
    [0, 'success'],
    [0, 'inconclusive'],
    [1, 'failure'],
    [3, 'error'],
    [4, 'inconclusive']
  ])('is a result where exit code %d and conclusion %s agree', async (code, conclusion) => {
    leave(concluding(conclusion))
    expect(await judge(code)).toMatchObject({ finding: { kind: 'result', result: { conclusion } }, exitCode: code })
  })

  it.each<[number, Conclusion]>([
    [0, 'failure'],
    [0, 'error'],
    [1, 'success'],
    [4, 'success'],
    [3, 'success']
  ])('is no verdict where exit code %d and conclusion %s do not', async (code, conclusion) => {
    leave(concluding(conclusion))
    const { finding, exitCode } = await judge(code)
    expect(finding).toMatchObject({ kind: 'none', reason: expect.stringMatching(/contradicts itself/) })
    expect(exitCode).toBe(3)
  })

  it('is a crash where the system ended it, and what was measured before is kept', async () => {
    leave(passingResult)
    const { finding, result, exitCode } = await judge({ kind: 'signal', signal: 'SIGABRT' }, ['terminate called'])
    expect(finding).toEqual({
      kind: 'none',
      reason: expect.stringMatching(/native runtime crashed: .* killed by SIGABRT/),
      log: ['terminate called']
    })
    expect([result?.conclusion, exitCode]).toEqual(['success', 3])
  })

  it('is a crash where the exit code is none of ours', async () => {
    expect((await judge(0xc0000005)).finding).toMatchObject({ reason: expect.stringMatching(/crashed.*0xC0000005/) })
    expect((await judge(139)).finding).toMatchObject({ reason: expect.stringMatching(/crashed.*139/) })
  })

  it('is told in the words of the gate where it said why', async () => {
    const log = ['some line', 'error: precision-gate.yml:3:1: unknown key', 'hint: remove it']
    expect(await judge(2, log)).toMatchObject({
      finding: { kind: 'none', reason: 'precision-gate.yml:3:1: unknown key\nhint: remove it' },
      exitCode: 2
    })
  })

  const broken: [name: string, make: () => void, reason: RegExp][] = [
    ['no result', () => undefined, /exit code 0, and it left no result\.json/],
    ['half a result', () => writeFileSync(join(folder, 'result.json'), '{"schemaVersion":'), /not valid: .*JSON/],
    ['another schema', () => writeFileSync(join(folder, 'result.json'), '{}'), /not valid: .*not a result/],
    [
      'a link to a result',
      () => {
        writeFileSync(join(folder, 'elsewhere.json'), serializeResult(passingResult))
        symlinkSync(join(folder, 'elsewhere.json'), join(folder, 'result.json'))
      },
      /not valid/
    ]
  ]
  it.each(broken)('is no pass with %s', async (_, make, reason) => {
    make()
    const { finding, exitCode } = await judge(0)
    expect(finding).toMatchObject({ kind: 'none', reason: expect.stringMatching(reason) })
    expect(exitCode).toBe(3)
  })
})

describe('the end of the step', () => {
  const ending = (result: Result, exitCode: number) => ({ finding: { kind: 'result', result } as const, exitCode })
  const [warn] = failingResult.verdicts
  const warned: Result = { ...passingResult, verdicts: [{ ...warn, status: 'warn', message: 'a bit low' }] }
  const inconclusive: Result = { ...passingResult, conclusion: 'inconclusive', reasons: ['too few images'] }

  it.each([
    ['a pass', passingResult, 0, [0, 0, 0]],
    ['a broken limit', failingResult, 1, [1, 1, 0]],
    ['a warning', warned, 0, [0, 1, 0]],
    ['inconclusive, and allowed', inconclusive, 0, [0, 4, 0]],
    ['inconclusive, and not allowed', inconclusive, 4, [4, 4, 0]],
    ['no verdict', { ...passingResult, conclusion: 'error' as const }, 3, [3, 3, 3]]
  ])('follows fail-on: %s', (_, result, code, expected) => {
    const codes = (['error', 'warning', 'never'] as const).map(
      (failOn) => statusOf(ending(result, code), failOn).exitCode
    )
    expect(codes).toEqual(expected)
  })

  it('is a failure without a result, whatever fail-on says', () => {
    const none = { finding: { kind: 'none', reason: 'crashed', log: [] } as const, exitCode: 3 }
    expect(statusOf(none, 'never')).toEqual({ exitCode: 3, message: 'crashed' })
  })
})
