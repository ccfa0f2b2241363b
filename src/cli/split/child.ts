import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface ChildEnd {
  /** null: a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** What it said last, such as why it failed. */
  readonly lastLines: readonly string[]
}

/** Lines of a child that are kept for a message. */
const KEPT = 8

/**
 * Runs this program again with other arguments and waits for its end. What it says on the standard error is handed on line by
 * line; its standard output is nobody's.
 * @param signal ends it, with a grace of its own.
 */
export function runAgain(
  program: string,
  args: readonly string[],
  { signal, say }: { readonly signal: AbortSignal; readonly say: (line: string) => void }
): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
      windowsHide: true
    })
    const stop = (): void => void child.kill('SIGTERM')
    signal.addEventListener('abort', stop, { once: true })
    const lastLines: string[] = []
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastLines.push(line)
      if (lastLines.length > KEPT) lastLines.shift()
      say(line)
    })
    child.on('error', reject)
    child.on('close', (code, ended) => {
      signal.removeEventListener('abort', stop)
      resolve({ code, signal: ended, lastLines })
    })
  })
}
