import { messageOf } from '../../errors.js'
import { TransportError } from './transport.js'

export type FailureKind =
  /** 401: the token is wrong or has expired. */
  | 'unauthorized'
  /** 403: a read-only token, a missing permission, a locked conversation. */
  | 'denied'
  | 'not-found'
  | 'conflict'
  | 'gone'
  /** 400 and 422: GitHub understood the request and refuses its content. */
  | 'invalid'
  /** 429, or 403 with a rate limit. */
  | 'rate-limited'
  /** 5xx. */
  | 'unavailable'
  | 'timeout'
  /** No connection, or one that broke off. */
  | 'network'
  /** A whole answer that is not what was asked for. */
  | 'malformed'
  | 'too-large'

/** A call to GitHub that did not succeed. Never an exception: failure of the service is not failure of the gate. */
export interface ServiceFailure {
  readonly kind: FailureKind
  readonly status?: number
  /** What GitHub said, or what happened on the way. */
  readonly detail: string
  /** GitHub may have done what was asked, although the answer did not arrive. */
  readonly maybeDone: boolean
  /** How long GitHub asks to wait. */
  readonly retryAfterMs?: number
  /** A sentence for the log: what failed, why, what to do. */
  readonly message: string
}

export type Unexplained = Omit<ServiceFailure, 'message'>

const BY_STATUS: Readonly<Record<number, FailureKind>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'denied',
  404: 'not-found',
  408: 'timeout',
  409: 'conflict',
  410: 'gone',
  422: 'invalid',
  429: 'rate-limited'
}

const BY_GRAPHQL_TYPE: Readonly<Record<string, FailureKind>> = {
  FORBIDDEN: 'denied',
  INSUFFICIENT_SCOPES: 'denied',
  NOT_FOUND: 'not-found',
  RATE_LIMITED: 'rate-limited',
  RATE_LIMIT: 'rate-limited'
}

interface Answered {
  readonly status: number
  readonly message: string
  readonly response: { readonly headers: Readonly<Record<string, unknown>> }
}

/** Sorts whatever Octokit threw. */
export function classify(error: unknown): Unexplained {
  const transport = error instanceof Error && error.cause instanceof TransportError ? error.cause : error
  if (transport instanceof TransportError) return classifyTransport(transport)
  const graphql = graphqlTypeOf(error)
  if (graphql !== undefined) {
    return { kind: BY_GRAPHQL_TYPE[graphql] ?? 'invalid', detail: messageOf(error), maybeDone: false }
  }
  if (isAnswered(error)) return classifyAnswer(error)
  return { kind: 'malformed', detail: messageOf(error), maybeDone: true }
}

function classifyTransport({ reason, message }: TransportError): Unexplained {
  if (reason === 'timeout') return { kind: 'timeout', detail: message, maybeDone: true }
  if (reason === 'too-large') return { kind: 'too-large', detail: message, maybeDone: true }
  return { kind: 'network', detail: message, maybeDone: reason === 'broken' }
}

function classifyAnswer({ status, message, response: { headers } }: Answered): Unexplained {
  const kind = status >= 500 ? 'unavailable' : (BY_STATUS[status] ?? 'invalid')
  const retryAfterMs = waitAskedFor(headers)
  // A secondary limit says so in words only; the docs promise neither the status nor the header.
  const limited = kind === 'denied' && (retryAfterMs !== undefined || /rate limit|abuse detection/i.test(message))
  return {
    kind: limited ? 'rate-limited' : kind,
    status,
    detail: `${status} ${shorten(message)}`.trim(),
    maybeDone: status >= 500 || kind === 'timeout',
    ...(retryAfterMs !== undefined && { retryAfterMs })
  }
}

/** Retry-After in seconds or as a date, or the end of an exhausted primary limit; undefined where nothing is asked. */
export function waitAskedFor(headers: Readonly<Record<string, unknown>>, now = Date.now()): number | undefined {
  const after = text(headers['retry-after'])
  if (after !== undefined) {
    const seconds = /^\d+$/.test(after) ? Number(after) : (Date.parse(after) - now) / 1000
    if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  }
  const reset = text(headers['x-ratelimit-reset'])
  if (text(headers['x-ratelimit-remaining']) !== '0' || reset === undefined || !/^\d+$/.test(reset)) return undefined
  return Math.max(0, Number(reset) * 1000 - now)
}

function text(header: unknown): string | undefined {
  return typeof header === 'string' || typeof header === 'number' ? String(header).trim() : undefined
}

function isAnswered(error: unknown): error is Answered {
  if (typeof error !== 'object' || error === null || !('status' in error) || !('response' in error)) return false
  const { response } = error
  return typeof error.status === 'number' && typeof response === 'object' && response !== null && 'headers' in response
}

function graphqlTypeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'GraphqlResponseError' || !('errors' in error)) return undefined
  const [first] = Array.isArray(error.errors) ? (error.errors as readonly unknown[]) : []
  return typeof first === 'object' && first !== null && 'type' in first ? String(first.type) : ''
}

/** One line; an error page of a proxy may be long. */
function shorten(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}

/** @param purpose completes "could not ..." */
export function explainFailure(failure: Unexplained, purpose: string, permission?: string): ServiceFailure {
  const advice = adviceFor(failure, permission)
  const message = `could not ${purpose}: ${failure.detail}${advice === undefined ? '' : `; ${advice}`}`
  return { ...failure, message }
}

function adviceFor({ kind, retryAfterMs }: Unexplained, permission: string | undefined): string | undefined {
  const needed = permission === undefined ? '' : ` (the job needs \`${permission}\`)`
  switch (kind) {
    case 'unauthorized':
      return 'the token is wrong or has expired'
    case 'denied':
      return `the token may not do that${needed}; on pull requests from forks it is read-only`
    case 'not-found':
      return `it is not there, or the token cannot see it${needed}`
    case 'rate-limited':
      return retryAfterMs === undefined ? undefined : `GitHub asks to wait for ${Math.ceil(retryAfterMs / 1000)} s`
    case 'network':
      return 'check the connection, HTTPS_PROXY and NO_PROXY'
    default:
      return undefined
  }
}
