import {
  createClient,
  type ClientOptions,
  type GitHubClient,
  type GitHubContext,
  type Logger
} from '../github/index.js'
import { TOOL } from '../version.js'

export interface ClientFor {
  readonly token: string
  readonly context: Pick<GitHubContext, 'apiUrl'>
  readonly log: Logger
  /** Time limits and pauses of the calls, where they are not those of `limits.ts`. */
  readonly clientOptions?: Partial<ClientOptions> | undefined
}

/** GitHub's API as this program calls it. */
export function clientFor({ token, context, log, clientOptions }: ClientFor): GitHubClient {
  return createClient({
    token,
    apiUrl: context.apiUrl,
    userAgent: `${TOOL.name}/${TOOL.version}`,
    log,
    ...clientOptions
  })
}
