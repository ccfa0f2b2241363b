import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createCheck, limits, type Annotation, type CheckRun } from '../../src/github/index.js'
import { clientOf, REPOSITORY } from './helpers.js'
import { startGitHub, type FakeGitHub, type Fault } from './server.js'

let server: FakeGitHub

beforeEach(async () => {
  server = await startGitHub()
})

afterEach(() => server.stop())

const check: CheckRun = {
  repository: REPOSITORY,
  name: 'precision-gate',
  headSha: 'head-sha',
  conclusion: 'failure',
  title: 'int8 loses 1.2 points',
  summary: '# Verdict',
  externalId: '200/1',
  detailsUrl: 'https://github.com/octo/vision/actions/runs/200'
}

function annotations(count: number): Annotation[] {
  return Array.from({ length: count }, (_, i) => ({
    level: 'error',
    message: `limit ${i + 1}`,
    file: 'precision-gate.yml',
    line: i + 1,
    column: 3
  }))
}

const create = (other: Partial<CheckRun> = {}) =>
  createCheck(clientOf(server, { timeoutMs: 1_500 }), { ...check, ...other })

describe('a check run', () => {
  it('is created finished, on the head of the pull request', async () => {
    const outcome = await create({ annotations: annotations(1) })
    const [made] = server.state.checks
    expect(outcome).toEqual({ kind: 'created', id: made.id, url: made.html_url, annotations: 1 })
    expect(made).toMatchObject({
      name: 'precision-gate',
      head_sha: 'head-sha',
      conclusion: 'failure',
      external_id: '200/1'
    })
    expect(made.output.annotations).toEqual([
      {
        path: 'precision-gate.yml',
        start_line: 1,
        end_line: 1,
        start_column: 3,
        end_column: 3,
        annotation_level: 'failure',
        message: 'limit 1'
      }
    ])
  })

  it.each([0, 50, 51, 120])('carries %d annotations in batches of 50', async (count) => {
    expect(await create({ annotations: annotations(count) })).toMatchObject({ kind: 'created', annotations: count })
    const [{ output }] = server.state.checks
    expect(output.annotations.map(({ message }) => message)).toEqual(annotations(count).map(({ message }) => message))
    expect(server.requests).toHaveLength(Math.max(1, Math.ceil(count / 50)))
  })

  it('leaves out what a check cannot show, and columns over several lines', async () => {
    const [one] = annotations(1)
    await create({
      annotations: [
        { level: 'warning', message: 'nowhere' },
        { ...one, endLine: 4 }
      ]
    })
    expect(server.state.checks[0].output.annotations).toEqual([
      { path: 'precision-gate.yml', start_line: 1, end_line: 4, annotation_level: 'failure', message: 'limit 1' }
    ])
  })

  it('keeps to the limits of length', async () => {
    const text = '| ä | b |\n'.repeat(20_000)
    expect((await create({ summary: text, text })).kind).toBe('created')
    const { output } = server.state.checks[0]
    expect(Buffer.byteLength(output.summary)).toBeGreaterThan(limits.check.maxSummaryBytes - 200)
  })

  it('keeps its verdict where later annotations fail, and does not send them twice', async () => {
    server.fail(/PATCH/, { kind: 'half' })
    const outcome = await create({ annotations: annotations(60) })
    expect(outcome).toMatchObject({
      kind: 'created',
      annotations: 50,
      warning: expect.stringMatching(/add annotations/)
    })
    expect(server.state.checks[0].output.annotations).toHaveLength(60)
  })

  const lost: Fault[] = [{ kind: 'half' }, { kind: 'silence', carriedOut: true }]
  it.each(lost)('is found again where the answer to its creation is lost: %j', async (fault) => {
    server.fail(/POST/, fault)
    expect((await create()).kind).toBe('created')
    expect(server.state.checks).toHaveLength(1)
  })

  it('is an outcome, not an exception, where it cannot be made', async () => {
    server.state.readOnly = true
    expect(await create()).toEqual({ kind: 'denied', reason: expect.stringContaining('checks: write') })
    server.state.readOnly = false
    for (const status of [401, 404, 409, 410, 422, 429, 500]) {
      server.fail(/POST/, { kind: 'status', status }, Infinity)
      expect(['denied', 'failed']).toContain((await create()).kind)
      server.heal()
    }
    expect(server.state.checks).toHaveLength(0)
  })
})
