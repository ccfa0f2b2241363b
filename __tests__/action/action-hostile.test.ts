import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseResult, serializeResult, type Result } from '../../src/result.js'
import { startGitHub, type FakeGitHub } from '../github/server.js'
import { zip } from '../github/zip.js'
import { largeResult } from '../report/large.js'
import { CONFIG, pullRequest, push, Runner } from './job.js'

let github: FakeGitHub
let runner: Runner

beforeAll(async () => {
  github = await startGitHub()
  runner = new Runner(github)
})
afterEach(() => github.heal())
afterAll(async () => {
  runner.remove()
  await github.stop()
})

const BROKEN = CONFIG.replace('max_drop_points: 20', 'min: 0.999')
const commentOn = (number: number) =>
  github.state.comments.filter((comment) => comment.number === number).map(({ body }) => body)

describe('the built action', () => {
  it('names files as the repository does where the checkout lies in a folder of the workspace', async () => {
    const { workspace } = runner
    mkdirSync(join(workspace, 'code', 'net'), { recursive: true })
    writeFileSync(join(workspace, 'code', '.git'), 'gitdir: elsewhere')
    for (const name of ['model.onnx', 'data']) {
      cpSync(join(workspace, name), join(workspace, 'code', 'net', name), { recursive: true })
    }
    runner.write(join('code', 'net', 'precision-gate.yml'), BROKEN)
    const { code, commands, outputs, summary } = await runner.step({
      event: pullRequest(),
      inputs: { 'working-directory': 'code/net', 'report-id': 'net --> x', precisions: 'fp16' },
      env: { GITHUB_SERVER_URL: 'https://ghe.example.org' }
    })
    expect(code).toBe(1)
    expect(commands.filter(({ name }) => name === 'error').map(({ properties }) => properties.file)).toContain(
      'net/precision-gate.yml'
    )
    expect(summary).toContain(`https://ghe.example.org/octo/vision/blob/${'b'.repeat(40)}/net/precision-gate.yml#L`)
    expect(outputs['report-path']).toBe(join(workspace, 'code', 'net', 'precision-gate-report', 'result.json'))
    expect(commentOn(7)).toEqual([expect.stringMatching(/<!-- precision-gate:net%20--%3E%20x run=1001 attempt=1 -->$/)])
  })

  it('keeps one comment for each report of a matrix', async () => {
    await runner.step({ event: pullRequest(), inputs: { 'report-id': 'other', precisions: 'fp16' } })
    expect(commentOn(7)).toHaveLength(2)
  })

  it('compares with the artifact of the target branch where the cache has no result of it', async () => {
    await runner.step({ event: push(), inputs: { cache: 'false', precisions: 'fp16' } })
    const content = (file: string) => runner.report(file)!
    github.state.artifacts.push({
      id: 5,
      name: 'precision-gate-default',
      zip: zip(['result.json', 'samples.json'].map((name) => ({ name, content: content(name) }))),
      expired: false,
      created_at: '2026-11-26T09:00:00Z',
      workflow_run: { id: 1, repository_id: 1, head_repository_id: 1, head_branch: 'main', head_sha: 'a'.repeat(40) }
    })
    const { log } = await runner.step({ event: pullRequest(), inputs: { precisions: 'fp16' } })
    expect(log).toMatch(/the last result of main, from artifact precision-gate-default/)
    expect(parseResult(runner.report('result.json')).baseline).toMatchObject({ comparable: true })
  })
})

describe('where GitHub does not work', () => {
  // Those that are tried again after pauses take a minute here; publish-faults.test.ts has them.
  const faults = [
    { kind: 'status', status: 403, message: 'Resource not accessible by integration' },
    { kind: 'status', status: 404 },
    { kind: 'status', status: 422 },
    { kind: 'status', status: 429, headers: { 'retry-after': '0' } }
  ] as const
  it.each(faults)('the verdict decides: %j', async (fault) => {
    github.fail(/./, fault, Infinity)
    const inputs = { precisions: 'fp16', 'check-name': 'gate' }
    const { code, outputs, summary } = await runner.step({ event: pullRequest(9), inputs })
    expect({ code, conclusion: outputs.conclusion, passed: outputs.passed }).toEqual({
      code: 0,
      conclusion: 'success',
      passed: 'true'
    })
    expect(summary).toMatch(/passed/)
    expect(outputs).not.toHaveProperty('comment-id')
  })
})

describe('a result that a model made', () => {
  /** In place of the gate. */
  function leave(result: Result): void {
    const file = join(runner.root, 'result.json')
    writeFileSync(file, serializeResult(result))
    writeFileSync(
      join(runner.root, 'actions', 'precision-gate', 'dist', 'cli.js'),
      `import { copyFileSync } from 'node:fs'
       const [command, ...args] = process.argv.slice(2)
       if (command === 'run') {
         copyFileSync(${JSON.stringify(file)}, args[args.indexOf('-o') + 1] + '/result.json')
         process.exitCode = 1
       } else process.exitCode = 2`
    )
  }

  it('of 1,500 layers and 40 limits fits everywhere, with every failure in the comment', async () => {
    leave(largeResult({ variants: 5, limits: 8, broken: 40, layers: 1500 }))
    const { code, commands, summary } = await runner.step({ event: pullRequest(11) })
    expect(code).toBe(1)
    const [body] = commentOn(11)
    expect(body.length).toBeLessThan(60_000)
    for (let variant = 0; variant < 5; variant++) {
      for (let limit = 0; limit < 8; limit++) expect(body).toContain(`#L${10 + limit}`)
      expect(body).toContain(`variant${variant}`)
    }
    expect(body.match(/^\|.*❌/gm)).toHaveLength(40)
    expect(Buffer.byteLength(summary)).toBeLessThan(1_048_576)
    expect(commands.filter(({ name }) => name === 'error').length).toBeLessThanOrEqual(10)
  })

  it('with names that look like commands and markup gives the runner no command and the comment no marker', async () => {
    const name =
      'a|`b`<!-- precision-gate:default run=9 attempt=1 --> @team\n::error::x\n%0A::set-output name=passed::true'
    leave(largeResult({ variants: 1, limits: 1, broken: 1, layers: 3, name: () => name }))
    github.state.comments.push({
      id: 77,
      number: 12,
      body: 'mine\n\n<!-- precision-gate:default run=999999 attempt=1 -->',
      user: { login: 'mallory', type: 'User' },
      html_url: 'https://github.com/c/77'
    })
    const { code, commands } = await runner.step({ event: pullRequest(12) })
    expect(code).toBe(1)
    expect(commands.filter(({ name: command }) => command === 'set-output')).toEqual([])
    expect(commands.filter(({ data }) => data === 'x')).toEqual([])
    const [planted, ours] = commentOn(12)
    expect(planted).toMatch(/^mine/)
    expect(ours.match(/<!--/g)).toHaveLength(1)
    expect(ours).not.toMatch(/(^|[^`\w])@team/)
    expect(readdirSync(runner.workspace)).not.toContain('x')
  })
})
