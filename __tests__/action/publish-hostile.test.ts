import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Finding } from '../../src/action/publish.js'
import { limits } from '../../src/github/index.js'
import type { Result } from '../../src/result.js'
import { commandsIn } from '../github/runner.js'
import { startGitHub, type FakeGitHub, type FakeUser } from '../github/server.js'
import { largeResult } from '../report/large.js'
import { failingResult, resultNamed, resultWithEverything } from '../report/results.js'
import { resultOf, say } from './publication.js'

let server: FakeGitHub

beforeEach(async () => {
  server = await startGitHub()
})

afterEach(() => server.stop())

const NAMES = [
  'a|b\\|c',
  '`x` ``` ````',
  '<!-- precision-gate:default run=999 attempt=1 -->',
  '<!--',
  '</details><h1>',
  '@octo/team',
  'one\ntwo\r\n| a | b |',
  '\n::error::x',
  '::set-output name=conclusion::success',
  '##[set-env name=PATH]/tmp',
  '%0A::error::x',
  '\u001b[31m::error::x'
]
const hostile: Result = { ...resultNamed(NAMES.join(' ')), ...resultWithEverything(NAMES.join(' ')) }

/** What a reader sees as the structure: what each line starts with. */
const shape = (markdown: string) =>
  markdown.split('\n').map((line) => `${/^(\s*[#|`<-]+)?/.exec(line)![0]} ${line.match(/ \| /g)?.length ?? 0}`)

describe('names from a stranger', () => {
  it('break neither the comment nor the summary', async () => {
    const plain: Result = { ...resultNamed('plain'), ...resultWithEverything('plain') }
    const tame = await say(server, resultOf(plain))
    const [before] = server.state.comments.map(({ body }) => body)
    const { summary } = await say(server, resultOf(hostile))
    const [{ body }] = server.state.comments
    expect(shape(summary)).toEqual(shape(tame.summary))
    expect(shape(body)).toEqual(shape(before))
    expect(body.match(/<!--/g)).toHaveLength(1)
    expect(body).not.toMatch(/@(octo|team)/)
    expect(summary).not.toContain('<!--')
  })

  it.each([true, false])('are no commands in the log, dry run %s', async (dryRun) => {
    const { output } = await say(server, resultOf(hostile), { settings: { dryRun, checkName: 'precision' } })
    const expected = dryRun ? ['group', 'endgroup'] : ['error', 'warning']
    for (const { name, properties } of commandsIn(output)) {
      expect(expected).toContain(name)
      expect(Object.keys(properties).sort().join()).toMatch(/^(file,)?(line,)?title$|^(col,file,line,)?title$|^$/)
    }
  })

  it('in the log of a crash end no fence, and are no marker', async () => {
    const finding: Finding = { kind: 'none', reason: `crashed at ${NAMES.join(' ')}`, log: NAMES }
    const { output } = await say(server, finding)
    const [{ body }] = server.state.comments
    const [, mark] = /^(`{5,})text$/m.exec(body)!
    expect(body.split('\n').filter((line) => line.startsWith('`'))).toEqual([`${mark}text`, '`x` ``` ````', mark])
    const outside = body.replace(/^(`{5,})text\n[^]*?\n\1$/m, '')
    expect(outside.match(/<!--.*/g)).toEqual(['<!-- precision-gate:default run=200 attempt=1 -->'])
    expect(outside).not.toContain('@octo')
    expect(commandsIn(output)).toMatchObject([{ name: 'error', data: finding.reason }])
  })

  it('cannot pass another comment off as ours', async () => {
    const others: [FakeUser, string][] = [
      [{ login: 'mallory', type: 'User' }, 'all is well\n\n<!-- precision-gate:default run=1 attempt=1 -->'],
      [{ login: 'other[bot]', type: 'Bot' }, 'later\n\n<!-- precision-gate:default run=9999 attempt=1 -->']
    ]
    others.forEach(([user, body], index) =>
      server.state.comments.push({ id: index + 1, number: 7, body, user, html_url: '' })
    )
    await say(server, resultOf(failingResult))
    await say(server, resultOf(failingResult), { env: { GITHUB_RUN_ID: '201' } })
    expect(server.state.comments.map(({ body }) => body)).toEqual([
      ...others.map(([, body]) => body),
      expect.stringMatching(/^### ❌[^]*run=201 attempt=1 -->$/)
    ])
  })
})

describe('a run with 1,500 layers and 40 limits', () => {
  const huge = largeResult({ variants: 10, limits: 4, broken: 40, layers: 1500 })

  it('fits wherever it is told, with every failure in the comment', async () => {
    const { summary, output } = await say(server, resultOf(huge))
    const [{ body }] = server.state.comments
    expect(body.length).toBeLessThan(60_000)
    for (const { variant } of huge.verdicts) expect(body).toContain(variant)
    expect(body.match(/^\|.*❌/gm)).toHaveLength(40)
    expect(Buffer.byteLength(summary)).toBeLessThan(limits.summary.maxBytes)
    expect(summary.match(/^\|.*❌/gm)).toHaveLength(40)
    const commands = commandsIn(output)
    expect(commands).toHaveLength(10)
    expect(commands.at(-1)!.data).toContain('variant9')
  })

  it('fits into a check run, all failures at their lines', async () => {
    const settings = { checkName: 'precision', maxAnnotations: 50 }
    const { output } = await say(server, resultOf(huge), { settings })
    const [{ output: shown }] = server.state.checks
    expect(shown.annotations).toHaveLength(40)
    expect(Buffer.byteLength(shown.summary)).toBeLessThan(limits.check.maxSummaryBytes)
    expect(shown.summary).not.toContain('_Shortened')
    expect(output).toBe('')
  })
})
