import { REFERENCE_VARIANT, type Conclusion, type Result, type VerdictStatus } from '../result.js'
import { calibrationFact, environmentFact, factsOf, subjectFacts, timingFact } from './facts.js'
import { code, prose } from './markdown-escape.js'
import { rowsOf } from './rows.js'
import type { Reporter } from './types.js'

const TITLE: Record<Conclusion, string> = {
  success: '✅ Precision gate: passed',
  failure: '❌ Precision gate: a limit is broken',
  inconclusive: '❔ Precision gate: inconclusive',
  error: '❌ Precision gate: did not finish'
}
const STATUS: Record<VerdictStatus, string> = {
  pass: '✅ pass',
  fail: '❌ fail',
  warn: '⚠️ warn',
  inconclusive: '❔ inconclusive'
}

/** For comments and job summaries, as GitHub renders it. Every name is escaped: it may come from a stranger's model. */
export const markdown: Reporter = { fileName: 'report.md', format: formatMarkdown }

function formatMarkdown(result: Result): string {
  return [
    `## ${TITLE[result.conclusion]}`,
    list(result.reasons.map(prose)),
    table(result),
    list(warningsOf(result)),
    diagnosis(result),
    details('Variants', list(variantFacts(result))),
    details('Run', list(runFacts(result)))
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

function table(result: Result): string {
  const rows = rowsOf(result).map(
    ({ variant, metric, fp32, value, drop, limit, status }) =>
      `| ${code(variant)} | ${code(metric)} | ${fp32} | ${value} | ${drop} | ${limit} | ${status === undefined ? '' : STATUS[status]} |`
  )
  if (rows.length === 0) return ''
  return [
    '| variant | metric | FP32 | value | points lost [95 % interval] | limit | status |',
    '| --- | --- | ---: | ---: | ---: | ---: | --- |',
    ...rows
  ].join('\n')
}

function warningsOf({ variants }: Result): string[] {
  return Object.entries(variants).flatMap(([name, { warnings }]) =>
    warnings.map((warning) => `⚠️ ${code(name)}: ${prose(warning)}`)
  )
}

function diagnosis({ diagnosis }: Result): string {
  if (diagnosis.length === 0) return ''
  const icon = { pass: '✅', warn: '⚠️', fail: '❌', skipped: '➖' }
  const items = diagnosis.map(({ check, status, variant, evidence, action }) => {
    const subject = variant === undefined ? '' : ` ${code(variant)}`
    return `${icon[status]} **${prose(check.trim())}**${subject}: ${prose(evidence)}${action === '' ? '' : `<br>→ ${prose(action)}`}`
  })
  return `### Diagnosis\n\n${list(items)}`
}

function variantFacts({ variants }: Result): string[] {
  return Object.entries(variants).flatMap(([name, variant]) => {
    if (variant.error !== undefined) return [`${code(name)}: did not run, ${prose(variant.error)}`]
    const file = variant.model === undefined || name === REFERENCE_VARIANT ? [] : [`file ${code(variant.model)}`]
    const calibration = variant.calibration === undefined ? [] : [prose(calibrationFact(variant.calibration))]
    return [`${code(name)}: ${[...factsOf(variant).map(prose), ...file, ...calibration].join('; ')}`]
  })
}

function runFacts(result: Result): string[] {
  return [
    ...subjectFacts(result).map(([label, text]) => `${label}: ${prose(text)}`),
    `environment: ${prose(environmentFact(result.environment))}`,
    `time: ${prose(timingFact(result.timings))}`,
    `${prose(result.tool.name)} ${prose(result.tool.version)}`
  ]
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}

/** Blank lines inside the block: without them GitHub shows the Markdown as it is written. */
function details(summary: string, content: string): string {
  return content === '' ? '' : `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`
}
