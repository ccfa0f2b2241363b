import type { Repository } from '../github/index.js'

/** When a pull request gets its first comment; one that is there is always kept up to date. */
export const COMMENT_POLICIES = ['always', 'changes', 'on-failure', 'off'] as const
export type CommentPolicy = (typeof COMMENT_POLICIES)[number]

/** What makes the step fail. A gate that could not judge does in any case. */
export const FAIL_ON = ['error', 'warning', 'never'] as const
export type FailOn = (typeof FAIL_ON)[number]

/** What is said on GitHub and where, for both actions. */
export interface PublishSettings {
  /** Of the pull request's comments; '' where there is no token. */
  readonly token: string
  readonly comment: CommentPolicy
  readonly reportId: string
  readonly annotations: boolean
  /** False: they go to the check run alone; by default what a check run does not take is written to the log. */
  readonly annotationCommands?: boolean
  /** Of each kind. */
  readonly maxAnnotations: number
  readonly jobSummary: boolean
  /** undefined: no check run. */
  readonly checkName?: string
  readonly dryRun: boolean
}

/** The pull request that is reported on. */
export interface Destination {
  readonly repository: Repository
  /** undefined: not a pull request; there is no comment then. */
  readonly pullRequest?: number
  /** The commit that was judged: of a pull request its head. */
  readonly headSha: string
}
