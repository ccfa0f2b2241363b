import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { report } from '../../src/action/report/main.js'
import { limits } from '../../src/github/index.js'
import { serializeResult, type Result } from '../../src/result.js'
import { commandsIn } from '../github/runner.js'
import { startGitHub, type FakeGitHub, type Fault } from '../github/server.js'
import type { ZipEntry } from '../github/zip.js'
import { failingResult, passingResult, resultNamed } from '../report/results.js'
import { ARTIFACT, MEASURED_SHA, openPull, ReportingStep, upload, workflowRunEvent } from './measuring-run.js'

let server: FakeGitHub
const steps: ReportingStep[] = []

beforeEach(async () => {
  server = await startGitHub()
})

afterEach(async () => {
  for (const step of steps.splice(0)) step.remove()
  await server.stop()
})

interface Ended {
  readonly code: number
  readonly log: string
  readonly step: ReportingStep
}

async function run(
  inputs: Record<string, string> = {},
  event?: Record<string, unknown>,
  name?: string
): Promise<Ended> {
  const step = new ReportingStep(server, inputs, event, name)
  steps.push(step)
  let log = ''
  const clientOptions = { baseDelayMs: 2, limitDelayMs: 5, maxWaitMs: 500, attempts: 2, timeoutMs: 2_000 }
  const code = await report({ env: step.env, write: (text) => (log += text), clientOptions })
  return { code, log, step }
}

const errors = (log: string) =>
  commandsIn(log)
    .filter(({ name }) => name === 'error')
    .map(({ data }) => data)
const bodies = () => server.state.comments.map(({ body }) => body)
const WRITES = /^(POST|PATCH|DELETE) \/repos/

/** As the gate writes it on a pull request. */
const measured = (result: Result, commit = MEASURED_SHA): Result => ({ ...result, run: { commit, ref: 'faster' } })

describe('the report action', () => {
  it('posts the result of a fork on its pull request, in the name of the run that measured', async () => {
    openPull(server)
    upload(server, measured(failingResult))
    const { code, step } = await run({ 'check-name': 'precision' })
    expect(code).toBe(0)
    const [{ body, id, number }] = server.state.comments
    expect(number).toBe(7)
    expect(body).toMatch(/^### ❌[^]*<!-- precision-gate:default run=88 attempt=1 -->$/)
    expect(body).toContain('[run](https://github.com/octo/vision/actions/runs/88)')
    const [check] = server.state.checks
    expect(check).toMatchObject({ head_sha: MEASURED_SHA, conclusion: 'failure', external_id: '88/1/default' })
    expect(check.output.annotations).toHaveLength(3)
    const { 'summary-file': summaryFile, ...outputs } = step.outputs
    expect(outputs).toEqual({
      conclusion: 'failure',
      passed: 'false',
      'comment-id': String(id),
      'check-url': check.html_url
    })
    expect(step.summary).toMatch(/^### ❌/)
    expect(readFileSync(summaryFile, 'utf8')).toBe(step.summary)
  })

  it('makes no remarks on the branch that it runs on, and hides the token', async () => {
    openPull(server)
    upload(server, measured(failingResult))
    server.fail(/POST .*check-runs/, { kind: 'status', status: 403 })
    const { log } = await run({ 'check-name': 'precision' })
    expect(commandsIn(log).map(({ name, data }) => [name, data])).toEqual([
      ['add-mask', server.token],
      ['warning', expect.stringMatching(/^no check run: .*checks: write/)]
    ])
  })

  it.each(['result.json', 'precision-gate-report/result.json'])('finds %s', async (name) => {
    openPull(server)
    upload(server, [
      { name, content: serializeResult(measured(passingResult)) },
      { name: 'report.md', content: '# x' }
    ])
    expect((await run()).step.outputs).toMatchObject({ conclusion: 'success', passed: 'true' })
  })

  it('reads the artifact of its report-id, or the one that is named', async () => {
    openPull(server)
    upload(server, measured(passingResult), { name: 'precision-gate-unet' })
    expect((await run({ 'report-id': 'unet' })).step.outputs.conclusion).toBe('success')
    expect(bodies()[0]).toMatch(/<!-- precision-gate:unet run=88/)
    expect((await run({ artifact: 'precision-gate-unet' })).step.outputs.conclusion).toBe('success')
    expect(bodies()[1]).toMatch(/<!-- precision-gate:default run=88/)
  })

  it('says so and succeeds where there is no artifact', async () => {
    openPull(server)
    const { code, log, step } = await run()
    expect(code).toBe(0)
    expect(log).toContain(`nothing to report: run 88 has no artifact ${ARTIFACT}\n`)
    expect(step.outputs).toEqual({})
    expect(server.calls(WRITES)).toEqual([])
  })

  it('reports a run that ended without a result, in place of an older verdict', async () => {
    openPull(server)
    upload(server, measured(passingResult))
    await run()
    server.state.artifacts = []
    upload(server, [{ name: 'gate.log', content: 'Segmentation fault' }])
    const { code, step } = await run({}, workflowRunEvent({ id: 88, run_attempt: 2 }))
    expect(code).toBe(0)
    expect(bodies()).toEqual([expect.stringMatching(/^### 💥 Precision gate: could not judge/)])
    expect(step.outputs).toMatchObject({ conclusion: 'error', passed: 'false' })
  })

  const statuses: [failOn: string, result: Result, code: number][] = [
    ['never', failingResult, 0],
    ['error', failingResult, 1],
    ['error', passingResult, 0],
    ['error', { ...passingResult, conclusion: 'inconclusive' }, 0],
    ['error', { ...passingResult, conclusion: 'inconclusive', onInconclusive: 'fail' }, 1],
    ['warning', { ...passingResult, conclusion: 'inconclusive' }, 1],
    ['warning', { ...passingResult, verdicts: [{ ...passingResult.verdicts[0], status: 'warn' }] }, 1],
    ['warning', passingResult, 0]
  ]
  it.each(statuses)('with fail-on %s ends as documented: %#', async (failOn, result, code) => {
    openPull(server)
    upload(server, measured(result))
    expect((await run({ 'fail-on': failOn })).code).toBe(code)
    expect(bodies()).toHaveLength(1)
  })

  it('sends nothing in a dry run', async () => {
    openPull(server)
    upload(server, measured(resultNamed('::error::x\n::set-output name=a::b')))
    const { log, step } = await run({ 'dry-run': 'true', 'check-name': 'precision' })
    expect(server.calls(WRITES)).toEqual([])
    expect(step.outputs.conclusion).toBe('failure')
    const names = commandsIn(log).map(({ name }) => name)
    expect(names).toEqual(['add-mask', ...Array<string[]>(3).fill(['group', 'endgroup']).flat()])
  })
})

describe('the pull request', () => {
  beforeEach(() => upload(server, measured(passingResult)))

  it('gets no comment once it has moved on', async () => {
    openPull(server, 'f'.repeat(40))
    const { code, log, step } = await run({ 'check-name': 'precision' })
    expect(code).toBe(0)
    expect(log).toMatch(/no pull request: pull request 7 has moved on/)
    expect(server.calls(WRITES)).toEqual([])
    expect(step.summary).toMatch(/^### ✅/)
    expect(step.outputs).toMatchObject({ conclusion: 'success' })
  })

  it('is none after a push', async () => {
    const { code, log } = await run({}, workflowRunEvent({ event: 'push', head_branch: 'main' }))
    expect(code).toBe(0)
    expect(log).toMatch(/the run was started by push/)
    expect(server.calls(WRITES)).toEqual([])
  })

  it('may be named where the event does not tell, at the measured commit only', async () => {
    openPull(server)
    openPull(server, 'f'.repeat(40), { number: 8 })
    openPull(server, MEASURED_SHA, { number: 9, state: 'closed' })
    const gone = workflowRunEvent({ head_repository: null })
    for (const [number, why] of [
      ['8', /head of pull request 8 is not the commit that was measured/],
      ['9', /pull request 9 is closed/],
      ['10', /could not read pull request 10: 404/]
    ] as const) {
      const { code, log } = await run({ 'pr-number': number }, gone)
      expect(code).toBe(0)
      expect(log).toMatch(why)
    }
    expect(server.calls(WRITES)).toEqual([])
    await run({ 'pr-number': '7' }, gone)
    expect(server.state.comments.map(({ number }) => number)).toEqual([7])
  })
})

describe('an artifact that nobody vouches for', () => {
  const text = serializeResult(measured(passingResult))
  const hostile: [why: RegExp, entries: ZipEntry[]][] = [
    [/is not valid JSON/, [{ name: 'result.json', content: '{' }]],
    [/is not a result of precision-gate: .*conclusion/, [{ name: 'result.json', content: '{"schemaVersion":1}' }]],
    [/schemaVersion 9/, [{ name: 'result.json', content: '{"schemaVersion":9}' }]],
    [/is no text/, [{ name: 'result.json', content: Buffer.from([0xff, 0xfe, 0x00]) }]],
    [/several results/, ['a', 'b'].map((folder) => ({ name: `${folder}/result.json`, content: text }))],
    [/invalid relative path/, [{ name: '../result.json', content: text }]],
    [/is a link/, [{ name: 'result.json', content: '/etc/passwd', mode: 0o120777 }]],
    [/in it twice/, Array<ZipEntry>(2).fill({ name: 'result.json', content: text })],
    [/::error::x|not a result/, [{ name: 'result.json', content: '{"schemaVersion":1,"\\n::error::x":1}' }]]
  ]
  it.each(hostile)('is refused, and the step fails: %s', async (why, entries) => {
    openPull(server)
    upload(server, entries)
    const { code, log, step } = await run()
    expect(code).toBe(1)
    expect(errors(log)).toEqual([expect.stringMatching(why)])
    expect(errors(log)[0]).toMatch(/^the artifact is refused: /)
    expect(server.calls(WRITES)).toEqual([])
    expect(step.outputs).toEqual({})
    expect(step.summary).toBe('')
  })

  it('is refused where it is too large', async () => {
    openPull(server)
    upload(server, measured(passingResult), { size_in_bytes: limits.artifact.maxZipBytes + 1 })
    expect((await run()).code).toBe(1)
  })

  it('is refused where it is about another commit', async () => {
    openPull(server)
    upload(server, measured(passingResult, 'a'.repeat(40)))
    const { code, log } = await run()
    expect(code).toBe(1)
    expect(errors(log)).toEqual([expect.stringMatching(/names commit aaaaaaaaaaaa.*PRECISION_GATE_COMMIT/)])
    expect(server.calls(WRITES)).toEqual([])
  })

  it('is refused where GitHub says that another commit made it', async () => {
    openPull(server)
    const workflow_run = { id: 88, repository_id: 1, head_repository_id: 2, head_branch: 'x', head_sha: 'a'.repeat(40) }
    upload(server, measured(passingResult), { workflow_run })
    expect((await run()).code).toBe(1)
  })

  it('is taken where it names no commit, or the first digits of the right one', async () => {
    openPull(server)
    upload(server, passingResult)
    expect((await run()).code).toBe(0)
    upload(server, measured(passingResult, MEASURED_SHA.slice(0, 8).toUpperCase()))
    expect((await run()).code).toBe(0)
    upload(server, measured(passingResult, MEASURED_SHA.slice(0, 3)))
    expect((await run()).code).toBe(1)
  })
})

describe('a service that fails', () => {
  const faults: Fault[] = [
    ...[403, 404, 409, 422, 500].map((status): Fault => ({ kind: 'status', status })),
    { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
    { kind: 'silence' },
    { kind: 'half' },
    { kind: 'reset' }
  ]
  const calls = [/GET .*artifacts$/, /zip$/, /GET \/artifacts/, /GET .*pulls$/, /comments/]
  it.each(faults)('is a line in the log, and no failure: %j', async (fault) => {
    openPull(server)
    upload(server, measured(failingResult))
    for (const call of calls) {
      server.heal()
      server.fail(call, fault, Infinity)
      const step = new ReportingStep(server)
      steps.push(step)
      let log = ''
      const clientOptions = { baseDelayMs: 1, limitDelayMs: 1, maxWaitMs: 10, attempts: 1, timeoutMs: 100 }
      expect(await report({ env: step.env, write: (text) => (log += text), clientOptions })).toBe(0)
      expect(log).toMatch(/^::warning::(nothing is reported|no pull request|no comment): could not /m)
    }
    expect(bodies()).toEqual([])
  })
})

describe('what is not set up right', () => {
  it.each([
    [{ comment: 'sometimes' }, /input comment: "sometimes" is not always, changes, on-failure or off/],
    [{ 'fail-on': 'Error' }, /input fail-on: .* is not error, warning or never/],
    [{ 'pr-number': '7; rm -rf /' }, /input pr-number: "7; rm -rf \/" is not a whole number/],
    [{ 'pr-number': '0' }, /input pr-number/],
    [{ 'max-annotations': '51' }, /input max-annotations: "51" is not a whole number from 0 to 50/],
    [{ 'job-summary': 'yes' }, /input job-summary: "yes" is not true or false/],
    [{ 'dry-run': '\n::error::x' }, /input dry-run/]
  ])('is one clear error: %j', async (inputs, why) => {
    const { code, log } = await run(inputs)
    expect(code).toBe(1)
    expect(errors(log)).toEqual([expect.stringMatching(why)])
    expect(server.requests).toEqual([])
  })

  it('is told of all inputs at once, cut where one is a whole file, and of those that do not exist', async () => {
    const wrong = await run({ 'dry-run': 'ja', 'fail-on': 'x'.repeat(10_000) })
    expect(errors(wrong.log)).toEqual([
      expect.stringMatching(/input dry-run: "ja".*\n.*input fail-on: "x{100}…" is not error, warning or never/)
    ])
    openPull(server)
    upload(server, measured(passingResult))
    const { code, log } = await run({ 'pr-numbr': '7' })
    expect(code).toBe(0)
    expect(log).toMatch(/::warning::there is no input "pr-numbr" \(did you mean "pr-number"\?\)/)
  })

  it('is said where the event is no workflow_run', async () => {
    const { code, log } = await run({}, { repository: { full_name: 'octo/vision' } }, 'push')
    expect(code).toBe(1)
    expect(errors(log)).toEqual([expect.stringMatching(/push names none; use it in a workflow .* workflow_run/)])
  })

  it('is said where there is no token', async () => {
    openPull(server)
    const { code, log } = await run({ 'github-token': '' })
    expect(code).toBe(0)
    expect(log).toMatch(/nothing is reported: could not list the artifacts/)
  })
})
