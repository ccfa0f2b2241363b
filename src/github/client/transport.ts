import { getProxyUrl } from '@actions/http-client/lib/proxy'
import { Agent, Dispatcher, fetch, ProxyAgent, Response, type RequestInit } from 'undici'
import { messageOf } from '../../errors.js'

export type TransportFailure = 'timeout' | 'connect' | 'broken' | 'too-large'

/** No answer, or not a whole one. */
export class TransportError extends Error {
  constructor(
    readonly reason: TransportFailure,
    message: string,
    options?: ErrorOptions
  ) {
    super(message, options)
    this.name = 'TransportError'
  }
}

/** Failures before a byte of the request has left. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * A fetch that answers with a whole body or throws. Octokit by itself takes a body that breaks off for an empty one,
 * and its time limit would end with the headers. Proxy variables are respected.
 *
 * @returns for a number of bytes, a fetch that refuses larger bodies
 */
export function createTransport(timeoutMs: number): (maxBytes: number) => Fetch {
  const dispatcher = new ProxyByOrigin()
  return (maxBytes) => async (url, init) => {
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      const response = await fetch(url, { ...init, dispatcher, signal })
      const body = await readWhole(response, maxBytes)
      const { status, statusText, headers } = response
      return new Response(body.length === 0 ? null : body, { status, statusText, headers })
    } catch (error) {
      throw asTransportError(error, signal.aborted, timeoutMs)
    }
  }
}

/** HTTPS_PROXY and NO_PROXY, asked anew for each host: a download is redirected to another one. */
class ProxyByOrigin extends Dispatcher {
  private readonly direct = new Agent()
  private readonly proxies = new Map<string, ProxyAgent>()

  override dispatch(options: Agent.DispatchOptions, handler: Dispatcher.DispatchHandlers): boolean {
    const proxy = options.origin === undefined ? undefined : getProxyUrl(new URL(options.origin))
    return (proxy === undefined ? this.direct : this.through(proxy.href)).dispatch(options, handler)
  }

  private through(uri: string): ProxyAgent {
    const agent = this.proxies.get(uri) ?? new ProxyAgent(uri)
    this.proxies.set(uri, agent)
    return agent
  }
}

async function readWhole(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > maxBytes) throw new TransportError('too-large', `the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function asTransportError(error: unknown, timedOut: boolean, timeoutMs: number): TransportError {
  if (error instanceof TransportError) return error
  if (timedOut) {
    return new TransportError('timeout', `no complete answer within ${timeoutMs / 1000} s`, { cause: error })
  }
  const cause = causeOf(error)
  const reason = NOT_CONNECTED.has(codeOf(cause)) ? 'connect' : 'broken'
  return new TransportError(reason, messageOf(cause) || codeOf(cause), { cause: error })
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
