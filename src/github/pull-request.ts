import * as z from 'zod'
import type { GitHubClient } from './client.js'
import type { PullRequest, Repository, WorkflowRun } from './context.js'

export type ResolvedPullRequest =
  | { readonly kind: 'found'; readonly pullRequest: PullRequest; readonly others: readonly number[] }
  /** Not a pull request's run, or one whose pull request is closed or has moved on. */
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

const repositorySchema = z.object({ full_name: z.string() })

const pullSchema = z.object({
  number: z.int().positive(),
  state: z.string(),
  head: z.object({ sha: z.string(), ref: z.string(), repo: repositorySchema.nullable() }),
  base: z.object({ sha: z.string(), ref: z.string(), repo: repositorySchema })
})

const MEASURING_EVENTS: ReadonlySet<string> = new Set(['pull_request', 'pull_request_target'])

/**
 * The pull request that a `workflow_run` event is about. The event's own list is empty for forks, and a number from the
 * run's artifact could be anybody's, so GitHub is asked for the open pull requests from the run's head branch, and the
 * head commit has to be the one that was measured.
 */
export async function resolvePullRequest(
  client: GitHubClient,
  { repository, run }: { readonly repository: Repository; readonly run: WorkflowRun }
): Promise<ResolvedPullRequest> {
  if (run.event !== undefined && !MEASURING_EVENTS.has(run.event)) {
    return none(`the run was started by ${run.event}, not by a pull request`)
  }
  const { headOwner, headBranch, headRepository, headSha } = run
  if (headOwner === undefined || headBranch === undefined || headRepository === undefined) {
    return none('the repository or the branch that the pull request came from is gone')
  }
  const listed = await client.list({
    purpose: `find the pull request from ${headOwner}:${headBranch}`,
    permission: 'pull-requests: read',
    route: 'GET /repos/{owner}/{repo}/pulls',
    parameters: { ...repository, state: 'open', head: `${headOwner}:${headBranch}` },
    schema: pullSchema,
    maxPages: 10
  })
  if (!listed.ok) return { kind: 'failed', reason: listed.failure.message }

  // An owner may have several forks with such a branch; an unknown `head` filter is ignored and lists everything.
  const same = listed.data.items.filter(
    ({ state, head }) => state === 'open' && head.ref === headBranch && sameName(head.repo?.full_name, headRepository)
  )
  if (same.length === 0) return none(`no open pull request comes from ${headRepository}, branch ${headBranch}`)
  const [pull, ...others] = same.filter(({ head }) => head.sha === headSha)
  if (pull === undefined) {
    return none(`pull request ${same[0].number} has moved on from ${headSha.slice(0, 12)}: the result is out of date`)
  }
  return { kind: 'found', others: others.map((other) => other.number), pullRequest: describe(pull) }
}

/**
 * The pull request of a number that somebody gave. It is taken only where it is open, and its head is the commit that
 * was measured: a number alone proves nothing.
 */
export async function readPullRequest(
  client: GitHubClient,
  request: { readonly repository: Repository; readonly number: number; readonly headSha: string }
): Promise<ResolvedPullRequest> {
  const { repository, number, headSha } = request
  const answer = await client.request({
    purpose: `read pull request ${number}`,
    permission: 'pull-requests: read',
    route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
    parameters: { ...repository, pull_number: number },
    schema: pullSchema
  })
  if (!answer.ok) return { kind: 'failed', reason: answer.failure.message }
  const pull = answer.data
  if (pull.state !== 'open') return none(`pull request ${number} is ${pull.state}`)
  if (pull.head.sha !== headSha) {
    return none(`the head of pull request ${number} is not the commit that was measured, ${headSha.slice(0, 12)}`)
  }
  return { kind: 'found', others: [], pullRequest: describe(pull) }
}

function describe({ number, head, base }: z.infer<typeof pullSchema>): PullRequest {
  const headRepository = head.repo?.full_name
  return {
    number,
    headSha: head.sha,
    headRef: head.ref,
    ...(headRepository !== undefined && { headRepository }),
    baseRef: base.ref,
    baseSha: base.sha,
    isFork: headRepository === undefined || !sameName(headRepository, base.repo.full_name)
  }
}

function sameName(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase()
}

function none(reason: string): ResolvedPullRequest {
  return { kind: 'none', reason }
}
