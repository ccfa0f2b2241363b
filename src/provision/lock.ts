import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { RuntimeError } from '../errors.js'
import { asFileError } from '../util/files.js'
import type { Logger } from '../util/progress.js'

export interface LockOptions {
  readonly log: Logger
  readonly signal?: AbortSignal
  /** How long to wait for another holder. Default 15 minutes. */
  readonly timeoutMs?: number
  /** The holder touches the lock that often. Default 2 s. */
  readonly heartbeatMs?: number
}

interface Holder {
  readonly id: string
  readonly host: string
  readonly pid: number
}

const OWNER = 'owner.json'
/** Heartbeats that may be missing: of a process of this machine that is gone, and of any other. */
const [MISSED_IF_GONE, MISSED] = [3, 30]

/**
 * Runs `use` while holding the folder `<target>.lock`, which goes with all that is in it at the end. A lock whose
 * holder has died is taken over. The lock saves work, correctness must not depend on it: a process that slept for
 * minutes may wake up without it.
 * @param done is asked while waiting; a value ends the wait, because another process has done the work.
 * @param use gets the lock's folder, a place for temporary files on the target's file system.
 * @throws RuntimeError where another process holds the lock for too long; FileError where the folder is not writable.
 */
export async function withLock<T>(
  target: string,
  options: LockOptions,
  done: () => T | undefined,
  use: (folder: string) => Promise<T>
): Promise<T> {
  const { log, signal, timeoutMs = 15 * 60_000, heartbeatMs = 2000 } = options
  const folder = `${target}.lock`
  const deadline = performance.now() + timeoutMs
  const watch = new Watch(folder, heartbeatMs)
  await mkdir(dirname(folder), { recursive: true }).catch((error: unknown) => {
    throw asFileError(error, target)
  })
  for (let tries = 0; ; tries++) {
    signal?.throwIfAborted()
    const value = done()
    if (value !== undefined) return value
    const held = await acquire(folder, heartbeatMs)
    if (held !== undefined) return await held.during(use, folder)
    if (tries === 1) log.info(`waiting for another process that is installing ${target}`)
    if (performance.now() > deadline) {
      throw new RuntimeError(
        `${folder} has been held for ${Math.round(timeoutMs / 1000)} s by ${await watch.describe()}`,
        'end that process, or remove the folder if it is no longer there'
      )
    }
    if (await watch.isAbandoned()) await takeAway(folder, watch.holder)
    else await sleep(Math.min(250, heartbeatMs) * (0.5 + Math.random()), undefined, { signal })
  }
}

class Held {
  constructor(
    private readonly folder: string,
    private readonly id: string,
    private readonly heartbeatMs: number
  ) {}

  async during<T>(use: (folder: string) => Promise<T>, folder: string): Promise<T> {
    const beat = setInterval(() => {
      const now = new Date()
      utimes(join(this.folder, OWNER), now, now).catch(() => undefined)
    }, this.heartbeatMs)
    beat.unref()
    process.once('exit', this.#release)
    try {
      return await use(folder)
    } finally {
      clearInterval(beat)
      process.off('exit', this.#release)
      this.#release()
    }
  }

  /** Synchronous, because it also runs when the process ends. Not another's, which may have taken it over. */
  readonly #release = (): void => {
    if (readHolder(this.folder)?.id === this.id) rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function acquire(folder: string, heartbeatMs: number): Promise<Held | undefined> {
  const holder: Holder = { id: randomUUID(), host: hostname(), pid: process.pid }
  try {
    await mkdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
    throw asFileError(error, folder)
  }
  await writeFile(join(folder, OWNER), JSON.stringify(holder)).catch((error: unknown) => {
    throw asFileError(error, join(folder, OWNER))
  })
  return new Held(folder, holder.id, heartbeatMs)
}

/** Watches a holder's heartbeat by this process's clock: that of a file server may be another. */
class Watch {
  holder: Holder | undefined
  #beat = 0
  #seen = performance.now()

  constructor(
    private readonly folder: string,
    private readonly heartbeatMs: number
  ) {}

  async isAbandoned(): Promise<boolean> {
    const holder = readHolder(this.folder)
    const stats = await stat(holder === undefined ? this.folder : join(this.folder, OWNER)).catch(() => undefined)
    if (stats === undefined) return false
    if (stats.mtimeMs !== this.#beat || holder?.id !== this.holder?.id) {
      this.#beat = stats.mtimeMs
      this.#seen = performance.now()
      this.holder = holder
    }
    const missed = (performance.now() - this.#seen) / this.heartbeatMs
    return missed > (holder !== undefined && isGone(holder) ? MISSED_IF_GONE : MISSED)
  }

  async describe(): Promise<string> {
    const text = await readFile(join(this.folder, OWNER), 'utf8').catch(() => undefined)
    const holder = text === undefined ? undefined : readHolder(this.folder)
    return holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`
  }
}

function readHolder(folder: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, OWNER), 'utf8')) as Holder
  } catch {
    // Not written yet, or just removed.
    return undefined
  }
}

function isGone({ host, pid }: Holder): boolean {
  if (host !== hostname()) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Moving is atomic: of several that find a lock abandoned one gets it. */
async function takeAway(folder: string, holder: Holder | undefined): Promise<void> {
  const aside = `${folder}.${randomUUID()}`
  try {
    await rename(folder, aside)
  } catch {
    // Another process was faster.
    return
  }
  // Meanwhile a third may have taken the abandoned lock away and made one of its own, which this would be.
  if (readHolder(aside)?.id !== holder?.id) await rename(aside, folder).catch(() => undefined)
  await rm(aside, { recursive: true, force: true })
}
