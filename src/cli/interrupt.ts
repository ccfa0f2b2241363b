import { constants } from 'node:os'
import { removeTemporaries } from '../util/files.js'

/** Time for the pipeline to stop by itself; after it the process ends whatever it is doing. */
const GRACE_MS = 3000

export interface Interruption {
  readonly signal: AbortSignal
  /** 130 after SIGINT, 143 after SIGTERM; undefined as long as nothing happened. */
  exitCode(): number | undefined
}

/**
 * The first Ctrl-C stops the work and removes what is half written. The handlers are gone then, so that a second one is
 * the system's own and kills at once, even while native code keeps Node.js from running handlers.
 */
export function handleInterrupts(say: (message: string) => void): Interruption {
  const controller = new AbortController()
  let exitCode: number | undefined
  const handlers = (['SIGINT', 'SIGTERM'] as const).map((name) => {
    const handle = (): void => {
      exitCode = 128 + constants.signals[name]
      removeTemporaries()
      controller.abort()
      for (const [other, handler] of handlers) process.off(other, handler)
      say(name === 'SIGINT' ? 'stopping; Ctrl-C again ends at once' : 'stopping')
      setTimeout(() => process.exit(exitCode), GRACE_MS).unref()
    }
    process.on(name, handle)
    return [name, handle] as const
  })
  process.on('exit', removeTemporaries)
  return { signal: controller.signal, exitCode: () => exitCode }
}
