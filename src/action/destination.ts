import type { GitHubContext } from '../github/index.js'
import type { Destination } from './settings.js'

/** Where the result of this very run belongs: its pull request, or on a push and in a merge queue its commit alone. */
export function destinationOf({ repository, pullRequest, headSha }: GitHubContext): Destination {
  return { repository, headSha, ...(pullRequest !== undefined && { pullRequest: pullRequest.number }) }
}
