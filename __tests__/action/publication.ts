import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { destinationOf } from '../../src/action/destination.js'
import { publish, type Finding, type Published, type PublishOptions } from '../../src/action/publish.js'
import type { PublishSettings } from '../../src/action/settings.js'
import { readContext } from '../../src/github/index.js'
import type { Result } from '../../src/result.js'
import { recordingLog } from '../github/helpers.js'
import type { FakeGitHub } from '../github/server.js'

export const HEAD_SHA = '8d2e6b41c0f93a75e1d4286b0c9f7a5384d6e210'

const repository = { full_name: 'octo/vision', default_branch: 'main' }

/** The payload of a pull request's event; from a fork where `from` is another repository. */
export function pullRequestEvent(from = 'octo/vision'): Record<string, unknown> {
  return {
    repository,
    pull_request: {
      number: 7,
      head: { sha: HEAD_SHA, ref: 'faster', repo: { full_name: from } },
      base: { sha: 'b'.repeat(40), ref: 'main', repo: repository }
    }
  }
}

export interface Situation {
  readonly event?: string
  readonly payload?: Record<string, unknown>
  readonly env?: NodeJS.ProcessEnv
  readonly settings?: Partial<PublishSettings>
  readonly clientOptions?: PublishOptions['clientOptions']
  readonly write?: PublishOptions['write']
}

export interface Said {
  readonly published: Published
  /** Of this step. */
  readonly summary: string
  /** What was written for the runner. */
  readonly output: string
  readonly log: readonly string[]
}

export const resultOf = (result: Result): Finding => ({ kind: 'result', result })

/** Publishes as a step would, for the pull request 7 of octo/vision by default. */
export async function say(server: FakeGitHub, finding: Finding, situation: Situation = {}): Promise<Said> {
  const { event = 'pull_request', payload = pullRequestEvent(), settings, clientOptions } = situation
  const folder = mkdtempSync(join(tmpdir(), 'precision-gate-publish-'))
  const summaryFile = join(folder, 'summary.md')
  writeFileSync(summaryFile, '')
  const env: NodeJS.ProcessEnv = {
    ...server.env(),
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: 'event.json',
    GITHUB_REPOSITORY: 'octo/vision',
    GITHUB_SHA: 'c'.repeat(40),
    GITHUB_RUN_ID: '200',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_STEP_SUMMARY: summaryFile,
    ...situation.env
  }
  const context = await readContext(env, () => Promise.resolve(JSON.stringify(payload)))
  const log = recordingLog()
  let output = ''
  try {
    const published = await publish({
      finding,
      settings: {
        token: server.token,
        comment: 'always',
        reportId: 'default',
        annotations: true,
        maxAnnotations: 10,
        jobSummary: true,
        dryRun: false,
        ...settings
      },
      context,
      destination: destinationOf(context),
      env,
      log,
      write: situation.write ?? ((text) => (output += text)),
      clientOptions: { baseDelayMs: 2, limitDelayMs: 5, maxWaitMs: 1_000, timeoutMs: 5_000, ...clientOptions }
    })
    return { published, summary: readFileSync(summaryFile, 'utf8'), output, log: log.lines }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
