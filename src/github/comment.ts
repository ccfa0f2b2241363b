import * as z from 'zod'
import { commentMarker, parseMarker } from '../report/index.js'
import type { Answer, GitHubClient, Listing, Purpose, ServiceFailure } from './client.js'
import { isWrittenBy, ownLogin } from './comment/identity.js'
import { isNewer, type Repository, type RunReference } from './context.js'
import { limits } from './limits.js'
import { characters, truncateMarkdown } from './truncate.js'

export interface CommentTarget {
  readonly repository: Repository
  /** Of the pull request. */
  readonly number: number
  /** Tells several reports on one pull request apart; goes into the hidden marker. */
  readonly reportId: string
  /** The run that measured: its results do not overwrite those of a later run. */
  readonly run: RunReference
}

export type CommentOutcome =
  | { readonly kind: 'created' | 'updated' | 'unchanged'; readonly id: number; readonly url: string }
  /** A later run of the same pull request has reported already. */
  | { readonly kind: 'superseded'; readonly id: number; readonly url: string; readonly by: RunReference }
  | { readonly kind: 'deleted'; readonly id: number }
  /** Nothing was there to delete or to update. */
  | { readonly kind: 'absent' }
  /** A read-only token, a missing permission, a locked conversation. */
  | { readonly kind: 'denied'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

const commentSchema = z.object({
  id: z.int(),
  html_url: z.string(),
  body: z
    .string()
    .nullish()
    .transform((body) => body ?? ''),
  user: z.object({ login: z.string() }).nullable()
})

type Comment = z.infer<typeof commentSchema>

const PERMISSION = 'pull-requests: write'

/**
 * Writes the one comment of a report: updates the one that carries its marker and was written by this token, or
 * creates it. A marker in somebody else's comment means nothing.
 *
 * GitHub cannot write on a condition: of two runs that look at the same moment the later writer wins.
 * @param body Markdown, aimed at `limits.comment.targetCharacters`; what GitHub would refuse is cut off.
 * @param onlyUpdate where there is no comment yet, none is created.
 */
export async function upsertComment(
  client: GitHubClient,
  { body, onlyUpdate = false, ...target }: CommentTarget & { readonly body: string; readonly onlyUpdate?: boolean }
): Promise<CommentOutcome> {
  const text = withMarker(body, target)
  const found = await findComment(client, target)
  if (!found.ok) return declined(found.failure)
  const first = async (): Promise<CommentOutcome> => (onlyUpdate ? { kind: 'absent' } : create(client, target, text))
  if (found.data === undefined) return first()

  const { id, html_url: url, body: current } = found.data
  const by = parseMarker(current)?.run
  if (by !== undefined && isNewer(by, target.run)) return { kind: 'superseded', id, url, by }
  if (normalized(current) === normalized(text)) return { kind: 'unchanged', id, url }
  const updated = await client.request({
    ...to(`update the comment on pull request ${target.number}`),
    route: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
    parameters: { ...target.repository, comment_id: id, body: text },
    schema: commentSchema
  })
  if (updated.ok) return { kind: 'updated', id, url: updated.data.html_url }
  const vanished = updated.failure.kind === 'not-found' || updated.failure.kind === 'gone'
  return vanished ? first() : declined(updated.failure)
}

/** Removes the comment of a report, unless a later run wrote it. */
export async function deleteComment(client: GitHubClient, target: CommentTarget): Promise<CommentOutcome> {
  const found = await findComment(client, target)
  if (!found.ok) return declined(found.failure)
  if (found.data === undefined) return { kind: 'absent' }
  const { id, html_url: url, body } = found.data
  const by = parseMarker(body)?.run
  if (by !== undefined && isNewer(by, target.run)) return { kind: 'superseded', id, url, by }
  const deleted = await client.request({
    ...to(`delete the comment on pull request ${target.number}`),
    route: 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}',
    parameters: { ...target.repository, comment_id: id },
    schema: z.unknown()
  })
  if (deleted.ok) return { kind: 'deleted', id }
  return deleted.failure.kind === 'not-found' ? { kind: 'absent' } : declined(deleted.failure)
}

/** A create whose answer got lost may have succeeded: looked up before it is tried a second time. */
async function create(client: GitHubClient, target: CommentTarget, body: string): Promise<CommentOutcome> {
  const post = () =>
    client.request({
      ...to(`comment on pull request ${target.number}`),
      route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
      parameters: { ...target.repository, issue_number: target.number, body },
      schema: commentSchema
    })
  let created = await post()
  if (!created.ok && created.failure.maybeDone) {
    const found = await findComment(client, target)
    if (!found.ok) return declined(created.failure)
    created = found.data === undefined ? await post() : { ok: true, data: found.data }
  }
  if (!created.ok) return declined(created.failure)
  return { kind: 'created', id: created.data.id, url: created.data.html_url }
}

async function findComment(client: GitHubClient, target: CommentTarget): Promise<Answer<Comment | undefined>> {
  const marked = await listMarked(client, target)
  if (!marked.ok) return marked
  if (marked.data.items.length === 0) return { ok: true, data: undefined }
  const login = await ownLogin(client)
  if (!login.ok) return login
  const own = marked.data.items.filter(({ user }) => isWrittenBy(user, login.data))
  // Two runs that raced may have left two: the one that says more about the newest commit counts.
  const newest = own.reduce<Comment | undefined>(
    (best, comment) => (best === undefined || isNewer(runOf(comment), runOf(best)) ? comment : best),
    undefined
  )
  return { ok: true, data: newest }
}

async function listMarked(client: GitHubClient, target: CommentTarget): Promise<Answer<Listing<Comment>>> {
  const listed = await client.list({
    ...to(`list the comments of pull request ${target.number}`),
    route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    parameters: { ...target.repository, issue_number: target.number },
    schema: commentSchema,
    maxPages: limits.comment.maxPages
  })
  if (!listed.ok) return listed
  const items = listed.data.items.filter(({ body }) => parseMarker(body)?.reportId === target.reportId)
  return { ok: true, data: { ...listed.data, items } }
}

function withMarker(body: string, { reportId, run }: CommentTarget): string {
  const marker = `\n\n${commentMarker(reportId, run)}`
  const max = limits.comment.maxCharacters - marker.length
  return (
    truncateMarkdown(body.trimEnd(), { max, measure: characters, note: '_Shortened: GitHub limits the length._' }) +
    marker
  )
}

function runOf({ body }: Comment): RunReference {
  return parseMarker(body)?.run ?? { id: 0, attempt: 0 }
}

/** GitHub may answer with other line ends than were sent. */
function normalized(body: string): string {
  return body.replace(/\r\n?/g, '\n').trimEnd()
}

function to(purpose: string): Purpose {
  return { purpose, permission: PERMISSION }
}

function declined({ kind, message }: ServiceFailure): CommentOutcome {
  const denied = kind === 'denied' || kind === 'unauthorized'
  return { kind: denied ? 'denied' : 'failed', reason: message }
}
