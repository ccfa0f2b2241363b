import type { GitHubContext, Logger, Write } from '../github/index.js'
import type { Result } from '../result.js'
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
export declare function publish(options: PublishOptions): Promise<Published>
