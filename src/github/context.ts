import {
  readPayload,
  type EventPayload,
  type PullRequestPayload,
  type ReadEvent,
  type WorkflowRunPayload
} from './context/event.js'

export interface Repository {
  readonly owner: string
  readonly repo: string
}

export interface PullRequest {
  readonly number: number
  readonly headSha: string
  readonly headRef: string
  /** `owner/repo`; undefined where the fork was deleted. */
  readonly headRepository?: string
  readonly baseRef: string
  readonly baseSha: string
  readonly isFork: boolean
}

/** The run that a `workflow_run` event reports. All of it but the ids may come from a fork. */
export interface WorkflowRun {
  readonly id: number
  readonly attempt: number
  /** The event that started that run. */
  readonly event?: string
  readonly conclusion?: string
  readonly headSha: string
  readonly headBranch?: string
  /** `owner/repo` */
  readonly headRepository?: string
  readonly headOwner?: string
}

/** A run and its attempt; a later run has a higher id, a re-run a higher attempt. */
export interface RunReference {
  readonly id: number
  readonly attempt: number
}

export interface GitHubContext {
  readonly eventName: string
  readonly repository: Repository
  /** The commit that was checked out; on `pull_request` the merge commit. */
  readonly sha: string
  readonly ref: string
  /** The commit that the result is about: the pull request's head, not its merge commit. */
  readonly headSha: string
  /** Branch that the change goes to, and its commit: of a pull request, a merge group or a push. */
  readonly baseRef?: string
  readonly baseSha?: string
  readonly defaultBranch?: string
  readonly serverUrl: string
  readonly apiUrl: string
  readonly graphqlUrl: string
  /** 0 outside GitHub Actions. */
  readonly runId: number
  readonly runAttempt: number
  readonly runUrl: string
  readonly workflow: string
  readonly job: string
  readonly actor: string
  readonly isPush: boolean
  readonly pullRequest?: PullRequest
  readonly workflowRun?: WorkflowRun
  readonly warnings: readonly string[]
}

/**
 * What started this run, from `GITHUB_*` and the event file. Never throws: what is missing is named in `warnings`.
 * @param readEvent reads the event file; for tests.
 */
export async function readContext(env: NodeJS.ProcessEnv, readEvent?: ReadEvent): Promise<GitHubContext> {
  const { payload, warning } = await readPayload(env.GITHUB_EVENT_PATH, readEvent)
  const warnings = warning === undefined ? [] : [warning]
  const repository = repositoryOf(env, payload)
  if (repository.owner === '') warnings.push('GITHUB_REPOSITORY is not set: nothing is sent to GitHub')

  const eventName = env.GITHUB_EVENT_NAME ?? ''
  const sha = env.GITHUB_SHA ?? ''
  const ref = env.GITHUB_REF ?? ''
  const serverUrl = trimmed(env.GITHUB_SERVER_URL) ?? 'https://github.com'
  const apiUrl = trimmed(env.GITHUB_API_URL) ?? 'https://api.github.com'
  const runId = positive(env.GITHUB_RUN_ID) ?? 0
  const runAttempt = positive(env.GITHUB_RUN_ATTEMPT) ?? 1
  const pullRequest = pullRequestOf(payload.pull_request, repository)
  if (eventName.startsWith('pull_request') && payload.pull_request !== undefined && pullRequest === undefined) {
    warnings.push('the event describes its pull request in part only: it is not commented on')
  }
  const workflowRun = payload.workflow_run === undefined ? undefined : workflowRunOf(payload.workflow_run)
  const group = payload.merge_group
  const baseRef = pullRequest?.baseRef ?? branchName(group?.base_ref) ?? branchName(ref)
  const baseSha = pullRequest?.baseSha ?? group?.base_sha ?? commit(payload.before)
  const { default_branch: defaultBranch } = payload.repository ?? {}
  return {
    eventName,
    repository,
    sha,
    ref,
    headSha: pullRequest?.headSha ?? group?.head_sha ?? workflowRun?.headSha ?? sha,
    ...(baseRef !== undefined && { baseRef }),
    ...(baseSha !== undefined && { baseSha }),
    ...(defaultBranch !== undefined && { defaultBranch }),
    serverUrl,
    apiUrl,
    graphqlUrl: trimmed(env.GITHUB_GRAPHQL_URL) ?? `${apiUrl.replace(/\/v3$/, '')}/graphql`,
    runId,
    runAttempt,
    runUrl: runUrl(serverUrl, repository, { id: runId, attempt: runAttempt }),
    workflow: env.GITHUB_WORKFLOW ?? '',
    job: env.GITHUB_JOB ?? '',
    actor: env.GITHUB_ACTOR ?? '',
    isPush: eventName === 'push',
    ...(pullRequest !== undefined && { pullRequest }),
    ...(workflowRun !== undefined && { workflowRun }),
    warnings
  }
}

/** Whether `a` is from a later run or a later attempt than `b`. Ids grow over all runs of a repository. */
export function isNewer(a: RunReference, b: RunReference): boolean {
  return a.id === b.id ? a.attempt > b.attempt : a.id > b.id
}

/** The page of a run; of its first attempt only there is no page of its own before a second one. */
export function runUrl(serverUrl: string, { owner, repo }: Repository, { id, attempt }: RunReference): string {
  const page = `${serverUrl}/${owner}/${repo}/actions/runs/${id}`
  return attempt > 1 ? `${page}/attempts/${attempt}` : page
}

function repositoryOf(env: NodeJS.ProcessEnv, payload: EventPayload): Repository {
  const [owner = '', repo = ''] = (env.GITHUB_REPOSITORY || payload.repository?.full_name || '').split('/')
  return { owner, repo }
}

function pullRequestOf(payload: PullRequestPayload | undefined, { owner, repo }: Repository): PullRequest | undefined {
  if (payload === undefined) return undefined
  const { number, head, base } = payload
  if (number === undefined || head.sha === undefined || base.ref === undefined) return undefined
  const headRepository = head.repo?.full_name
  return {
    number,
    headSha: head.sha,
    headRef: head.ref ?? '',
    ...(headRepository !== undefined && { headRepository }),
    baseRef: base.ref,
    baseSha: base.sha ?? '',
    // A head whose repository is gone was a fork.
    isFork: headRepository?.toLowerCase() !== `${owner}/${repo}`.toLowerCase()
  }
}

function workflowRunOf(payload: WorkflowRunPayload): WorkflowRun {
  const { event, conclusion, head_branch: headBranch, head_repository: head } = payload
  return {
    id: payload.id,
    attempt: payload.run_attempt ?? 1,
    headSha: payload.head_sha,
    ...(event !== undefined && { event }),
    ...(conclusion !== undefined && { conclusion }),
    ...(headBranch !== undefined && { headBranch }),
    ...(head?.full_name !== undefined && { headRepository: head.full_name }),
    ...(head?.owner?.login !== undefined && { headOwner: head.owner.login })
  }
}

function branchName(ref: string | undefined): string | undefined {
  return ref?.startsWith('refs/heads/') === true ? ref.slice('refs/heads/'.length) : undefined
}

/** A push that creates a branch has forty zeros for the commit before it. */
function commit(sha: string | undefined): string | undefined {
  return sha === undefined || /^0*$/.test(sha) ? undefined : sha
}

function positive(number: string | undefined): number | undefined {
  return number !== undefined && /^[1-9]\d{0,15}$/.test(number) ? Number(number) : undefined
}

function trimmed(url: string | undefined): string | undefined {
  return url === undefined || url === '' ? undefined : url.replace(/\/+$/, '')
}
