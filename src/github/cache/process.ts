import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createChildOutput } from '../child-output.js'
import type { CacheReply, CacheRequest } from './protocol.js'

export interface CacheProcess {
  readonly env: NodeJS.ProcessEnv
  /** Empty but for what is saved; everything is unpacked here. */
  readonly folder: string
  /** The library leaves its archives behind; here they go with the folder. */
  readonly scratch: string
  readonly timeoutMs: number
  /** The script that is started; the one beside this file in the bundle where it is left out. */
  readonly script?: string
}

export interface CacheConversation {
  readonly reply: CacheReply
  /** What the library printed, oldest first: the only place where it tells why something failed. */
  readonly said: readonly string[]
}

/** Has the Actions cache asked in a process of its own, which does not outlive the time limit. Never throws. */
export async function askCache(request: CacheRequest, options: CacheProcess): Promise<CacheConversation> {
  const { env, folder, scratch, timeoutMs } = options
  const script = options.script ?? fileURLToPath(new URL('./cache-worker.js', import.meta.url))
  const worker = fork(script, [], {
    cwd: folder,
    // Paths in an archive are relative to the workspace; a folder of our own makes them the same on every runner.
    env: { ...env, GITHUB_WORKSPACE: folder, RUNNER_TEMP: scratch },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own, so that tar ends with it.
    detached: process.platform !== 'win32'
  })
  const said: string[] = []
  for (const stream of [worker.stdout!, worker.stderr!]) {
    const output = createChildOutput((line) => said.push(withoutSignatures(readable(line))))
    stream.on('data', (chunk: Buffer) => output.push(chunk)).on('end', () => output.end())
  }
  const reply = await Promise.race([answerOf(worker, request), timeLimit(worker, timeoutMs)])
  return { reply, said }
}

function answerOf(worker: ChildProcess, request: CacheRequest): Promise<CacheReply> {
  return new Promise((resolve) => {
    let reply: CacheReply | undefined
    worker.on('message', (message) => (reply = message as CacheReply))
    worker.on('error', (error) => resolve({ kind: 'error', reason: error.message }))
    // `close` follows the end of its output, which explains the reply.
    worker.on('close', (code, signal) =>
      resolve(reply ?? { kind: 'error', reason: `the cache process ended without an answer (${signal ?? code})` })
    )
    worker.send(request, (error) => {
      if (error !== null) resolve({ kind: 'error', reason: error.message })
    })
  })
}

function timeLimit(worker: ChildProcess, timeoutMs: number): Promise<CacheReply> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      kill(worker)
      resolve({ kind: 'error', reason: `no answer from the Actions cache within ${timeoutMs / 1000} s` })
    }, timeoutMs)
    worker.once('close', () => clearTimeout(timer))
    worker.once('error', () => clearTimeout(timer))
  })
}

function kill(worker: ChildProcess): void {
  try {
    if (process.platform === 'win32' || worker.pid === undefined) worker.kill('SIGKILL')
    else process.kill(-worker.pid, 'SIGKILL')
  } catch {
    // It ended by itself a moment ago.
  }
}

/** A workflow command of the library as text: `::warning::...`, defused by now to `| ::warning::...`. */
function readable(line: string): string {
  const text = line.trimEnd().replace(/^\| ::(?:warning|error|debug)[^:]*::/, '')
  return text.replace(/%0D/g, '\r').replace(/%0A/g, '\n').replace(/%25/g, '%')
}

/** A signed address is a key to the entry; the library prints some while it debugs. */
function withoutSignatures(line: string): string {
  return line.startsWith('| ::add-mask') ? '' : line.replace(/([?&]sig=)[^&\s"']+/gi, '$1***')
}
