import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RuntimeError } from '../../src/errors.js'
import { download, type DownloadOptions } from '../../src/provision/download.js'
import { resolveRegistry, tarballUrl } from '../../src/provision/registry.js'
import { integrity, QUIET } from './packages.js'
import { type Answer, TestServer } from './server.js'

const BODY = Buffer.alloc(200_000, 'precision')
const PROXY_VARIABLES = ['http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY']

let folder: string
let file: string
const servers: TestServer[] = []
const environment = { ...process.env }
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'download-test-'))
  file = join(folder, 'package.tgz')
  for (const name of PROXY_VARIABLES) delete process.env[name]
})
afterEach(async () => {
  for (const name of PROXY_VARIABLES) {
    if (environment[name] === undefined) delete process.env[name]
    else process.env[name] = environment[name]
  }
  await Promise.all(servers.splice(0).map((server) => server.stop()))
  rmSync(folder, { recursive: true, force: true })
})

async function serve(answer: Answer): Promise<TestServer> {
  const server = await new TestServer(answer).start()
  servers.push(server)
  return server
}

const get = (url: URL, options: Partial<DownloadOptions> = {}) =>
  download(url, file, 'package 1.0.0', { ...QUIET, ...options })

const whole: Answer = (_, response) => response.writeHead(200, { 'content-length': BODY.length }).end(BODY)

describe('a download', () => {
  it('writes the file and gives its SHA-512', async () => {
    const server = await serve(whole)
    expect(await get(server.url('/a'))).toBe(integrity(BODY))
    expect(readFileSync(file)).toEqual(BODY)
  })

  it('follows redirects, to a path and to another server', async () => {
    const storage = await serve(whole)
    const server = await serve(({ url }, response) => {
      if (url === '/a') response.writeHead(302, { location: '/b' }).end('moved')
      else response.writeHead(307, { location: storage.url('/c?signature=1').href }).end()
    })
    expect(await get(server.url('/a'))).toBe(integrity(BODY))
    expect([server.paths, storage.paths]).toEqual([['/a', '/b'], ['/c?signature=1']])
  })

  it('gives up on a circle of redirects', async () => {
    const server = await serve((_, response) => response.writeHead(302, { location: '/' }).end())
    await expect(get(server.url('/'))).rejects.toThrow(/redirects more than 5 times/)
  })

  it('sends the credentials of the address to that server and to no other, and prints them nowhere', async () => {
    const storage = await serve((_, response) => response.writeHead(403).end())
    const server = await serve((_, response) => response.writeHead(302, { location: storage.url('/c').href }).end())
    const url = server.url('/a')
    url.username = 'me'
    url.password = 'p%40ss'
    const error: unknown = await get(url).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ hint: expect.stringContaining('credentials') })
    expect(String(error)).not.toMatch(/p%40ss|p@ss/)
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
    expect(storage.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  it('is not tried again where the server does not have it', async () => {
    const server = await serve((_, response) => response.writeHead(404).end())
    await expect(get(server.url('/a'))).rejects.toMatchObject({
      message: `cannot download package 1.0.0 from ${server.url('/a').href}: the server answered 404`,
      exitCode: 3,
      hint: expect.stringContaining('npm_config_registry')
    })
    expect(server.requests).toHaveLength(1)
  })

  it('comes back as late as a busy server asks for', async () => {
    const server = await serve((request, response, count) => {
      if (count === 1) response.writeHead(429, { 'retry-after': '1' }).end()
      else whole(request, response, count)
    })
    const start = performance.now()
    expect(await get(server.url())).toBe(integrity(BODY))
    expect(performance.now() - start).toBeGreaterThan(950)
  })

  it('survives a server that fails for a while', async () => {
    const messages: string[] = []
    const server = await serve((request, response, count) => {
      if (count < 3) response.writeHead(count === 1 ? 500 : 502).end()
      else whole(request, response, count)
    })
    const log = { ...QUIET.log, info: (message: string) => messages.push(message) }
    expect(await get(server.url(), { log })).toBe(integrity(BODY))
    expect(messages).toHaveLength(2)
    expect(messages[0]).toMatch(/the server answered 500; trying again in \d+\.\d s/)
  })

  it('ends after five attempts', async () => {
    const server = await serve((_, response) => response.writeHead(503).end())
    await expect(get(server.url('/a'))).rejects.toMatchObject({
      message: expect.stringMatching(/the server answered 503 \(5 attempts\)$/),
      hint: expect.stringMatching(/HTTPS_PROXY.*--registry.*--offline/)
    })
    expect(server.requests).toHaveLength(5)
  })

  it('starts anew where the connection is lost in the middle', async () => {
    const server = await serve((request, response, count) => {
      if (count > 1) return whole(request, response, count)
      response.writeHead(200, { 'content-length': BODY.length })
      response.write(BODY.subarray(0, 1000), () => response.destroy())
    })
    expect(await get(server.url())).toBe(integrity(BODY))
    expect(readFileSync(file)).toEqual(BODY)
    expect(server.requests).toHaveLength(2)
  })

  it('starts anew where nothing comes any more', async () => {
    const server = await serve((request, response, count) => {
      if (count > 1) return whole(request, response, count)
      response.writeHead(200, { 'content-length': BODY.length })
      response.write(BODY.subarray(0, 1000))
    })
    expect(await get(server.url(), { idleTimeoutMs: 200 })).toBe(integrity(BODY))
    expect(server.requests).toHaveLength(2)
  })

  it('names the address and the reason where there is no server', async () => {
    const server = await serve(whole)
    const url = server.url('/a')
    await Promise.all(servers.splice(0).map((each) => each.stop()))
    await expect(get(url, { attempts: 2 })).rejects.toThrow(
      new RegExp(`^cannot download package 1.0.0 from ${url.href}: .*ECONNREFUSED.*\\(2 attempts\\)$`)
    )
  })

  it('stops when it is told to', async () => {
    const controller = new AbortController()
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': BODY.length })
      response.write(BODY.subarray(0, 1000), () => controller.abort(new Error('enough')))
    })
    await expect(get(server.url(), { signal: controller.signal })).rejects.toThrow('enough')
    expect(server.requests).toHaveLength(1)
  })
})

// The client never asks a proxy for addresses of this machine; this one leads nowhere else.
const ELSEWHERE = new URL('http://registry.invalid/npm/a.tgz')

describe('a proxy', () => {
  it('is asked where the environment names one', async () => {
    const server = await serve(whole)
    const proxy = await serve((_, response) => response.writeHead(500).end())
    const tunnels = proxy.tunnelTo(server.port)
    process.env.http_proxy = proxy.url().href
    expect(await get(ELSEWHERE)).toBe(integrity(BODY))
    expect(tunnels).toEqual(['registry.invalid:80'])
    expect(server.requests[0]?.headers.host).toMatch(/^registry\.invalid/)
  })

  it('is left alone for the hosts of NO_PROXY', async () => {
    const proxy = await serve(whole)
    const tunnels = proxy.tunnelTo(proxy.port)
    process.env.http_proxy = proxy.url().href
    process.env.no_proxy = 'example.org,.invalid'
    await expect(get(ELSEWHERE, { attempts: 1 })).rejects.toThrow(RuntimeError)
    expect(tunnels).toEqual([])
  })
})

describe('the registry', () => {
  it('is the given one, that of npm, or the public one', () => {
    const env = { npm_config_registry: 'https://mirror.example/npm/' }
    expect(resolveRegistry('http://127.0.0.1:4873', env).href).toBe('http://127.0.0.1:4873/')
    expect(resolveRegistry(undefined, env).href).toBe('https://mirror.example/npm/')
    expect(resolveRegistry(undefined, {}).protocol).toBe('https:')
    expect(resolveRegistry('', {}).protocol).toBe('https:')
  })

  it.each(['mirror.example', 'ftp://mirror.example', 'file:///etc'])('cannot be %s', (address) => {
    expect(() => resolveRegistry(address, {})).toThrow(/is no http or https address/)
  })

  it.each([
    ['https://r.example', 'sharp', 'https://r.example/sharp/-/sharp-1.0.0.tgz'],
    ['https://r.example/npm/', '@img/colour', 'https://r.example/npm/@img/colour/-/colour-1.0.0.tgz']
  ])('%s has %s at %s', (address, name, expected) => {
    expect(tarballUrl(new URL(address), { name, version: '1.0.0', integrity: '' }).href).toBe(expected)
  })
})
