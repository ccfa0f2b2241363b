import { messageOf } from '../errors.js'
import {
  endGroup,
  group,
  safeLog,
  writeSummary,
  type ClientOptions,
  type GitHubClient,
  type GitHubContext,
  type Logger,
  type Write
} from '../github/index.js'
import { renderUnjudged } from '../report/index.js'
import type { Result } from '../result.js'
import { clientFor } from './client.js'
import { printAnnotations, sendCheck } from './publish/check.js'
import { sendComment } from './publish/comment.js'
import { contentOf, type Content } from './publish/content.js'
import type { Destination, PublishSettings } from './settings.js'

/** What there is to report. */
export type Finding =
  | { readonly kind: 'result'; readonly result: Result }
  /** The gate ended without a result: a crash of the native runtime, a wrong config, no time left. */
  | {
      readonly kind: 'none'
      /** A sentence for people. */
      readonly reason: string
      /** The last lines of its log. */
      readonly log: readonly string[]
    }

export interface PublishOptions {
  readonly finding: Finding
  readonly settings: PublishSettings
  readonly context: GitHubContext
  readonly destination: Destination
  readonly env: NodeJS.ProcessEnv
  readonly log: Logger
  readonly write: Write
  /** Time limits and pauses of the calls to GitHub, where they are not those of `limits.ts`. */
  readonly clientOptions?: Partial<ClientOptions>
}

/** What every part of the publication works with. */
export interface Publication extends PublishOptions {
  readonly content: Content
  readonly client: GitHubClient
}

/** What became of it. Whatever is missing was not asked for, or failed with a warning in the log. */
export interface Published {
  readonly commentId?: number
  readonly checkUrl?: string
}

/**
 * Says on GitHub what the gate found: job summary, annotations, comment, check run. Nothing here throws, and no failure
 * of GitHub changes the verdict.
 */
export async function publish(options: PublishOptions): Promise<Published> {
  const { settings, env, log } = options
  const client = clientFor({ ...options, token: settings.token })
  const publication: Publication = { ...options, content: contentFor(options), client }
  /** Each part by itself: what goes wrong in one is said, and costs the others nothing. */
  const attempt = async <T>(what: string, act: () => Promise<T> | T): Promise<T | undefined> => {
    try {
      return await act()
    } catch (error) {
      log.warning(`${what} failed: ${messageOf(error)}`)
      return undefined
    }
  }

  if (settings.jobSummary) {
    await attempt('writing the job summary', async () => {
      const written = await writeSummary(env, publication.content.summary)
      if (written.kind === 'skipped') log.warning(`no job summary: ${written.reason}`)
    })
  }
  if (settings.dryRun) {
    await attempt('the dry run', () => print(publication))
    return {}
  }
  const commentId = await attempt('the comment', () => sendComment(publication))
  const check = await attempt('the check run', () => sendCheck(publication))
  await attempt('writing annotations', () => printAnnotations(publication, check?.shown ?? new Set()))
  return {
    ...(commentId !== undefined && { commentId }),
    ...(check !== undefined && check.url !== '' && { checkUrl: check.url })
  }
}

function contentFor(options: PublishOptions): Content {
  try {
    return contentOf(options)
  } catch (error) {
    options.log.warning(`the report cannot be rendered: ${messageOf(error)}`)
    const text = renderUnjudged({ reason: `The report cannot be rendered: ${messageOf(error)}`, log: [] })
    const title = 'The report cannot be rendered'
    return { conclusion: 'error', title, comment: text, check: text, summary: text, annotations: [] }
  }
}

/** What would be sent, as text: not a line of it is a command to the runner. */
function print({ content, settings, destination, write }: Publication): void {
  const section = (title: string, text: string): void => {
    group(`dry run, not sent: ${title}`, write)
    write(`${safeLog(text.trimEnd())}\n`)
    endGroup(write)
  }
  if (settings.comment !== 'off' && destination.pullRequest !== undefined) {
    section(`comment on pull request ${destination.pullRequest}`, content.comment)
  }
  if (settings.checkName !== undefined) {
    section(`check run ${settings.checkName}`, `${content.title}\n\n${content.check}`)
  }
  if (settings.annotations && content.annotations.length > 0) {
    const lines = content.annotations.map(
      ({ level, file = '', line, title, message }) => `${level} ${file}:${line ?? ''} ${title}: ${message}`
    )
    section('annotations', lines.join('\n'))
  }
}
