import { Octokit } from '@octokit/core'
import * as z from 'zod'
import { classify, explainFailure, type ServiceFailure } from './client/failure.js'
import { withRetries } from './client/retry.js'
import { createTransport } from './client/transport.js'
import { limits } from './limits.js'
import type { Logger } from './log.js'

export type { FailureKind, ServiceFailure } from './client/failure.js'

export type Answer<T> =
  { readonly ok: true; readonly data: T } | { readonly ok: false; readonly failure: ServiceFailure }

/** What a call is for, so that its failure can be told in words. */
export interface Purpose {
  /** Completes "could not ...": `list the comments of pull request 12`. */
  readonly purpose: string
  /** The permission of the workflow that it needs: `pull-requests: write`. */
  readonly permission?: string
}

export interface Call<T> extends Purpose {
  /** As in GitHub's documentation: `GET /repos/{owner}/{repo}/issues/{issue_number}/comments`. */
  readonly route: string
  readonly parameters?: Readonly<Record<string, unknown>>
  /** What the answer must look like. */
  readonly schema: z.ZodType<T>
  /** Whether a second call does no harm where the answer to the first got lost; by default, unless it is a POST. */
  readonly repeatable?: boolean
}

/** All pages of a list; `schema` is that of one item. */
export interface ListCall<T> extends Call<T> {
  /** The property that holds the items, where the answer is an object. */
  readonly within?: string
  readonly maxPages: number
  /** An item that makes further pages needless. */
  readonly until?: (item: T) => boolean
}

export interface Query<T> extends Purpose {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly schema: z.ZodType<T>
}

export interface Listing<T> {
  readonly items: readonly T[]
  /** False where `maxPages` ended the list. */
  readonly complete: boolean
}

/** GitHub's API. Nothing here throws: a failure is a value that says what kind it is. */
export interface GitHubClient {
  request<T>(call: Call<T>): Promise<Answer<T>>
  list<T>(call: ListCall<T>): Promise<Answer<Listing<T>>>
  /** A GraphQL query (no mutation: queries are repeated after a lost answer). */
  query<T>(query: Query<T>): Promise<Answer<T>>
  /** A binary answer, redirects followed without the token. */
  download(call: Omit<Call<unknown>, 'schema'> & { maxBytes: number }): Promise<Answer<Uint8Array>>
}

export interface ClientOptions {
  readonly token: string
  /** `GITHUB_API_URL`; the GraphQL address follows from it, on GitHub Enterprise Server too. */
  readonly apiUrl: string
  readonly userAgent: string
  readonly log: Logger
  /** For one attempt, the body included. */
  readonly timeoutMs?: number
  readonly attempts?: number
  readonly baseDelayMs?: number
  readonly limitDelayMs?: number
  readonly maxWaitMs?: number
}

export function createClient(options: ClientOptions): GitHubClient {
  const { log } = options
  const policy = {
    attempts: options.attempts ?? limits.request.attempts,
    baseDelayMs: options.baseDelayMs ?? limits.request.baseDelayMs,
    limitDelayMs: options.limitDelayMs ?? limits.request.limitDelayMs,
    maxWaitMs: options.maxWaitMs ?? limits.request.maxWaitMs
  }
  const fetchUpTo = createTransport(options.timeoutMs ?? limits.request.timeoutMs)
  const octokit = new Octokit({
    ...(options.token !== '' && { auth: options.token }),
    baseUrl: options.apiUrl.replace(/\/+$/, ''),
    userAgent: options.userAgent,
    request: { fetch: fetchUpTo(limits.request.maxAnswerBytes) },
    log: { debug: () => undefined, info: () => undefined, warn: (text) => log.debug(text), error: () => undefined }
  })

  // After a call that no repetition could save, the next ones get one attempt: a job must not wait minutes for each.
  let down = false
  octokit.hook.wrap('request', async (request, call) => {
    const { repeatable = call.method !== 'POST' || call.url.endsWith('/graphql') } = (call.request ?? {}) as {
      repeatable?: boolean
    }
    try {
      const answer = await withRetries(async () => request(call), {
        repeatable,
        policy: down ? { ...policy, attempts: 1 } : policy,
        log
      })
      down = false
      return answer
    } catch (error) {
      const { kind } = classify(error)
      down = kind === 'unavailable' || kind === 'timeout' || kind === 'network'
      throw error
    }
  })

  async function answering<T>({ purpose, permission }: Purpose, ask: () => Promise<T>): Promise<Answer<T>> {
    try {
      return { ok: true, data: await ask() }
    } catch (error) {
      return { ok: false, failure: explainFailure(classify(error), purpose, permission) }
    }
  }

  return {
    request: (call) =>
      answering(call, async () => {
        const request = call.repeatable === undefined ? {} : { repeatable: call.repeatable }
        const answer = await octokit.request(call.route, { ...call.parameters, request })
        return expected(answer.data, call.schema)
      }),

    list: (call) =>
      answering(call, async () => {
        const { route, parameters, within, until, maxPages } = call
        const page = z.array(call.schema)
        const schema = within === undefined ? page : z.object({ [within]: page }).transform((data) => data[within])
        const items = []
        for (let number = 1; number <= maxPages; number++) {
          const place = { per_page: limits.request.pageSize, page: number }
          const answer = await octokit.request(route, { ...parameters, ...place })
          const found = expected(answer.data, schema)
          items.push(...found)
          const ended = !/rel="next"/.test(answer.headers.link ?? '')
          if (ended || (until !== undefined && found.some(until))) return { items, complete: true }
        }
        return { items, complete: false }
      }),

    query: (call) =>
      answering(call, async () =>
        expected(await octokit.graphql<unknown>(call.query, { ...call.variables }), call.schema)
      ),

    download: (call) =>
      answering(call, async () => {
        const request = { fetch: fetchUpTo(call.maxBytes) }
        const answer = await octokit.request(call.route, { ...call.parameters, request })
        return expected(
          answer.data,
          z.instanceof(ArrayBuffer).transform((buffer) => new Uint8Array(buffer))
        )
      })
  }
}

/** An answer of another shape (a proxy's page, half a document) is a failure of the service, not a value. */
function expected<T>(data: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]
  throw new Error(`the answer is not what GitHub documents (${path.join('.') || 'as a whole'}: ${message})`)
}
