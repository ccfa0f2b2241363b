import { REPORT_FILE, type Result } from '../../result.js'
import type { ReportLinks } from '../links.js'
import type { Reporter } from '../types.js'
import { COMMENT_DETAIL, fitted, SUMMARY_DETAIL } from './fit.js'
import { commentMarker } from './marker.js'

export { commentMarker, parseMarker, type Marker } from './marker.js'
export { renderUnjudged, type Unjudged } from './unjudged.js'

export interface CommentOptions extends ReportLinks {
  /** Also the marker by which the comment is found again. */
  readonly reportId: string
  /** False: whoever sends the comment adds the marker, which then names the run. */
  readonly marked?: boolean
  /** GitHub refuses more than 65,536. */
  readonly maxCharacters?: number
}

export interface SummaryOptions extends ReportLinks {
  /** GitHub drops a step's whole summary above 1 MiB. */
  readonly maxBytes?: number
}

const MAX_CHARACTERS = 60_000
const MAX_BYTES = 1_000_000

/**
 * The comment on a pull request, by default with its marker as the last line. What is too long loses limits that hold first, then
 * details, and broken limits only where nothing else is left.
 *
 * @returns at most `maxCharacters` UTF-16 units.
 */
export function renderComment(result: Result, options: CommentOptions): string {
  const { maxCharacters = MAX_CHARACTERS, reportId, marked = true } = options
  const end = marked ? `\n\n${commentMarker(reportId)}\n` : '\n'
  const text = fitted(result, options, COMMENT_DETAIL, (body) => body.length + end.length <= maxCharacters)
  return `${text}${end}`
}

/**
 * The job summary, and the report.md of the report folder: as the comment, with every layer where they fit.
 *
 * @returns at most `maxBytes` bytes of UTF-8.
 */
export function renderSummary(result: Result, options: SummaryOptions = {}): string {
  const { maxBytes = MAX_BYTES } = options
  return `${fitted(result, options, SUMMARY_DETAIL, (body) => Buffer.byteLength(body) + 1 <= maxBytes)}\n`
}

/** For job summaries and files. Every name is escaped: it may come from a stranger's model. */
export const markdown: Reporter = {
  fileName: REPORT_FILE.markdown,
  format: (result, { links = {} }) => renderSummary(result, links)
}

export const comment: Reporter = {
  fileName: REPORT_FILE.comment,
  format: (result, { links = {} }) => renderComment(result, { reportId: '', ...links })
}
