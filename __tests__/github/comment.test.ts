import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  deleteComment,
  limits,
  upsertComment,
  type CommentOutcome,
  type CommentTarget
} from '../../src/github/index.js'
import { commentMarker, parseMarker } from '../../src/report/index.js'
import { clientOf, REPOSITORY } from './helpers.js'
import { startGitHub, type FakeGitHub, type FakeUser, type Fault } from './server.js'

let server: FakeGitHub

beforeEach(async () => {
  server = await startGitHub()
})

afterEach(() => server.stop())

const BOT: FakeUser = { login: 'github-actions[bot]', type: 'Bot' }
const WRITE = /(POST|PATCH|DELETE) .*comments/
const run = { id: 200, attempt: 1 }
const target: CommentTarget = { repository: REPOSITORY, number: 7, reportId: 'gate', run }

function upsert(body: string, other: Partial<CommentTarget> = {}): Promise<CommentOutcome> {
  return upsertComment(clientOf(server, { timeoutMs: 1_500 }), { ...target, ...other, body })
}

function plant(body: string, user: FakeUser | null = BOT): number {
  const id = server.state.comments.length + 1
  server.state.comments.push({ id, number: 7, body, user, html_url: `https://github.com/c/${id}` })
  return id
}

const bodies = () => server.state.comments.map(({ body }) => body)

describe('the sticky comment', () => {
  it('is created once, updated in place, and left alone when nothing changed', async () => {
    const created = await upsert('first')
    expect(created.kind).toBe('created')
    expect(bodies()).toEqual(['first\n\n<!-- precision-gate:gate run=200 attempt=1 -->'])

    const updated = await upsert('second', { run: { id: 201, attempt: 1 } })
    expect(updated).toEqual({ ...created, kind: 'updated' })
    expect(bodies()).toEqual(['second\n\n<!-- precision-gate:gate run=201 attempt=1 -->'])

    const before = server.calls(WRITE).length
    expect(await upsert('second', { run: { id: 201, attempt: 1 } })).toEqual({ ...created, kind: 'unchanged' })
    expect(server.calls(WRITE)).toHaveLength(before)
  })

  it('is known by its line ends too, whichever GitHub answers with', async () => {
    await upsert('a\nb')
    server.state.comments[0].body = server.state.comments[0].body.replaceAll('\n', '\r\n') + '\r\n'
    expect((await upsert('a\nb')).kind).toBe('unchanged')
  })

  it('is found beyond the first page', async () => {
    for (let i = 0; i < 230; i++) plant(`talk ${i}`, { login: 'someone', type: 'User' })
    const id = plant(`old\n\n${commentMarker('gate', { id: 1, attempt: 1 })}`)
    plant('more talk')
    expect(await upsert('new')).toMatchObject({ kind: 'updated', id })
  })

  it('is one for each report', async () => {
    await upsert('a')
    await upsert('b', { reportId: 'gate-2' })
    await upsert('c', { reportId: 'ga' })
    await upsert('d')
    expect(bodies().map((body) => body[0])).toEqual(['d', 'b', 'c'])
  })

  it('is not asked for who writes it where there is no candidate', async () => {
    await upsert('a')
    expect(server.calls(/graphql|\/user/)).toHaveLength(0)
  })

  it('is cut at a line where GitHub would refuse its length, the marker kept', async () => {
    const body = `<details>\n\n${'| a row of a table |\n'.repeat(5_000)}</details>`
    expect((await upsert(body)).kind).toBe('created')
    const [written] = bodies()
    expect(written.length).toBeLessThanOrEqual(limits.comment.maxCharacters)
    expect(written.length).toBeGreaterThan(65_000)
    expect(written).toMatch(/\| a row of a table \|\n<\/details>\n\n_Shortened.*_\n\n<!-- precision-gate:gate run=200/)
  })
})

describe('a marker', () => {
  const marked = (id = 1) => `text\n\n${commentMarker('gate', { id, attempt: 1 })}`

  it.each([
    ['another user', { login: 'mallory', type: 'User' }],
    ['a user with the name of the bot', { login: 'github-actions', type: 'User' }],
    ['another bot', { login: 'other[bot]', type: 'Bot' }],
    ['a deleted user', null]
  ] as [string, FakeUser | null][])('planted by %s is left alone', async (_, user) => {
    const planted = marked()
    plant(planted, user)
    expect((await upsert('mine')).kind).toBe('created')
    expect(bodies()[0]).toBe(planted)
    expect(bodies()[1]).toMatch(/^mine/)
    expect((await upsert('mine again')).kind).toBe('updated')
    expect(bodies()[0]).toBe(planted)
  })

  it('quoted inside a comment of the same bot is left alone', async () => {
    const quoted = `> ${marked()}\n\nwhat is that?`
    plant(quoted)
    expect((await upsert('mine')).kind).toBe('created')
    expect(bodies()[0]).toBe(quoted)
  })

  it('belongs to whom the token writes as', async () => {
    server.state.identity = { login: 'machine-user', type: 'User' }
    plant(marked(), BOT)
    await upsert('mine')
    expect((await upsert('mine again')).kind).toBe('updated')
    expect(bodies()).toHaveLength(2)
  })

  it('is matched without GraphQL: by GET /user, and as the bot where that is closed', async () => {
    server.state.graphql = false
    plant(marked(), BOT)
    expect((await upsert('by the bot')).kind).toBe('updated')
    server.state.identity = { login: 'machine-user', type: 'User' }
    expect((await upsert('by a user')).kind).toBe('created')
  })

  it('matches an app whose name GraphQL gives without brackets', async () => {
    server.state.identity = { login: 'our-app[bot]', type: 'Bot' }
    plant(marked(), server.state.identity)
    server.fail(/graphql/, { kind: 'body', body: { data: { viewer: { login: 'our-app' } } } })
    expect((await upsert('mine')).kind).toBe('updated')
  })

  it('carries any report id and cannot be ended by one', () => {
    const anyId = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('--> <!--', 'a b', '--!>', 'ü\n', '%2'))
    fc.assert(
      fc.property(anyId, fc.nat(), fc.nat(999_999), (id, runId, attempt) => {
        const line = commentMarker(id, { id: runId, attempt })
        expect(line.indexOf('>')).toBe(line.length - 1)
        expect(line).not.toMatch(/[\r\n]/)
        expect(parseMarker(`any\ntext\n${line}`)).toEqual({ reportId: id, run: { id: runId, attempt } })
      })
    )
  })
})

describe('a run that was overtaken', () => {
  it.each([[{ id: 300, attempt: 1 }], [{ id: 200, attempt: 2 }]])(
    'does not overwrite the comment of %j',
    async (by) => {
      await upsert('newer', { run: by })
      expect(await upsert('older')).toMatchObject({ kind: 'superseded', by })
      expect(bodies()[0]).toMatch(/^newer/)
      expect((await deleteComment(clientOf(server), target)).kind).toBe('superseded')
    }
  )

  it('leaves the newest of two comments to be updated', async () => {
    plant(`b\n\n${commentMarker('gate', { id: 90, attempt: 1 })}`)
    const id = plant(`a\n\n${commentMarker('gate', { id: 100, attempt: 1 })}`)
    plant(`c\n\n${commentMarker('gate', { id: 80, attempt: 1 })}`)
    expect(await upsert('new')).toMatchObject({ kind: 'updated', id })
  })

  it('is seen even where the newer run had the same to say', async () => {
    await upsert('same')
    await upsert('same', { run: { id: 300, attempt: 1 } })
    expect((await upsert('between', { run: { id: 250, attempt: 1 } })).kind).toBe('superseded')
  })
})

describe('a token that may not write', () => {
  it('is an outcome with the permission that is missing', async () => {
    server.state.readOnly = true
    expect(await upsert('a')).toEqual({ kind: 'denied', reason: expect.stringContaining('pull-requests: write') })
    plant(`b\n\n${commentMarker('gate', { id: 1, attempt: 1 })}`)
    expect((await upsert('a')).kind).toBe('denied')
    expect((await deleteComment(clientOf(server), target)).kind).toBe('denied')
  })
})

describe('deleting', () => {
  it('removes the comment of this report only', async () => {
    expect((await deleteComment(clientOf(server), target)).kind).toBe('absent')
    await upsert('a')
    await upsert('b', { reportId: 'other' })
    plant(`planted\n\n${commentMarker('gate', run)}`, { login: 'mallory', type: 'User' })
    expect((await deleteComment(clientOf(server), target)).kind).toBe('deleted')
    expect(bodies().map((body) => body[0])).toEqual(['b', 'p'])
  })
})

describe('a failing service', () => {
  const lost: Fault[] = [{ kind: 'half' }, { kind: 'reset', carriedOut: true }, { kind: 'silence', carriedOut: true }]
  it.each(lost)('leaves one comment where the answer to its creation is lost: %j', async (fault) => {
    server.fail(/POST .*comments/, fault)
    expect((await upsert('a')).kind).toBe('created')
    expect(bodies()).toHaveLength(1)
  })

  it('creates it at the second try where nothing was carried out', async () => {
    server.fail(/POST .*comments/, { kind: 'status', status: 502 })
    expect((await upsert('a')).kind).toBe('created')
    expect(server.calls(/POST .*comments/)).toHaveLength(2)
  })

  it('creates it anew where it vanished before the update', async () => {
    plant(`b\n\n${commentMarker('gate', { id: 1, attempt: 1 })}`)
    server.fail(/PATCH/, { kind: 'status', status: 404 })
    expect((await upsert('a')).kind).toBe('created')
  })

  const faults: Fault[] = [
    ...[401, 403, 404, 409, 410, 422, 500, 502, 503].map((status) => ({ kind: 'status', status }) as const),
    { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
    { kind: 'half' },
    { kind: 'reset' },
    { kind: 'silence' },
    { kind: 'body', body: 'not what was asked for' }
  ]
  const calls = [/GET .*comments/, /graphql|\/user/, /PATCH/, /POST .*comments/, /DELETE/]
  it.each(faults)('is an outcome for every call, never an exception: %j', async (fault) => {
    for (const call of calls) {
      server.heal()
      server.state.comments.length = 0
      plant(`b\n\n${commentMarker('gate', { id: 1, attempt: 1 })}`)
      server.fail(call, fault, Infinity)
      const client = clientOf(server, { timeoutMs: 100, attempts: 2 })
      const outcomes = [
        await upsertComment(client, { ...target, body: 'a' }),
        await upsertComment(client, { ...target, reportId: 'new', body: 'a' }),
        await deleteComment(client, target)
      ]
      for (const outcome of outcomes) {
        expect(typeof outcome.kind).toBe('string')
        if ('reason' in outcome) expect(outcome.reason).toMatch(/^could not /)
      }
      // No doubt about the list or the author may end in a second comment.
      expect(bodies().filter((body) => body.includes('precision-gate:gate')).length).toBeLessThanOrEqual(1)
    }
  })
})
