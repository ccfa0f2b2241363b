import { DEFAULT_REPORT_ID } from '../../report/index.js'
import { InputReader, unknownInputs } from '../input-reader.js'
import { artifactName, INPUT, type InputName } from '../names.js'
import { readPublishSettings } from '../publish-inputs.js'
import { FAIL_ON, type FailOn, type PublishSettings } from '../settings.js'

export interface ReportInputs {
  readonly settings: PublishSettings
  readonly artifact: string
  /** undefined: the event tells which pull request it is. */
  readonly pullRequest?: number
  readonly failOn: FailOn
  /** What is odd and harms nothing. */
  readonly warnings: readonly string[]
}

/** The defaults of report/action.yml. */
export const REPORT_INPUT_DEFAULTS = {
  [INPUT.artifact]: '',
  [INPUT.githubToken]: '',
  [INPUT.prNumber]: '',
  [INPUT.comment]: 'always',
  [INPUT.reportId]: DEFAULT_REPORT_ID,
  [INPUT.jobSummary]: 'true',
  [INPUT.checkName]: '',
  [INPUT.maxAnnotations]: '10',
  [INPUT.failOn]: 'never',
  [INPUT.dryRun]: 'false'
} as const satisfies Partial<Record<InputName, string>>

/**
 * The inputs of report/action.yml.
 * @throws ConfigurationError with every input that is wrong: what was given and what is allowed
 */
export function readReportInputs(env: NodeJS.ProcessEnv): ReportInputs {
  const read = new InputReader(env, REPORT_INPUT_DEFAULTS)
  const publish = readPublishSettings(read)
  const number =
    read.optional(INPUT.prNumber) === undefined
      ? undefined
      : read.number(INPUT.prNumber, { min: 1, max: Number.MAX_SAFE_INTEGER, whole: true })
  const inputs: ReportInputs = {
    settings: {
      ...publish,
      annotations: publish.checkName !== undefined,
      // A command would place a remark on a line of the default branch, which this run is on.
      annotationCommands: false
    },
    artifact: read.optional(INPUT.artifact) ?? artifactName(publish.reportId),
    ...(number !== undefined && { pullRequest: number }),
    failOn: read.choice(INPUT.failOn, FAIL_ON),
    warnings: unknownInputs(env, Object.keys(REPORT_INPUT_DEFAULTS))
  }
  read.finish()
  return inputs
}
