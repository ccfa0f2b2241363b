import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RecordedRequest {
  /** `api`, or `blob` for the storage that downloads are redirected to. */
  readonly host: 'api' | 'blob'
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON unless it is a buffer. */
  readonly body?: unknown
}

/** What goes wrong with a call. `carriedOut`: the server has done its part, only the answer does not arrive. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly message?: string; readonly headers?: Reply['headers'] }
  | { readonly kind: 'silence'; readonly carriedOut?: boolean }
  | { readonly kind: 'half'; readonly carriedOut?: boolean }
  | { readonly kind: 'reset'; readonly carriedOut?: boolean }
  /** A whole answer, and not the one that was asked for. */
  | { readonly kind: 'body'; readonly body: unknown; readonly headers?: Reply['headers'] }

export type Handler = (request: RecordedRequest) => Reply

interface Planned {
  readonly call: RegExp
  readonly fault: Fault
  times: number
}

/** An HTTP server that records what it is asked and fails as it is told to. */
export class FaultyServer {
  readonly requests: RecordedRequest[] = []
  private readonly planned: Planned[] = []
  private readonly servers: Server[] = []

  /**
   * @param call matched against `METHOD /path`
   * @param times how often; Infinity for always
   */
  fail(call: RegExp, fault: Fault, times = 1): void {
    this.planned.push({ call, fault, times })
  }

  /** Takes back all planned faults. */
  heal(): void {
    this.planned.length = 0
  }

  /** The requests to `METHOD /path`, in order. */
  calls(call: RegExp): RecordedRequest[] {
    return this.requests.filter(({ method, path }) => call.test(`${method} ${path}`))
  }

  async listen(host: RecordedRequest['host'], handle: Handler): Promise<string> {
    const server = createServer((incoming, response) => {
      read(incoming, host)
        .then((request) => this.answer(request, handle, response))
        .catch(() => response.destroy())
    })
    this.servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }

  private answer(request: RecordedRequest, handle: Handler, response: ServerResponse): void {
    this.requests.push(request)
    const line = `${request.method} ${request.path}`
    const plan = this.planned.find(({ call, times }) => times > 0 && call.test(line))
    if (plan === undefined) return send(response, handle(request))
    plan.times--
    const { fault } = plan
    switch (fault.kind) {
      case 'status':
        return send(response, {
          status: fault.status,
          body: { message: fault.message ?? `planned ${fault.status}` },
          ...(fault.headers !== undefined && { headers: fault.headers })
        })
      case 'body':
        return send(response, { status: 200, body: fault.body, ...(fault.headers && { headers: fault.headers }) })
      case 'silence':
        if (fault.carriedOut === true) handle(request)
        return
      case 'reset':
        if (fault.carriedOut === true) handle(request)
        response.destroy()
        return
      case 'half':
        return sendHalf(response, fault.carriedOut === false ? { status: 200, body: {} } : handle(request))
    }
  }
}

async function read(incoming: IncomingMessage, host: RecordedRequest['host']): Promise<RecordedRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://host')
  const { method = 'GET', headers } = incoming
  return { host, method, path: decodeURI(pathname), query: searchParams, headers, body: Buffer.concat(chunks) }
}

function encode({ body, headers = {} }: Reply): { content: Buffer; headers: Record<string, string> } {
  if (body === undefined) return { content: Buffer.alloc(0), headers }
  if (Buffer.isBuffer(body))
    return { content: body, headers: { 'content-type': 'application/octet-stream', ...headers } }
  const type = { 'content-type': 'application/json; charset=utf-8' }
  return { content: Buffer.from(JSON.stringify(body)), headers: { ...type, ...headers } }
}

function send(response: ServerResponse, reply: Reply): void {
  const { content, headers } = encode(reply)
  response.writeHead(reply.status, { ...headers, 'content-length': content.length })
  response.end(response.req.method === 'HEAD' ? undefined : content)
}

function sendHalf(response: ServerResponse, reply: Reply): void {
  const { content, headers } = encode(reply)
  response.writeHead(reply.status, { ...headers, 'content-length': Math.max(2, content.length) })
  response.write(content.subarray(0, Math.ceil(content.length / 2)), () => response.destroy())
}
