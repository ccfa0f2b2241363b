import { createClient, type ClientOptions, type GitHubClient, type Logger } from '../../src/github/index.js'
import type { FakeGitHub } from './server.js'

export const REPOSITORY = { owner: 'octo', repo: 'vision' } as const

export interface RecordedLog extends Logger {
  readonly lines: string[]
}

export function recordingLog(): RecordedLog {
  const lines: string[] = []
  return {
    lines,
    debug: (message) => lines.push(`debug: ${message}`),
    info: (message) => lines.push(`info: ${message}`),
    warning: (message) => lines.push(`warning: ${message}`)
  }
}

/** A client with pauses of milliseconds; what it waits for is still bounded and counted. */
export function clientOf(server: FakeGitHub, options: Partial<ClientOptions> = {}): GitHubClient {
  return createClient({
    token: server.token,
    apiUrl: server.apiUrl,
    userAgent: 'precision-gate-tests',
    log: recordingLog(),
    timeoutMs: 10_000,
    baseDelayMs: 5,
    limitDelayMs: 10,
    maxWaitMs: 2_000,
    ...options
  })
}
