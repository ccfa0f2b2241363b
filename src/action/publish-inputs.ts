import { limits } from '../github/index.js'
import type { InputReader } from './input-reader.js'
import { INPUT } from './names.js'
import { COMMENT_POLICIES, type PublishSettings } from './settings.js'

/** Longer names are no names; the marker of the comment holds it. */
const MAX_NAME = 200

/** The inputs that both actions have: what is said on GitHub, and where. */
export function readPublishSettings(read: InputReader): Omit<PublishSettings, 'annotations'> {
  const checkName = read.optional(INPUT.checkName)
  return {
    token: read.text(INPUT.githubToken),
    comment: read.choice(INPUT.comment, COMMENT_POLICIES),
    reportId: reportId(read),
    maxAnnotations: read.number(INPUT.maxAnnotations, { min: 0, max: limits.check.annotationsPerCall, whole: true }),
    jobSummary: read.boolean(INPUT.jobSummary),
    ...(checkName !== undefined && { checkName }),
    dryRun: read.boolean(INPUT.dryRun)
  }
}

function reportId(read: InputReader): string {
  const text = read.text(INPUT.reportId)
  const wrong = text === '' || text.length > MAX_NAME || /\p{Cc}/u.test(text)
  if (wrong) read.refuse(INPUT.reportId, text, `a name of 1 to ${MAX_NAME} characters without line ends`)
  return text
}
