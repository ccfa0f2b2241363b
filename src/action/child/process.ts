import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { createChildOutput, type Write } from '../../github/index.js'

export interface ChildOptions {
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** undefined: none. */
  readonly timeoutMs?: number | undefined
  /** Ends the child, with the signal that is the reason of the abort. */
  readonly signal: AbortSignal
  /** Gets both outputs line by line; no line of them is a workflow command. */
  readonly write: Write
  /** Time between asking the child to end and ending it. */
  readonly graceMs?: number
}

export type ChildEnd =
  | { readonly kind: 'exit'; readonly code: number }
  /** Killed by the system: a crash of native code. */
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'not-started'; readonly reason: string }

export interface ChildResult {
  readonly end: ChildEnd
  /** The last lines that it printed, on either stream. */
  readonly log: readonly string[]
}

/** Lines that are kept for a report. */
const KEPT_LINES = 60
/** The runner gives a cancelled step 7.5 s before it gets rougher. */
const GRACE_MS = 5_000
/** Something that the child has started may hold its pipes open after its end. */
const DRAIN_MS = 3_000

/** Runs a script of ours in another Node.js and waits for its end. Never throws. */
export function runChild(options: ChildOptions): Promise<ChildResult> {
  const { args, cwd, env, signal, timeoutMs, graceMs = GRACE_MS } = options
  const log: string[] = []
  const child = spawn(process.execPath, [...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    // A group of its own, so that it ends with all that it has started.
    detached: process.platform !== 'win32'
  })
  for (const stream of [child.stdout, child.stderr]) {
    const output = createChildOutput((line) => {
      log.push(line.replace(/\n$/, ''))
      if (log.length > KEPT_LINES) log.shift()
      options.write(line)
    })
    stream.on('data', (chunk: Buffer) => output.push(chunk)).on('close', () => output.end())
  }
  return new Promise((resolve) => {
    let reason: 'timeout' | 'cancelled' | undefined
    const timers: NodeJS.Timeout[] = []
    const stop = (why: 'timeout' | 'cancelled', name: NodeJS.Signals): void => {
      reason ??= why
      kill(child, name)
      timers.push(setTimeout(() => kill(child, 'SIGKILL'), graceMs))
    }
    const abort = (): void => stop('cancelled', signal.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT')
    if (timeoutMs !== undefined) timers.push(setTimeout(() => stop('timeout', 'SIGTERM'), timeoutMs))
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    const finish = (end: ChildEnd): void => {
      timers.forEach(clearTimeout)
      signal.removeEventListener('abort', abort)
      resolve({ end, log })
    }
    child.on('error', ({ message }) => finish({ kind: 'not-started', reason: message }))
    child.on('exit', () => {
      timers.push(setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream.destroy()), DRAIN_MS))
    })
    child.on('close', (code, name) => finish(reason === undefined ? endOf(code, name) : { kind: reason }))
  })
}

function endOf(code: number | null, signal: NodeJS.Signals | null): ChildEnd {
  return signal === null ? { kind: 'exit', code: code ?? -1 } : { kind: 'signal', signal }
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  // Windows knows no signals, and ends a process without its children.
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(child.pid), '/T', '/F'], () => undefined)
    return
  }
  try {
    process.kill(-child.pid, signal)
  } catch {
    // It ended by itself a moment ago.
  }
}
