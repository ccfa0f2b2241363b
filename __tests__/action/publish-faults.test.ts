import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { commandsIn } from '../github/runner.js'
import { startGitHub, type FakeGitHub, type Fault } from '../github/server.js'
import { failingResult } from '../report/results.js'
import { resultOf, say } from './publication.js'

let server: FakeGitHub

beforeEach(async () => {
  server = await startGitHub()
})

afterEach(() => server.stop())

const settings = { checkName: 'precision' }
const clientOptions = { attempts: 2, timeoutMs: 150 }

/** A pull request that has been commented on, so that the comment is looked for, attributed and updated. */
async function commented(): Promise<void> {
  await say(server, resultOf({ ...failingResult, reasons: ['earlier'], conclusion: 'error' }))
}

const CALLS: [call: string, pattern: RegExp, first: boolean][] = [
  ['list comments', /GET .*comments$/, false],
  ['who am I', /POST \/graphql|GET \/user/, false],
  ['update the comment', /PATCH .*comments/, false],
  ['create the comment', /POST .*comments$/, true],
  ['create the check run', /check-runs/, true]
]
const FAULTS: Fault[] = [
  ...[403, 404, 409, 422, 500, 502, 503].map((status): Fault => ({ kind: 'status', status })),
  { kind: 'status', status: 403, message: 'Unable to create comment because issue is locked.' },
  { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
  { kind: 'status', status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9999999999' } },
  { kind: 'silence' },
  { kind: 'silence', carriedOut: true },
  { kind: 'half' },
  { kind: 'reset' },
  { kind: 'body', body: '<html>maintenance</html>', headers: { 'content-type': 'text/html' } }
]

describe.each(CALLS)('where GitHub fails to %s', (_, pattern, first) => {
  it.each(FAULTS)('the rest is said all the same: %j', async (fault) => {
    if (!first) await commented()
    server.fail(pattern, fault, Infinity)
    const { log, summary, output } = await say(server, resultOf(failingResult), { settings, clientOptions })
    expect(summary).toMatch(/^### ❌/)
    const isCheck = pattern.test('POST /check-runs')
    const done = isCheck ? server.state.comments : server.state.checks
    expect(done.length).toBeGreaterThan(0)
    // What was carried out is found again, and then nothing is missing.
    const warnings = log.filter((line) => line.startsWith('warning: '))
    for (const warning of warnings) expect(warning).toMatch(/^warning: no (comment|check run): could not /)
    const annotated = commandsIn(output).length + (server.state.checks[0]?.output.annotations.length ?? 0)
    expect(annotated).toBeGreaterThanOrEqual(3)
  })
})

describe('where GitHub fails for a moment', () => {
  it.each([
    { kind: 'status', status: 503 },
    { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
    { kind: 'reset' }
  ] as Fault[])('nothing is missing: %j', async (fault) => {
    for (const call of [/GET .*comments$/, /PATCH .*comments/, /POST \/graphql/]) server.fail(call, fault)
    await commented()
    const { published, log } = await say(server, resultOf(failingResult), { settings })
    expect(published.commentId).toBe(server.state.comments[0].id)
    expect(server.state.comments).toHaveLength(1)
    expect(log.filter((line) => line.startsWith('warning'))).toEqual([])
  })
})

describe('where nothing works', () => {
  it('the log says so, and the annotations are there', async () => {
    await server.stop()
    const env = { GITHUB_STEP_SUMMARY: '/nowhere/at/all' }
    const { published, log, output } = await say(server, resultOf(failingResult), { settings, env, clientOptions })
    expect(published).toEqual({})
    expect(log.filter((line) => line.startsWith('warning'))).toEqual([
      expect.stringMatching(/no job summary: .*cannot be written/),
      expect.stringMatching(/no comment: could not list the comments/),
      expect.stringMatching(/no check run: could not create/)
    ])
    expect(commandsIn(output)).toHaveLength(3)
    server = await startGitHub()
  })

  it('a log that cannot be written costs the annotations alone', async () => {
    const write = () => {
      throw new Error('write EPIPE')
    }
    const { published, log } = await say(server, resultOf(failingResult), { write })
    expect(published.commentId).toBe(server.state.comments[0].id)
    expect(log.at(-1)).toBe('warning: writing annotations failed: write EPIPE')
  })

  it('a report that cannot be rendered is said to be none', async () => {
    const broken = { ...failingResult, verdicts: undefined as unknown as typeof failingResult.verdicts }
    const { log, summary } = await say(server, resultOf(broken))
    expect(log[0]).toMatch(/^warning: the report cannot be rendered/)
    expect(summary).toMatch(/could not judge/)
    expect(server.state.comments[0].body).toMatch(/could not judge/)
  })
})
