import { upsertComment, type CommentOutcome } from '../../github/index.js'
import type { Publication } from '../publish.js'
import type { CommentPolicy } from '../settings.js'
import type { Content } from './content.js'

/** @returns the id of the comment that now says what there is to say; undefined where there is none. */
export async function sendComment(publication: Publication): Promise<number | undefined> {
  const { content, settings, context, destination, client, log } = publication
  const { pullRequest: number, repository } = destination
  if (settings.comment === 'off') return undefined
  if (number === undefined) {
    log.info(`no comment: ${context.eventName || 'this run'} is not about a pull request`)
    return undefined
  }
  if (settings.token === '') {
    log.info('no comment: there is no github-token (the job needs `pull-requests: write`)')
    return undefined
  }
  const outcome = await upsertComment(client, {
    repository,
    number,
    reportId: settings.reportId,
    run: { id: context.runId, attempt: context.runAttempt },
    body: content.comment,
    onlyUpdate: !deservesFirst(settings.comment, content)
  })
  tell(outcome, publication, number)
  return 'id' in outcome && outcome.kind !== 'deleted' ? outcome.id : undefined
}

/** Whether a pull request without a comment gets one. */
function deservesFirst(policy: CommentPolicy, { conclusion, baseline }: Content): boolean {
  switch (policy) {
    case 'always':
      return true
    case 'changes':
      return conclusion !== baseline
    case 'on-failure':
      return conclusion !== 'success'
    case 'off':
      return false
  }
}

function tell(outcome: CommentOutcome, { context, settings, log }: Publication, number: number): void {
  switch (outcome.kind) {
    case 'created':
    case 'updated':
    case 'unchanged':
      return log.info(`comment ${outcome.kind}: ${outcome.url}`)
    case 'superseded':
      return log.info(`the comment is left alone: run ${outcome.by.id} is later than this one, ${outcome.url}`)
    case 'absent':
    case 'deleted':
      return log.info(`no comment on pull request ${number}: \`comment: ${settings.comment}\` asks for none here`)
    case 'denied':
      // On a fork's pull request that is how it should be, and no remark on the run is due.
      return context.pullRequest?.isFork === true
        ? log.info(`no comment: ${outcome.reason}. docs/forks.md has a second workflow that may comment`)
        : log.warning(`no comment: ${outcome.reason}`)
    case 'failed':
      return log.warning(`no comment: ${outcome.reason}`)
  }
}
