import type { GitHubContext } from '../github/index.js'
import type { Inputs } from './inputs.js'
import type { ActionLog } from './log.js'
import type { Places } from './places.js'

/** What every stage of the action works with. */
export interface Step {
  readonly inputs: Inputs
  readonly context: GitHubContext
  readonly places: Places
  /** Of the step, with its tokens; for GitHub's services only. */
  readonly env: NodeJS.ProcessEnv
  /** Of the processes that open what a pull request brought. */
  readonly childEnvironment: Readonly<Record<string, string>>
  /** The command line: dist/cli.js. */
  readonly cli: string
  /** Options of every command of the gate: which config, in which workspace, with which variants and runtime. */
  readonly gateArguments: readonly string[]
  /** Local folder of calibration tables. */
  readonly cacheDirectory: string
  /** Whether what this run leaves in the Actions cache is for others: it runs on a branch, and not as a rehearsal. */
  readonly savesCaches: boolean
  readonly signal: AbortSignal
  readonly log: ActionLog
}
