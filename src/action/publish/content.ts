import { limits } from '../../github/index.js'
import {
  annotationsOf,
  renderComment,
  renderSummary,
  renderUnjudged,
  type Annotation,
  type ReportLinks
} from '../../report/index.js'
import type { Conclusion } from '../../result.js'
import type { PublishOptions } from '../publish.js'

/** Everything that is said, rendered. */
export interface Content {
  readonly conclusion: Conclusion
  /** Whether an inconclusive run fails its job. */
  readonly strict?: boolean
  /** Of the target branch; undefined where that is not known. */
  readonly baseline?: Conclusion
  /** One line without markup. */
  readonly title: string
  /** Markdown, without the marker that the comment is found by. */
  readonly comment: string
  /** Markdown, for the check run; '' where none was asked for. */
  readonly check: string
  /** Markdown, for the job. */
  readonly summary: string
  /** Failures first. */
  readonly annotations: readonly Annotation[]
}

const VERDICT: Record<Conclusion, string> = {
  success: 'Passed',
  failure: 'Failed',
  inconclusive: 'Inconclusive',
  error: 'Could not judge'
}
const MAX_TITLE = 200

export function contentOf({ finding, settings, context, destination }: PublishOptions): Content {
  const { reportId, checkName, maxAnnotations } = settings
  const links: ReportLinks & { reportId: string } = {
    reportId,
    serverUrl: context.serverUrl,
    ...(context.runId > 0 && { runUrl: context.runUrl }),
    ...(destination.headSha !== '' && { sha: destination.headSha })
  }
  if (finding.kind === 'none') {
    const text = renderUnjudged(finding, links)
    const title = 'Precision gate: could not judge'
    const annotations: Annotation[] = [{ level: 'error', title, message: finding.reason }]
    const heading = titleOf('error', finding.reason)
    return { conclusion: 'error', title: heading, comment: text, check: text, summary: text, annotations }
  }
  const { result } = finding
  const { conclusion, baseline, onInconclusive } = result
  return {
    conclusion,
    strict: onInconclusive === 'fail',
    ...(baseline?.conclusion !== undefined && { baseline: baseline.conclusion }),
    title: titleOf(conclusion, result.reasons[0]),
    comment: renderComment(result, { ...links, marked: false }),
    check: checkName === undefined ? '' : renderSummary(result, { ...links, maxBytes: limits.check.maxSummaryBytes }),
    summary: renderSummary(result, links),
    annotations: annotationsOf(result, { maxPerLevel: maxAnnotations })
  }
}

function titleOf(conclusion: Conclusion, reason: string | undefined): string {
  const text = reason === undefined ? VERDICT[conclusion] : `${VERDICT[conclusion]}: ${reason}`
  const line = text.replace(/[\s\p{C}]+/gu, ' ').trim()
  const characters = Array.from(line)
  return characters.length <= MAX_TITLE ? line : `${characters.slice(0, MAX_TITLE - 1).join('')}…`
}
