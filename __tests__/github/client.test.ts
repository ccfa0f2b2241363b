import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as z from 'zod'
import type { Answer, Call } from '../../src/github/client.js'
import { waitAskedFor } from '../../src/github/client/failure.js'
import { clientOf, recordingLog, REPOSITORY } from './helpers.js'
import { startGitHub, type FakeGitHub, type Fault } from './server.js'

let server: FakeGitHub

beforeEach(async () => {
  server = await startGitHub()
})

afterEach(() => server.stop())

const LIST = /GET .*\/comments/
const POST = /POST .*\/comments/

const listComments = {
  purpose: 'list the comments of pull request 7',
  permission: 'pull-requests: write',
  route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
  parameters: { ...REPOSITORY, issue_number: 7 },
  schema: z.array(z.object({ body: z.string() }))
} satisfies Call<unknown>

const comment = {
  ...listComments,
  purpose: 'comment on pull request 7',
  route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
  parameters: { ...REPOSITORY, issue_number: 7, body: 'hello' },
  schema: z.object({ id: z.int() })
} satisfies Call<unknown>

function failureOf<T>(answer: Answer<T>) {
  if (answer.ok) throw new Error('it should have failed')
  return answer.failure
}

function fill(count: number): void {
  for (let id = 1; id <= count; id++) {
    server.state.comments.push({ id, number: 7, body: `comment ${id}`, user: null, html_url: '' })
  }
}

describe('a call that cannot succeed', () => {
  const cases: [status: number, kind: string, words: RegExp][] = [
    [401, 'unauthorized', /expired/],
    [403, 'denied', /pull-requests: write/],
    [404, 'not-found', /cannot see it/],
    [409, 'conflict', /409/],
    [410, 'gone', /410/],
    [422, 'invalid', /422/]
  ]
  it.each(cases)('is a value of its kind after one attempt: %d', async (status, kind, words) => {
    server.fail(LIST, { kind: 'status', status, message: 'no' }, Infinity)
    const failure = failureOf(await clientOf(server).request(listComments))
    expect(failure).toMatchObject({ kind, status, maybeDone: false })
    expect(failure.message).toMatch(words)
    expect(failure.message).toMatch(/^could not list the comments of pull request 7: /)
    expect(server.calls(LIST)).toHaveLength(1)
  })

  it('says that a token of a fork may only read', async () => {
    server.state.readOnly = true
    const failure = failureOf(await clientOf(server).request(comment))
    expect(failure.message).toBe(
      'could not comment on pull request 7: 403 Resource not accessible by integration; the token may not do that ' +
        '(the job needs `pull-requests: write`); on pull requests from forks it is read-only'
    )
  })

  it('takes a wrong token for a refusal, not for an empty answer', async () => {
    const failure = failureOf(await clientOf(server, { token: 'wrong' }).request(listComments))
    expect(failure.kind).toBe('unauthorized')
  })

  it('takes a whole answer of another shape for a failure', async () => {
    server.fail(LIST, { kind: 'body', body: { login: 'a proxy' } })
    expect(failureOf(await clientOf(server).request(listComments)).kind).toBe('malformed')
    server.fail(LIST, { kind: 'body', body: Buffer.from('<html>'), headers: { 'content-type': 'text/html' } })
    expect(failureOf(await clientOf(server).request(listComments)).kind).toBe('malformed')
  })

  it('says where nobody listens', async () => {
    const client = clientOf(server)
    await server.stop()
    const failure = failureOf(await client.request(listComments))
    expect(failure).toMatchObject({ kind: 'network', maybeDone: false })
    expect(failure.message).toMatch(/HTTPS_PROXY/)
  })
})

/** Short only where an answer is never going to come: this machine may be slow. */
function patience({ kind }: Fault) {
  return { timeoutMs: kind === 'silence' ? 500 : 10_000 }
}

describe('a passing failure', () => {
  const faults: [name: string, fault: Fault][] = [
    ['500', { kind: 'status', status: 500 }],
    ['502', { kind: 'status', status: 502 }],
    ['503', { kind: 'status', status: 503 }],
    ['429', { kind: 'status', status: 429, headers: { 'retry-after': '0' } }],
    ['a secondary limit', { kind: 'status', status: 403, message: 'You have exceeded a secondary rate limit.' }],
    ['a body sent by half', { kind: 'half' }],
    ['a reset connection', { kind: 'reset' }],
    ['no answer in time', { kind: 'silence' }]
  ]
  it.each(faults)('is repeated until it passes: %s', async (_, fault) => {
    fill(1)
    server.fail(LIST, fault, 2)
    const answer = await clientOf(server, patience(fault)).request(listComments)
    expect(answer).toEqual({ ok: true, data: [{ body: 'comment 1' }] })
    expect(server.calls(LIST)).toHaveLength(3)
  })

  it.each(faults)('is given up after four attempts: %s', async (_, fault) => {
    server.fail(LIST, fault, Infinity)
    expect((await clientOf(server, patience(fault)).request(listComments)).ok).toBe(false)
    expect(server.calls(LIST)).toHaveLength(4)
  })

  it('costs the calls after it one attempt each, until one succeeds', async () => {
    const client = clientOf(server)
    server.fail(LIST, { kind: 'status', status: 503 }, Infinity)
    await client.request(listComments)
    await client.request(listComments)
    expect(server.calls(LIST)).toHaveLength(5)
    server.heal()
    await client.request(listComments)
    server.fail(LIST, { kind: 'status', status: 503 })
    expect((await client.request(listComments)).ok).toBe(true)
    expect(server.calls(LIST)).toHaveLength(8)
  })

  it('waits as long as GitHub asks', async () => {
    server.fail(LIST, { kind: 'status', status: 429, headers: { 'retry-after': '1' } })
    const start = performance.now()
    expect((await clientOf(server).request(listComments)).ok).toBe(true)
    expect(performance.now() - start).toBeGreaterThanOrEqual(990)
  })

  it('does not wait longer than the bound, and says what GitHub asks for', async () => {
    server.fail(LIST, { kind: 'status', status: 429, headers: { 'retry-after': '3600' } })
    const failure = failureOf(await clientOf(server).request(listComments))
    expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterMs: 3_600_000 })
    expect(failure.message).toMatch(/wait for 3600 s/)
    expect(server.calls(LIST)).toHaveLength(1)
  })

  it('does not wait longer than the bound in all', async () => {
    server.fail(LIST, { kind: 'status', status: 429 }, Infinity)
    await clientOf(server, { limitDelayMs: 100, maxWaitMs: 250 }).request(listComments)
    expect(server.calls(LIST)).toHaveLength(3)
  })

  it('of a POST is repeated only where nothing can have happened', async () => {
    server.fail(POST, { kind: 'status', status: 429, headers: { 'retry-after': '0' } })
    expect((await clientOf(server).request(comment)).ok).toBe(true)
    expect(server.calls(POST)).toHaveLength(2)

    for (const fault of [{ kind: 'half' }, { kind: 'silence' }, { kind: 'status', status: 502 }] as const) {
      const before = server.calls(POST).length
      server.fail(POST, fault)
      const failure = failureOf(await clientOf(server, patience(fault)).request(comment))
      expect(failure.maybeDone).toBe(true)
      expect(server.calls(POST).length - before).toBe(1)
    }
  })
})

describe('the wait that an answer asks for', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  it('is read from seconds, a date, or the end of the primary limit', () => {
    expect(waitAskedFor({ 'retry-after': '7' }, now)).toBe(7_000)
    expect(waitAskedFor({ 'retry-after': 'Fri, 20 Nov 2026 12:00:30 GMT' }, now)).toBe(30_000)
    const reset = String(now / 1000 + 90)
    expect(waitAskedFor({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }, now)).toBe(90_000)
    expect(waitAskedFor({ 'x-ratelimit-remaining': '4', 'x-ratelimit-reset': reset }, now)).toBeUndefined()
    expect(waitAskedFor({ 'retry-after': 'soon' }, now)).toBeUndefined()
  })
})

describe('a list', () => {
  const all = { ...listComments, schema: z.object({ body: z.string() }), maxPages: 10 }

  it('is read to its end', async () => {
    fill(250)
    const answer = await clientOf(server).list(all)
    expect(answer.ok && answer.data.items.length).toBe(250)
    expect(answer.ok && answer.data.complete).toBe(true)
    expect(server.calls(LIST).map(({ query }) => query.get('page'))).toEqual(['1', '2', '3'])
  })

  it('ends where it is told to, and says that it is not complete', async () => {
    fill(250)
    expect(await clientOf(server).list({ ...all, maxPages: 2 })).toMatchObject({ data: { complete: false } })
    await clientOf(server).list({ ...all, until: ({ body }) => body === 'comment 3' })
    expect(server.calls(LIST)).toHaveLength(3)
  })

  it('is a failure as a whole where one page fails', async () => {
    fill(150)
    server.fail(LIST, { kind: 'status', status: 200 })
    expect((await clientOf(server).list(all)).ok).toBe(false)
    server.fail(LIST, { kind: 'status', status: 409 })
    expect((await clientOf(server).list(all)).ok).toBe(false)
  })
})

describe('GraphQL', () => {
  const schema = z.object({ viewer: z.object({ login: z.string() }) })
  const query = { purpose: 'ask', query: 'query { viewer { login } }', schema }

  it('is found from the API address, on GitHub Enterprise Server too', async () => {
    expect(await clientOf(server).query(query)).toMatchObject({ ok: true })
    await clientOf(server, { apiUrl: `${server.apiUrl}/api/v3/` }).query(query)
    expect(server.calls(/graphql/).map(({ path }) => path)).toEqual(['/graphql', '/api/graphql'])
  })

  it('answers 200 for a failure', async () => {
    const errors = [{ type: 'FORBIDDEN', message: 'Resource not accessible by integration' }]
    server.fail(/graphql/, { kind: 'body', body: { data: null, errors } })
    expect(failureOf(await clientOf(server).query(query)).kind).toBe('denied')
  })
})

describe('a proxy', () => {
  let proxy: Server
  const saved = { ...process.env }

  beforeEach(async () => {
    proxy = createServer((_, response) => response.writeHead(418).end())
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  })

  afterEach(() => {
    process.env = saved
    proxy.closeAllConnections()
    proxy.close()
  })

  it('is used, and left out for the hosts of NO_PROXY', async () => {
    const tunnels: (string | undefined)[] = []
    proxy.on('connect', ({ url }, socket) => {
      tunnels.push(url)
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    })
    const { port } = proxy.address() as AddressInfo
    process.env = { ...saved, http_proxy: `http://127.0.0.1:${port}`, no_proxy: '' }
    const elsewhere = { apiUrl: 'http://github.invalid', attempts: 1 }
    expect((await clientOf(server, elsewhere).request(listComments)).ok).toBe(false)
    expect(tunnels).toEqual(['github.invalid:80'])
    process.env.no_proxy = '.invalid'
    expect((await clientOf(server, elsewhere).request(listComments)).ok).toBe(false)
    expect((await clientOf(server).request(listComments)).ok).toBe(true)
    expect(tunnels).toHaveLength(1)
  })
})

it('keeps the token out of its messages and its log', async () => {
  const log = recordingLog()
  server.fail(LIST, { kind: 'status', status: 500, message: 'oops' }, Infinity)
  const answer = await clientOf(server, { log }).request(listComments)
  expect(log.lines.length).toBeGreaterThan(0)
  expect(JSON.stringify([answer, log.lines])).not.toContain(server.token)
})
