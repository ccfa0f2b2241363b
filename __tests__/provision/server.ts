import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

export type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void

/** A server on this machine that remembers what it was asked. */
export class TestServer {
  readonly requests: IncomingMessage[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  /** @param answer gets the number of requests so far, from 1. */
  constructor(answer: Answer) {
    this.#server = createServer((request, response) => {
      this.requests.push(request)
      answer(request, response, this.requests.length)
    })
    this.#server.on('connection', (socket) => this.#sockets.add(socket))
  }

  async start(): Promise<this> {
    await new Promise<void>((ready) => this.#server.listen(0, '127.0.0.1', ready))
    return this
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  url(path = ''): URL {
    return new URL(`http://127.0.0.1:${this.port}${path}`)
  }

  get paths(): string[] {
    return this.requests.map(({ url }) => url ?? '')
  }

  /** Acts as a proxy too: every tunnel that is asked for leads to the given port. */
  tunnelTo(port: number): string[] {
    const asked: string[] = []
    this.#server.on('connect', ({ url }, client: Socket) => {
      asked.push(url ?? '')
      this.#sockets.add(client)
      const target = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n')
        target.pipe(client).pipe(target)
      })
    })
    return asked
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((closed) => this.#server.close(closed))
  }
}

/** An npm registry with the given tarballs, by path. */
export function registry(tarballs: ReadonlyMap<string, Buffer>): TestServer {
  return new TestServer(({ url }, response) => {
    const tarball = tarballs.get(decodeURIComponent(url ?? ''))
    if (tarball === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-length': tarball.length }).end(tarball)
  })
}
