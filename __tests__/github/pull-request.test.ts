import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { resolvePullRequest, type WorkflowRun } from '../../src/github/index.js'
import { clientOf, REPOSITORY } from './helpers.js'
import { startGitHub, type FakeGitHub, type FakePull } from './server.js'

let server: FakeGitHub

beforeEach(async () => {
  server = await startGitHub()
})

afterEach(() => server.stop())

const run: WorkflowRun = {
  id: 88,
  attempt: 1,
  event: 'pull_request',
  headSha: 'measured',
  headBranch: 'feature',
  headRepository: 'mallory/vision',
  headOwner: 'mallory'
}

function pull(number: number, head: { sha?: string; repo?: string | null; ref?: string } = {}): FakePull {
  const { sha = 'measured', repo = 'mallory/vision', ref = 'feature' } = head
  return {
    number,
    state: 'open',
    head: { sha, ref, repo: repo === null ? null : { full_name: repo } },
    base: { sha: 'base', ref: 'main', repo: { full_name: 'octo/vision' } }
  }
}

const resolve = (other: Partial<WorkflowRun> = {}) =>
  resolvePullRequest(clientOf(server), { repository: REPOSITORY, run: { ...run, ...other } })

describe('the pull request of a workflow_run event', () => {
  it('is the open one from the head branch whose head was measured', async () => {
    server.state.pulls.push(pull(5, { ref: 'other' }), pull(7), pull(8, { repo: 'other/vision' }))
    expect(await resolve()).toEqual({
      kind: 'found',
      others: [],
      pullRequest: {
        number: 7,
        headSha: 'measured',
        headRef: 'feature',
        headRepository: 'mallory/vision',
        baseRef: 'main',
        baseSha: 'base',
        isFork: true
      }
    })
    expect(server.calls(/pulls/)[0].query.get('head')).toBe('mallory:feature')
  })

  it('is none where the pull request has moved on or is closed', async () => {
    server.state.pulls.push(pull(7, { sha: 'newer' }))
    expect(await resolve()).toEqual({ kind: 'none', reason: expect.stringMatching(/pull request 7 has moved on/) })
    server.state.pulls[0] = { ...pull(7), state: 'closed' }
    expect(await resolve()).toEqual({ kind: 'none', reason: expect.stringMatching(/no open pull request/) })
  })

  it('is not one from another fork of the same owner, nor one that a server lists without the filter', async () => {
    server.state.pulls.push(pull(7, { repo: 'mallory/vision-2' }))
    expect((await resolve()).kind).toBe('none')
    server.fail(/pulls/, { kind: 'body', body: [pull(1, { repo: 'octo/vision', ref: 'main' })] })
    expect((await resolve()).kind).toBe('none')
  })

  it('is none for a run of another event or from a deleted fork, without a request', async () => {
    expect((await resolve({ event: 'push' })).kind).toBe('none')
    const gone: WorkflowRun = { id: 88, attempt: 1, event: 'pull_request', headSha: 'measured', headBranch: 'feature' }
    const resolved = await resolvePullRequest(clientOf(server), { repository: REPOSITORY, run: gone })
    expect(resolved).toEqual({ kind: 'none', reason: expect.stringMatching(/is gone/) })
    expect(server.requests).toHaveLength(0)
  })

  it('names the others where one commit has several', async () => {
    server.state.pulls.push(pull(7), pull(9))
    expect(await resolve()).toMatchObject({ kind: 'found', others: [9] })
  })

  it('is a failure where GitHub does not answer', async () => {
    server.fail(/pulls/, { kind: 'status', status: 503 }, Infinity)
    expect(await resolve()).toEqual({ kind: 'failed', reason: expect.stringMatching(/503/) })
  })
})
