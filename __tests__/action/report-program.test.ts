import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { execFile } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { commandsIn } from '../github/runner.js'
import { startGitHub, type FakeGitHub } from '../github/server.js'
import { failingResult, passingResult } from '../report/results.js'
import { openPull, ReportingStep, upload } from './measuring-run.js'

const here = dirname(fileURLToPath(import.meta.url))
/** PRECISION_GATE_DIST points to a build, where that is to be tested and not the sources. */
const { PRECISION_GATE_DIST: dist } = process.env

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>
  readonly runs: { readonly main: string }
}

const action = parse(readFileSync(join(here, '../../report/action.yml'), 'utf8')) as Action

let program: string
let server: FakeGitHub
let step: ReportingStep | undefined

beforeAll(async () => {
  if (dist !== undefined) {
    program = resolve(dist, 'report.js')
    return
  }
  const { stdout } = await promisify(execFile)(process.execPath, [join(here, 'report-program.mjs')])
  program = stdout.trim()
})

afterAll(() => {
  if (dist === undefined) rmSync(program, { force: true })
})

beforeEach(async () => {
  server = await startGitHub()
})

afterEach(async () => {
  step?.remove()
  await server.stop()
})

/** As the runner starts it: the defaults of action.yml filled in, and nothing of this process's environment. */
async function start(inputs: Record<string, string> = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  const defaults = Object.entries(action.inputs).map(([name, input]) => [
    name,
    input.default === '${{ github.token }}' ? server.token : input.default
  ])
  step = new ReportingStep(server, { ...(Object.fromEntries(defaults) as Record<string, string>), ...inputs })
  const env = { PATH: process.env.PATH, GITHUB_ACTIONS: 'true', ...step.env }
  return new Promise((done) => {
    execFile(
      process.execPath,
      [program],
      { env, cwd: dirname(step!.env.GITHUB_EVENT_PATH!) },
      (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    )
  })
}

describe('the program of report/action.yml', () => {
  it('comments, then updates its comment, with the defaults of action.yml', async () => {
    openPull(server)
    upload(server, passingResult)
    const first = await start()
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(step!.outputs).toMatchObject({ conclusion: 'success', passed: 'true' })
    const id = step!.outputs['comment-id']
    step!.remove()

    upload(server, failingResult)
    const second = await start({ 'fail-on': 'error' })
    expect(second).toMatchObject({ code: 1, stderr: '' })
    expect(step!.outputs).toMatchObject({ conclusion: 'failure', passed: 'false', 'comment-id': id })
    expect(step!.summary).toMatch(/^### ❌/)
    expect(server.state.comments.map(({ body }) => body)).toEqual([expect.stringMatching(/^### ❌/)])
    expect(second.stdout.replace(`::add-mask::${server.token}`, '')).not.toContain(server.token)
  })

  it('fails where the artifact is not what a gate writes', async () => {
    openPull(server)
    upload(server, [{ name: 'result.json', content: '{}' }])
    const { code, stdout } = await start()
    expect(code).toBe(1)
    expect(commandsIn(stdout).at(-1)!.data).toMatch(/^the artifact is refused: /)
    expect(server.state.comments).toEqual([])
  })

  it('is where action.yml says', () => {
    const config = readFileSync(join(here, '../../rollup.config.mjs'), 'utf8')
    expect(action.runs.main).toBe('../dist/report.js')
    expect(config).toContain("report: 'src/report-action.ts'")
  })
})
