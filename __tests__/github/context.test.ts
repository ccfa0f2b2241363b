import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readContext } from '../../src/github/index.js'

const ENV = {
  GITHUB_REPOSITORY: 'octo/vision',
  GITHUB_SHA: 'merge-sha',
  GITHUB_REF: 'refs/pull/7/merge',
  GITHUB_RUN_ID: '9001',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_WORKFLOW: 'Gate',
  GITHUB_JOB: 'gate',
  GITHUB_ACTOR: 'ana',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_API_URL: 'https://api.github.com',
  GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql',
  GITHUB_EVENT_PATH: '/event.json'
}

const repository = { full_name: 'octo/vision', default_branch: 'main' }

function pullRequest(head: unknown = { full_name: 'octo/vision' }) {
  return {
    number: 7,
    head: { sha: 'head-sha', ref: 'feature', repo: head },
    base: { sha: 'base-sha', ref: 'main', repo: repository }
  }
}

function contextOf(eventName: string, event: unknown, env: NodeJS.ProcessEnv = {}) {
  const text = typeof event === 'string' ? event : JSON.stringify(event)
  return readContext({ ...ENV, GITHUB_EVENT_NAME: eventName, ...env }, () => Promise.resolve(text))
}

describe('the context of a run', () => {
  it.each(['pull_request', 'pull_request_target'])('of %s is about the head of the pull request', async (name) => {
    const context = await contextOf(name, { number: 7, pull_request: pullRequest(), repository })
    expect(context).toEqual({
      eventName: name,
      repository: { owner: 'octo', repo: 'vision' },
      sha: 'merge-sha',
      ref: 'refs/pull/7/merge',
      headSha: 'head-sha',
      baseRef: 'main',
      baseSha: 'base-sha',
      defaultBranch: 'main',
      serverUrl: 'https://github.com',
      apiUrl: 'https://api.github.com',
      graphqlUrl: 'https://api.github.com/graphql',
      runId: 9001,
      runAttempt: 1,
      runUrl: 'https://github.com/octo/vision/actions/runs/9001',
      workflow: 'Gate',
      job: 'gate',
      actor: 'ana',
      isPush: false,
      pullRequest: {
        number: 7,
        headSha: 'head-sha',
        headRef: 'feature',
        headRepository: 'octo/vision',
        baseRef: 'main',
        baseSha: 'base-sha',
        isFork: false
      },
      warnings: []
    })
  })

  it('knows a fork, a deleted one too, and not a repository in other letters', async () => {
    const isFork = async (head: unknown) =>
      (await contextOf('pull_request', { pull_request: pullRequest(head), repository })).pullRequest?.isFork
    expect(await isFork({ full_name: 'mallory/vision' })).toBe(true)
    expect(await isFork(null)).toBe(true)
    expect(await isFork({ full_name: 'Octo/Vision' })).toBe(false)
  })

  it('of a push is about the commit, compared with the one before', async () => {
    const env = { GITHUB_REF: 'refs/heads/main', GITHUB_SHA: 'pushed' }
    const context = await contextOf('push', { before: 'previous', repository }, env)
    expect(context).toMatchObject({
      isPush: true,
      headSha: 'pushed',
      baseRef: 'main',
      baseSha: 'previous',
      warnings: []
    })
    expect(context.pullRequest).toBeUndefined()
    const first = await contextOf('push', { before: '0'.repeat(40), repository }, env)
    expect(first.baseSha).toBeUndefined()
  })

  it('of a merge group is about its head, compared with its base', async () => {
    const group = {
      head_sha: 'g',
      head_ref: 'refs/heads/gh-readonly-queue/main/pr-7',
      base_sha: 'b',
      base_ref: 'refs/heads/main'
    }
    const context = await contextOf('merge_group', { merge_group: group, repository })
    expect(context).toMatchObject({ headSha: 'g', baseRef: 'main', baseSha: 'b', warnings: [] })
  })

  it.each(['schedule', 'workflow_dispatch'])('of %s has the branch it runs on', async (name) => {
    const env = { GITHUB_REF: 'refs/heads/dev', GITHUB_SHA: 'tip' }
    expect(await contextOf(name, { repository }, env)).toMatchObject({ headSha: 'tip', baseRef: 'dev', warnings: [] })
    expect((await contextOf(name, {}, { GITHUB_REF: 'refs/tags/v1' })).baseRef).toBeUndefined()
  })

  it('of workflow_run describes the run that measured', async () => {
    const head_repository = { full_name: 'mallory/vision', owner: { login: 'mallory' } }
    const workflow_run = {
      id: 88,
      run_attempt: 2,
      event: 'pull_request',
      conclusion: 'failure',
      head_sha: 'measured',
      head_branch: 'main',
      head_repository,
      pull_requests: []
    }
    const context = await contextOf('workflow_run', { workflow_run, repository })
    expect(context.headSha).toBe('measured')
    expect(context.workflowRun).toEqual({
      id: 88,
      attempt: 2,
      event: 'pull_request',
      conclusion: 'failure',
      headSha: 'measured',
      headBranch: 'main',
      headRepository: 'mallory/vision',
      headOwner: 'mallory'
    })
  })

  it('has the addresses of a GitHub Enterprise Server, and of an attempt', async () => {
    const env = { GITHUB_SERVER_URL: 'https://git.example.com/', GITHUB_API_URL: 'https://git.example.com/api/v3' }
    const context = await contextOf('push', {}, { ...env, GITHUB_GRAPHQL_URL: undefined, GITHUB_RUN_ATTEMPT: '3' })
    expect(context.runUrl).toBe('https://git.example.com/octo/vision/actions/runs/9001/attempts/3')
    expect(context.graphqlUrl).toBe('https://git.example.com/api/graphql')
  })
})

describe('what is missing', () => {
  it('is a warning, and the context stays usable', async () => {
    const missing = await readContext({
      ...ENV,
      GITHUB_EVENT_PATH: '/nowhere/event.json',
      GITHUB_EVENT_NAME: 'pull_request'
    })
    expect(missing.warnings).toEqual([expect.stringMatching(/ENOENT.*no pull request is commented on/)])
    expect(missing.headSha).toBe('merge-sha')
    expect((await contextOf('push', '{"repo')).warnings).toEqual([expect.stringMatching(/\/event\.json: .*JSON/)])
    expect((await contextOf('push', '[1]')).warnings).toEqual([expect.stringMatching(/no object/)])
    const outside = await readContext({})
    expect(outside.warnings).toHaveLength(2)
    expect(outside).toMatchObject({ runId: 0, runAttempt: 1, serverUrl: 'https://github.com' })
  })

  it('in the description of the pull request is a warning too', async () => {
    const context = await contextOf('pull_request', { pull_request: { ...pullRequest(), number: 'seven' } })
    expect(context.pullRequest).toBeUndefined()
    expect(context.warnings).toEqual([expect.stringMatching(/in part only/)])
  })

  it('or of any other shape is never an exception', async () => {
    const part = fc.dictionary(
      fc.constantFrom('full_name', 'sha', 'ref', 'repo', 'number', 'head', 'base', 'id'),
      fc.anything()
    )
    const keys = fc.constantFrom('repository', 'pull_request', 'merge_group', 'workflow_run', 'before')
    const event = fc.dictionary(
      keys,
      fc.oneof(part, fc.dictionary(fc.constantFrom('head', 'base'), part), fc.anything())
    )
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json(),
          event.map((value) => JSON.stringify(value) ?? '')
        ),
        async (text) => {
          const context = await contextOf('pull_request', text)
          expect(context.repository).toEqual({ owner: 'octo', repo: 'vision' })
          expect(typeof context.headSha).toBe('string')
        }
      ),
      { numRuns: 500 }
    )
  })
})
