import { DEFAULT_REPORT_ID } from '../../report/index.js'
import { booleanInput, choiceInput, inputOf, integerInput } from '../input-values.js'
import { INPUT } from '../names.js'
import type { FailOn, PublishSettings } from '../settings.js'

export interface ReportInputs {
  readonly settings: PublishSettings
  readonly artifact: string
  /** undefined: the event tells which pull request it is. */
  readonly pullRequest?: number
  readonly failOn: FailOn
}

/** GitHub takes 50 in a call, and nobody reads more. */
const MAX_ANNOTATIONS = 50

/**
 * The inputs of report/action.yml.
 * @throws ConfigurationError naming the input that is wrong.
 */
export function readReportInputs(env: NodeJS.ProcessEnv): ReportInputs {
  const reportId = inputOf(env, INPUT.reportId) || DEFAULT_REPORT_ID
  const checkName = inputOf(env, INPUT.checkName)
  const number = integerInput(env, INPUT.prNumber, { min: 1, max: Number.MAX_SAFE_INTEGER, fallback: 0 })
  return {
    settings: {
      token: inputOf(env, INPUT.githubToken),
      comment: choiceInput(env, INPUT.comment, ['always', 'changes', 'on-failure', 'off'], 'always'),
      reportId,
      annotations: checkName !== '',
      // A command would place a remark on a line of the default branch, which this run is on.
      annotationCommands: false,
      maxAnnotations: integerInput(env, INPUT.maxAnnotations, { min: 0, max: MAX_ANNOTATIONS, fallback: 10 }),
      jobSummary: booleanInput(env, INPUT.jobSummary, true),
      ...(checkName !== '' && { checkName }),
      dryRun: booleanInput(env, INPUT.dryRun, false)
    },
    artifact: inputOf(env, INPUT.artifact) || `precision-gate-${reportId}`,
    ...(number > 0 && { pullRequest: number }),
    failOn: choiceInput(env, INPUT.failOn, ['error', 'warning', 'never'], 'never')
  }
}
