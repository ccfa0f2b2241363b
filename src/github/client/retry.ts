import type { Logger } from '../log.js'
import { classify, type Unexplained } from './failure.js'

export interface RetryPolicy {
  readonly attempts: number
  /** The first pause; doubled each time. */
  readonly baseDelayMs: number
  /** The pause after a rate limit that names none. */
  readonly limitDelayMs: number
  /** All pauses of one call together. */
  readonly maxWaitMs: number
}

const TRANSIENT: ReadonlySet<Unexplained['kind']> = new Set(['rate-limited', 'unavailable', 'timeout', 'network'])

/**
 * Calls again what failed for a passing reason, a bounded number of times with bounded pauses.
 * @param repeatable whether a second call does no harm when the first was carried out and only its answer was lost.
 */
export async function withRetries<T>(
  call: () => Promise<T>,
  { repeatable, policy, log }: { readonly repeatable: boolean; readonly policy: RetryPolicy; readonly log: Logger }
): Promise<T> {
  let waitedMs = 0
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      const failure = classify(error)
      const pauseMs = pauseFor(failure, attempt, policy)
      const mayRepeat = TRANSIENT.has(failure.kind) && (repeatable || !failure.maybeDone)
      if (!mayRepeat || attempt >= policy.attempts || waitedMs + pauseMs > policy.maxWaitMs) throw error
      log.debug(`GitHub: ${failure.detail}; attempt ${attempt + 1} of ${policy.attempts} in ${Math.round(pauseMs)} ms`)
      waitedMs += pauseMs
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}

/** What GitHub asks for, or else twice the last pause, with jitter: several jobs of a matrix fail at the same moment. */
function pauseFor({ kind, retryAfterMs }: Unexplained, attempt: number, policy: RetryPolicy): number {
  if (retryAfterMs !== undefined) return retryAfterMs
  if (kind === 'rate-limited') return policy.limitDelayMs
  return policy.baseDelayMs * 2 ** (attempt - 1) * (0.75 + Math.random() / 2)
}
