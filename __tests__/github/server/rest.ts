import type { RecordedRequest, Reply } from './http.js'

export interface FakeUser {
  login: string
  type: 'Bot' | 'User'
}

export interface FakeComment {
  id: number
  /** Of the issue or pull request. */
  number: number
  body: string
  user: FakeUser | null
  html_url: string
}

export interface FakeCheck {
  id: number
  name: string
  head_sha: string
  conclusion: string
  external_id?: string
  details_url?: string
  html_url: string
  output: { title: string; summary: string; text?: string; annotations: Record<string, unknown>[] }
}

export interface FakePull {
  number: number
  state: 'open' | 'closed'
  head: { sha: string; ref: string; repo: { full_name: string } | null }
  base: { sha: string; ref: string; repo: { full_name: string } }
}

export interface FakeArtifact {
  id: number
  name: string
  zip: Buffer
  expired: boolean
  created_at: string
  digest?: string
  /** Where it differs from the zip's length. */
  size_in_bytes?: number
  workflow_run: { id: number; repository_id: number; head_repository_id: number; head_branch: string; head_sha: string }
}

/** The state of the REST side; tests read and change it as they like. */
export interface FakeState {
  /** Who the token writes as. */
  identity: FakeUser
  /** A token of a pull request from a fork. */
  readOnly: boolean
  /** GraphQL can be closed on a GitHub Enterprise Server. */
  graphql: boolean
  comments: FakeComment[]
  checks: FakeCheck[]
  pulls: FakePull[]
  artifacts: FakeArtifact[]
}

export function initialState(): FakeState {
  return {
    identity: { login: 'github-actions[bot]', type: 'Bot' },
    readOnly: false,
    graphql: true,
    comments: [],
    checks: [],
    pulls: [],
    artifacts: []
  }
}

const NOT_FOUND: Reply = { status: 404, body: { message: 'Not Found' } }
const FORBIDDEN: Reply = { status: 403, body: { message: 'Resource not accessible by integration' } }

type Route = readonly [method: string, path: RegExp, answer: (request: RecordedRequest, ids: string[]) => Reply]

/** The endpoints of api.github.com that are used, with the limits that it enforces. */
export function restRoutes(state: FakeState, apiUrl: () => string, blobUrl: () => string): Route[] {
  let lastId = 1000
  const repository = String.raw`^/repos/([^/]+/[^/]+)`
  const route = (method: string, path: string, answer: Route[2]): Route => [method, new RegExp(`${path}$`), answer]

  return [
    ['POST', /\/graphql$/, () => viewer(state)],
    ['GET', /^\/user$/, () => (state.identity.type === 'Bot' ? FORBIDDEN : { status: 200, body: state.identity })],

    route('GET', `${repository}/issues/(\\d+)/comments`, (request, [, number]) =>
      paged(
        request,
        state.comments.filter((comment) => comment.number === Number(number)),
        apiUrl()
      )
    ),
    route('POST', `${repository}/issues/(\\d+)/comments`, ({ body }, [name, number]) => {
      if (state.readOnly) return FORBIDDEN
      const text = parse<{ body: string }>(body).body
      if (text.length > 65_536) return tooLong('IssueComment', 'Body is too long (maximum is 65536 characters)')
      const id = ++lastId
      const html_url = `https://github.com/${name}/pull/${number}#issuecomment-${id}`
      const comment = { id, number: Number(number), body: text, user: { ...state.identity }, html_url }
      state.comments.push(comment)
      return { status: 201, body: comment }
    }),
    route('PATCH', `${repository}/issues/comments/(\\d+)`, ({ body }, [, id]) => {
      if (state.readOnly) return FORBIDDEN
      const comment = state.comments.find((one) => one.id === Number(id))
      if (comment === undefined) return NOT_FOUND
      comment.body = parse<{ body: string }>(body).body
      return { status: 200, body: comment }
    }),
    route('DELETE', `${repository}/issues/comments/(\\d+)`, (_, [, id]) => {
      if (state.readOnly) return FORBIDDEN
      const index = state.comments.findIndex((one) => one.id === Number(id))
      if (index === -1) return NOT_FOUND
      state.comments.splice(index, 1)
      return { status: 204 }
    }),

    route('POST', `${repository}/check-runs`, ({ body }, [name]) => {
      if (state.readOnly) return FORBIDDEN
      const check = parse<FakeCheck>(body)
      const refused = refuseOutput(check.output)
      if (refused !== undefined) return refused
      const id = ++lastId
      const created = { ...check, id, html_url: `https://github.com/${name}/runs/${id}` }
      state.checks.push(created)
      return { status: 201, body: created }
    }),
    route('PATCH', `${repository}/check-runs/(\\d+)`, ({ body }, [, id]) => {
      const check = state.checks.find((one) => one.id === Number(id))
      if (check === undefined) return NOT_FOUND
      const { output } = parse<Pick<FakeCheck, 'output'>>(body)
      const refused = refuseOutput(output)
      if (refused !== undefined) return refused
      check.output.annotations.push(...output.annotations)
      return { status: 200, body: check }
    }),
    route('GET', `${repository}/commits/([^/]+)/check-runs`, ({ query }, [, ref]) => {
      const check_runs = state.checks.filter(
        ({ head_sha, name }) => head_sha === ref && name === (query.get('check_name') ?? name)
      )
      return { status: 200, body: { total_count: check_runs.length, check_runs } }
    }),

    route('GET', `${repository}/pulls`, (request) => {
      const [owner, ref] = request.query.get('head')?.split(':') ?? []
      const matches = state.pulls.filter(
        ({ state: status, head }) =>
          status === (request.query.get('state') ?? 'open') &&
          (owner === undefined || (head.ref === ref && head.repo?.full_name.startsWith(`${owner}/`) === true))
      )
      return paged(request, matches, apiUrl())
    }),

    route('GET', `${repository}/pulls/(\\d+)`, (_, [, number]) => {
      const pull = state.pulls.find((one) => one.number === Number(number))
      return pull === undefined ? NOT_FOUND : { status: 200, body: pull }
    }),

    route('GET', `${repository}/actions/runs/(\\d+)/artifacts`, (request, [, id]) =>
      artifactList(
        request,
        state.artifacts.filter(({ workflow_run: run }) => run.id === Number(id)),
        apiUrl()
      )
    ),
    route('GET', `${repository}/actions/artifacts`, (request) => artifactList(request, state.artifacts, apiUrl())),
    route('GET', `${repository}/actions/artifacts/(\\d+)/zip`, (_, [, id]) => {
      const artifact = state.artifacts.find((one) => one.id === Number(id))
      if (artifact === undefined) return NOT_FOUND
      if (artifact.expired) return { status: 410, body: { message: 'Artifact has expired' } }
      return { status: 302, headers: { location: `${blobUrl()}/artifacts/${id}?sig=secret-signature` } }
    })
  ]
}

function viewer({ graphql, identity: { login } }: FakeState): Reply {
  if (!graphql) return NOT_FOUND
  return { status: 200, body: { data: { viewer: { login } } } }
}

function artifactList(request: RecordedRequest, artifacts: readonly FakeArtifact[], apiUrl: string): Reply {
  const named = artifacts.filter(({ name }) => name === (request.query.get('name') ?? name)).sort((a, b) => b.id - a.id)
  const described = named.map(({ zip, ...artifact }) => ({ size_in_bytes: zip.length, ...artifact }))
  const { body, ...reply } = paged(request, described, apiUrl)
  return { ...reply, body: { total_count: named.length, artifacts: body } }
}

/** A page with the `Link` header that says whether another follows. */
function paged({ path, query }: RecordedRequest, items: readonly unknown[], apiUrl: string): Reply {
  const size = Math.min(100, Number(query.get('per_page') ?? 30))
  const page = Number(query.get('page') ?? 1)
  const body = items.slice((page - 1) * size, page * size)
  const more = items.length > page * size
  const next = `<${apiUrl}${path}?per_page=${size}&page=${page + 1}>; rel="next"`
  return { status: 200, body, ...(more && { headers: { link: next } }) }
}

function refuseOutput({ annotations = [], summary, text = '' }: FakeCheck['output']): Reply | undefined {
  if (annotations.length > 50) return tooLong('CheckRun', 'No more than 50 annotations are permitted')
  if (Buffer.byteLength(summary) > 65_535 || Buffer.byteLength(text) > 65_535) {
    return tooLong('CheckRun', 'Only 65535 characters are allowed')
  }
  const bad = annotations.find(({ start_line, end_line, start_column }) => start_line !== end_line && start_column)
  return bad === undefined ? undefined : tooLong('CheckRun', 'columns need a single line')
}

function tooLong(resource: string, message: string): Reply {
  return { status: 422, body: { message: 'Validation Failed', errors: [{ resource, code: 'unprocessable', message }] } }
}

function parse<T>(body: Buffer): T {
  return JSON.parse(body.toString()) as T
}
