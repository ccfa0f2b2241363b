import { CacheService, type FakeCache } from './server/cache-service.js'
import { FaultyServer, type Fault, type RecordedRequest, type Reply } from './server/http.js'
import { initialState, restRoutes, type FakeState } from './server/rest.js'

export type { FakeCache, FakeCacheEntry } from './server/cache-service.js'
export type { Fault, RecordedRequest } from './server/http.js'
export type { FakeArtifact, FakeCheck, FakeComment, FakePull, FakeState, FakeUser } from './server/rest.js'

/** A GitHub on this machine: REST, GraphQL's viewer, artifact storage and the cache service v2, on two ports. */
export interface FakeGitHub {
  /** `GITHUB_API_URL` */
  readonly apiUrl: string
  readonly token: string
  readonly state: FakeState
  readonly cache: FakeCache
  readonly requests: readonly RecordedRequest[]
  /** Requests to `METHOD /path`, in order; `/graphql` and `/twirp/...` are paths too. */
  calls(call: RegExp): RecordedRequest[]
  /** Has the next `times` requests to `METHOD /path` fail. */
  fail(call: RegExp, fault: Fault, times?: number): void
  /** Takes back the planned faults. */
  heal(): void
  /** What the runner would set for a step, but for the event and the files of commands. */
  env(): NodeJS.ProcessEnv
  stop(): Promise<void>
}

const TOKEN = 'ghs_token-of-the-job'
const RUNTIME_TOKEN = 'runtime-token-of-the-job'

export async function startGitHub(): Promise<FakeGitHub> {
  const server = new FaultyServer()
  const state = initialState()
  let [apiUrl, blobUrl] = ['', '']
  const cacheService = new CacheService(RUNTIME_TOKEN, () => blobUrl)
  const routes = restRoutes(
    state,
    () => apiUrl,
    () => blobUrl
  )

  const api = (request: RecordedRequest): Reply => {
    const cached = cacheService.api(request)
    if (cached !== undefined) return cached
    const authorization = request.headers.authorization ?? ''
    if (!authorization.endsWith(` ${TOKEN}`)) return { status: 401, body: { message: 'Bad credentials' } }
    for (const [method, path, answer] of routes) {
      const match = method === request.method ? path.exec(request.path) : null
      if (match !== null) return answer(request, match.slice(1))
    }
    return { status: 404, body: { message: 'Not Found' } }
  }

  const blob = (request: RecordedRequest): Reply => {
    // A storage refuses a signed address that comes with a token as well.
    if (request.headers.authorization !== undefined)
      return { status: 400, body: Buffer.from('InvalidAuthenticationInfo') }
    const [, kind, id] = request.path.split('/')
    const artifact = kind === 'artifacts' ? state.artifacts.find((one) => String(one.id) === id) : undefined
    if (artifact !== undefined) {
      return { status: 200, body: artifact.zip, headers: { 'content-type': 'application/zip' } }
    }
    return cacheService.blob(request) ?? { status: 404, body: Buffer.from('BlobNotFound') }
  }

  apiUrl = await server.listen('api', api)
  blobUrl = await server.listen('blob', blob)
  return {
    apiUrl,
    token: TOKEN,
    state,
    cache: cacheService.cache,
    requests: server.requests,
    calls: (call) => server.calls(call),
    fail: (call, fault, times) => server.fail(call, fault, times),
    heal: () => server.heal(),
    env: () => ({
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: apiUrl,
      GITHUB_GRAPHQL_URL: `${apiUrl}/graphql`,
      // Another host would be a GitHub Enterprise Server, which has the older cache service.
      GITHUB_SERVER_URL: 'https://github.com',
      ACTIONS_RESULTS_URL: `${apiUrl}/`,
      ACTIONS_RUNTIME_TOKEN: RUNTIME_TOKEN,
      ACTIONS_CACHE_SERVICE_V2: 'True'
    }),
    stop: () => server.close()
  }
}
