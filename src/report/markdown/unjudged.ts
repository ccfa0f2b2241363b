import { stripVTControlCharacters } from 'node:util'
import { TOOL } from '../../version.js'
import { addressesOf, commitOf, type ReportLinks } from '../links.js'
import { visible } from '../text.js'
import { prose } from './escape.js'
import { gateName, ICON } from './headline.js'
import { clip, fence, list, paragraphs } from './markup.js'

/** A run that ended without a result. */
export interface Unjudged {
  /** A sentence for people. */
  readonly reason: string
  /** The last lines of its log. */
  readonly log: readonly string[]
}

const MAX_NAME = 100
const MAX_REASON = 2000
const MAX_LINES = 30
const MAX_LINE = 300

/**
 * What takes the place of the report where there is none, in the comment and in the summary alike: a verdict of an
 * earlier commit must not stand there as if it were this one's. Reason and log may quote a stranger's file.
 */
export function renderUnjudged({ reason, log }: Unjudged, links: ReportLinks = {}): string {
  const lines = log
    .map((line) => clip(visible(stripVTControlCharacters(line).replaceAll('\t', '    ')), MAX_LINE).trimEnd())
    .filter((line) => line !== '')
    .slice(-MAX_LINES)
  return `${paragraphs([
    `### ${ICON.error} ${gateName(links.reportId ?? '', MAX_NAME)}: could not judge`,
    prose(clip(reason.trim() || 'No reason is given', MAX_REASON)),
    'Nothing is known about the accuracy of this change: that is no pass.',
    lines.length === 0 ? '' : paragraphs(['The end of the log:', fence('text', lines)]),
    '#### What to do',
    list([
      'Repair what the reason names, and run the job again.',
      '`precision-gate check` reads the config and the files it names and runs nothing; `precision-gate run` on a machine with the same runtime shows the whole log.'
    ]),
    footer(links)
  ])}\n`
}

function footer(links: ReportLinks): string {
  const commit = commitOf({}, links)
  const addresses = addressesOf({}, links, commit)
  const short = commit === undefined ? undefined : `<code>${commit.slice(0, 8)}</code>`
  const sha = short !== undefined && addresses.commit !== undefined ? `[${short}](${addresses.commit})` : short
  return `<sub>${[
    ...(sha === undefined ? [] : [`commit ${sha}`]),
    ...(addresses.run === undefined ? [] : [`[run](${addresses.run})`]),
    `${TOOL.name} ${TOOL.version}`
  ].join(' · ')}</sub>`
}
