import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Finding } from '../../src/action/publish.js'
import type { CommentPolicy } from '../../src/action/settings.js'
import type { Conclusion, Result } from '../../src/result.js'
import { commandsIn } from '../github/runner.js'
import { startGitHub, type FakeGitHub } from '../github/server.js'
import { largeResult } from '../report/large.js'
import { failingResult, fullResult, passingResult } from '../report/results.js'
import { HEAD_SHA, pullRequestEvent, resultOf, say } from './publication.js'

let server: FakeGitHub

beforeEach(async () => {
  server = await startGitHub()
})

afterEach(() => server.stop())

const WRITES = /^(POST|PATCH|DELETE) \/repos/
const bodies = () => server.state.comments.map(({ body }) => body)
const crashed: Finding = {
  kind: 'none',
  reason: 'The native runtime crashed (SIGSEGV)',
  log: ['evaluating int8', 'Segmentation fault']
}

describe('a result on a pull request', () => {
  it('is in the summary, in one comment that is kept up to date, and on the lines of the config', async () => {
    const first = await say(server, resultOf(passingResult))
    expect(bodies()).toEqual([expect.stringMatching(/^### ✅ Precision gate: passed/)])
    expect(first.published).toEqual({ commentId: server.state.comments[0].id })
    expect(first.summary).toMatch(/^### ✅ Precision gate: passed/)
    expect(first.output).toBe('')

    const second = await say(server, resultOf(failingResult), { env: { GITHUB_RUN_ID: '201' } })
    expect(bodies()).toEqual([expect.stringMatching(/^### ❌ Precision gate: <code>int8<\/code> loses/)])
    expect(second.published).toEqual(first.published)
    expect(commandsIn(second.output).map(({ name, properties }) => [name, properties.file, properties.line])).toEqual([
      ['error', 'precision-gate.yml', '16'],
      ['warning', 'precision-gate.yml', '16'],
      ['warning', 'precision-gate.yml', '16']
    ])
    expect(server.state.checks).toEqual([])
  })

  it('carries one marker, that of its run, and links to run and commit', async () => {
    await say(server, resultOf(passingResult), { env: { GITHUB_RUN_ATTEMPT: '2' } })
    const [body] = bodies()
    expect(body.match(/<!--.*?-->/g)).toEqual(['<!-- precision-gate:default run=200 attempt=2 -->'])
    expect(body).toContain('[run](https://github.com/octo/vision/actions/runs/200/attempts/2)')
    expect(body).toContain(`https://github.com/octo/vision/commit/${HEAD_SHA}`)
  })

  it('links to the server that it runs on', async () => {
    await say(server, resultOf(passingResult), { env: { GITHUB_SERVER_URL: 'https://git.example.com/hub' } })
    expect(bodies()[0]).toContain('https://git.example.com/hub/octo/vision/actions/runs/200')
    expect(bodies()[0]).not.toContain('github.com/octo')
  })

  it('has a comment for each gate of a workflow', async () => {
    for (const reportId of ['resnet', 'unet', 'resnet']) {
      await say(server, resultOf(passingResult), { settings: { reportId } })
    }
    expect(bodies().map((body) => body.split('\n')[0])).toEqual([
      expect.stringContaining('Precision gate <code>resnet</code>'),
      expect.stringContaining('Precision gate <code>unet</code>')
    ])
  })

  it('leaves the comment of a later run alone, and names it', async () => {
    const { published } = await say(server, resultOf(failingResult), { env: { GITHUB_RUN_ID: '300' } })
    const late = await say(server, resultOf(passingResult))
    expect(bodies()).toEqual([expect.stringContaining('### ❌')])
    expect(late.published).toEqual(published)
    expect(late.log).toEqual([expect.stringMatching(/left alone: run 300 is later/)])
  })

  it('is commented on for pull_request_target, and not where there is no pull request', async () => {
    await say(server, resultOf(passingResult), { event: 'pull_request_target' })
    expect(bodies()).toHaveLength(1)
    const repository = { full_name: 'octo/vision' }
    const group = {
      head_sha: 'd'.repeat(40),
      head_ref: 'refs/heads/gh-readonly-queue/main',
      base_ref: 'refs/heads/main'
    }
    for (const [event, payload] of [
      ['push', { repository, before: 'e'.repeat(40) }],
      ['merge_group', { repository, merge_group: group }]
    ] as const) {
      const { published, log, summary } = await say(server, resultOf(passingResult), { event, payload })
      expect(published).toEqual({})
      expect(log).toEqual([`info: no comment: ${event} is not about a pull request`])
      expect(summary).toMatch(/^### ✅/)
    }
    expect(bodies()).toHaveLength(1)
  })

  it('is told in parts where parts are switched off', async () => {
    const settings = { jobSummary: false, annotations: false, comment: 'off' } as const
    const { summary, output, published } = await say(server, resultOf(failingResult), { settings })
    expect({ summary, output, published }).toEqual({ summary: '', output: '', published: {} })
    expect(server.requests).toEqual([])
  })
})

describe('the first comment', () => {
  const concluding = (conclusion: Conclusion, baseline?: Conclusion): Result => ({
    ...passingResult,
    conclusion,
    ...(baseline !== undefined && { baseline: { ...fullResult.baseline!, conclusion: baseline } })
  })
  const policies: [CommentPolicy, Result, boolean][] = [
    ['always', concluding('success', 'success'), true],
    ['changes', concluding('success', 'success'), false],
    ['changes', concluding('failure', 'failure'), false],
    ['changes', concluding('failure', 'success'), true],
    ['changes', concluding('success', 'failure'), true],
    ['changes', concluding('inconclusive', 'success'), true],
    ['changes', concluding('success'), true],
    ['on-failure', concluding('success'), false],
    ['on-failure', concluding('inconclusive'), true],
    ['on-failure', concluding('failure', 'failure'), true],
    ['on-failure', concluding('error'), true],
    ['off', concluding('failure'), false]
  ]
  const named = policies.map(([comment, result, expected]) => {
    const title = `${comment}: ${result.conclusion} after ${result.baseline?.conclusion ?? 'nothing'}`
    return { title, comment, result, expected }
  })
  it.each(named)('$title: $expected', async ({ comment, result, expected }) => {
    const { published } = await say(server, resultOf(result), { settings: { comment } })
    expect(bodies()).toHaveLength(expected ? 1 : 0)
    expect(published.commentId !== undefined).toBe(expected)
  })

  it.each(['changes', 'on-failure'] as const)('is kept up to date with %s, whatever the verdict', async (comment) => {
    await say(server, resultOf(failingResult))
    await say(server, resultOf(concluding('success', 'success')), { settings: { comment } })
    expect(bodies()).toEqual([expect.stringContaining('### ✅')])
  })
})

describe('a gate that ended without a result', () => {
  it('takes the place of an earlier verdict', async () => {
    await say(server, resultOf(passingResult))
    const { summary, output } = await say(server, crashed, { settings: { comment: 'on-failure' } })
    expect(bodies()).toEqual([expect.stringMatching(/^### 💥 Precision gate: could not judge\n\nThe native runtime/)])
    expect(bodies()[0]).toContain('```text\nevaluating int8\nSegmentation fault\n```')
    expect(summary).toMatch(/^### 💥 Precision gate: could not judge/)
    expect(commandsIn(output)).toEqual([
      {
        name: 'error',
        properties: { title: 'Precision gate: could not judge' },
        data: 'The native runtime crashed (SIGSEGV)'
      }
    ])
  })
})

describe('a check run', () => {
  const settings = { checkName: 'precision' }

  it('is on the head of the pull request and holds the annotations, which are not shown twice', async () => {
    const { published, output } = await say(server, resultOf(failingResult), {
      settings: { ...settings, reportId: 'a' }
    })
    const [check] = server.state.checks
    expect(check).toMatchObject({
      name: 'precision',
      head_sha: HEAD_SHA,
      conclusion: 'failure',
      external_id: '200/1/a',
      details_url: 'https://github.com/octo/vision/actions/runs/200'
    })
    expect(check.output.title).toMatch(/^Failed: int8: top1 drops by 2.10 points/)
    expect(check.output.annotations.map(({ annotation_level: level }) => level)).toEqual([
      'failure',
      'warning',
      'warning'
    ])
    expect(published.checkUrl).toBe(check.html_url)
    expect(output).toBe('')
  })

  it.each([
    [passingResult, 'success'],
    [failingResult, 'failure'],
    [{ ...passingResult, conclusion: 'inconclusive' as const }, 'neutral'],
    [{ ...passingResult, conclusion: 'inconclusive' as const, onInconclusive: 'fail' as const }, 'failure'],
    [{ ...passingResult, conclusion: 'error' as const }, 'failure']
  ])('concludes as the gate does: %#', async (result, conclusion) => {
    await say(server, resultOf(result), { settings })
    expect(server.state.checks[0].conclusion).toBe(conclusion)
  })

  it('takes more annotations than a step may show, and leaves to the log what has no line', async () => {
    const many = largeResult({ variants: 20, limits: 8, broken: 120, layers: 0 })
    const result = { ...many, variants: { ...many.variants, torn: { ...many.variants.fp32, error: 'no model' } } }
    const { output } = await say(server, resultOf(result), { settings: { ...settings, maxAnnotations: 121 } })
    expect(server.state.checks[0].output.annotations).toHaveLength(120)
    expect(commandsIn(output)).toMatchObject([{ name: 'error', data: 'no model' }])
  })

  it('leaves the annotations to the log where it is refused or loses some', async () => {
    const many = resultOf(largeResult({ variants: 10, limits: 8, broken: 80, layers: 0 }))
    server.fail(/POST .*check-runs/, { kind: 'status', status: 422 })
    const refused = await say(server, many, { settings: { ...settings, maxAnnotations: 80 } })
    expect(refused.published.checkUrl).toBeUndefined()
    expect(commandsIn(refused.output)).toHaveLength(10)
    expect(refused.log).toContainEqual(expect.stringMatching(/^warning: no check run: could not create .*422/))

    server.fail(/PATCH .*check-runs/, { kind: 'status', status: 403 })
    const halved = await say(server, many, { settings: { ...settings, maxAnnotations: 80 } })
    expect(server.state.checks[0].output.annotations).toHaveLength(50)
    expect(commandsIn(halved.output).at(-1)!.data).toMatch(/^and 21 more/)
  })

  it('is not made without a name', async () => {
    await say(server, resultOf(failingResult))
    expect(server.calls(/check-runs/)).toEqual([])
  })
})

describe('annotations', () => {
  it.each([
    [3, 3],
    [50, 10],
    [0, 0]
  ])('are at most %d of a kind, and never more than a step shows: %d', async (maxAnnotations, shown) => {
    const { output } = await say(server, resultOf(largeResult({ variants: 5, limits: 8, broken: 40, layers: 0 })), {
      settings: { maxAnnotations }
    })
    expect(commandsIn(output)).toHaveLength(shown)
  })
})

describe('a dry run', () => {
  it('prints what it would send, and sends nothing', async () => {
    const { output, published, summary } = await say(server, resultOf(failingResult), {
      settings: { dryRun: true, checkName: 'precision' }
    })
    expect(published).toEqual({})
    expect(server.requests).toEqual([])
    expect(summary).toMatch(/^### ❌/)
    expect(commandsIn(output).map(({ name }) => name)).toEqual(Array(3).fill(['group', 'endgroup']).flat())
    expect(output).toContain('not sent: comment on pull request 7\n### ❌ Precision gate')
    expect(output).toContain('not sent: check run precision\nFailed: int8')
    expect(output).toContain('error precision-gate.yml:16 int8 top1: a limit is broken')
  })
})

describe('a token that may not write', () => {
  it.each([
    ['octo/vision', 'warning', ''],
    ['stranger/vision', 'info', '.*docs/forks.md']
  ])('costs the comment of a pull request from %s, with a line in the log', async (from, level, advice) => {
    server.state.readOnly = true
    const { published, log, summary, output } = await say(server, resultOf(failingResult), {
      payload: pullRequestEvent(from),
      settings: { checkName: 'precision' }
    })
    expect(published).toEqual({})
    expect(log).toEqual([
      expect.stringMatching(new RegExp(`^${level}: no comment: .*pull-requests: write.*${advice}`)),
      expect.stringMatching(new RegExp(`^${level}: no check run: .*checks: write`))
    ])
    expect(summary).toMatch(/^### ❌/)
    expect(commandsIn(output)).toHaveLength(3)
  })

  it('that is not there costs the same, and no call', async () => {
    const { published, log, output } = await say(server, resultOf(failingResult), {
      settings: { token: '', checkName: 'precision' }
    })
    expect(published).toEqual({})
    expect(log).toEqual([
      expect.stringMatching(/no comment: there is no github-token .*pull-requests: write/),
      expect.stringMatching(/no check run: there is no github-token .*checks: write/)
    ])
    expect(commandsIn(output)).toHaveLength(3)
    expect(server.calls(WRITES)).toEqual([])
  })
})
