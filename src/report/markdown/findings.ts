import { everyVariant, type Verdict } from '../../result.js'
import { elsewhereFact } from '../facts.js'
import { isLayerLimit, NONE } from '../text.js'
import { code, prose } from './escape.js'
import { clip, details, list, paragraphs } from './markup.js'
import type { View } from './view.js'
import { STATUS } from './verdicts.js'

const ICON = { pass: '✅', warn: '⚠️', fail: '❌', skipped: '➖' }

/** What the table cannot say: why something was not judged, what did not run, how an open limit would be settled. */
export function explanations(view: View): string {
  const { result, detail } = view
  const failed = Object.entries(everyVariant(result)).flatMap(([name, { error }]) =>
    error === undefined ? [] : [`💥 ${code(clip(name, detail.name))} did not run: ${prose(clip(error, detail.text))}`]
  )
  const noticed = result.baseline?.comparable === false
  const verdicts = result.verdicts.filter((verdict) => needsWords(verdict) && !(noticed && lacksBaseline(verdict)))
  const items = grouped(verdicts.slice(0, detail.failing)).map(([status, words, variants]) => {
    const names = variants.map((variant) => code(clip(variant, detail.name))).join(', ')
    return `${STATUS[status].split(' ')[0]} ${names}: ${prose(clip(words, detail.text))}`
  })
  // a conclusion without a verdict behind it has its reasons alone
  const told = failed.length + result.verdicts.filter(({ status }) => status !== 'pass').length > 0
  const reasons = told || result.conclusion === 'success' ? [] : result.reasons
  return list([
    ...failed.slice(0, detail.failing),
    ...items,
    ...reasons.map((reason) => prose(clip(reason, detail.text)))
  ])
}

/** One notice says it of all of them. */
function lacksBaseline({ observed, against }: Verdict): boolean {
  return observed === null && against === 'baseline'
}

/** What is to be said of several variants is said once. */
function grouped(verdicts: readonly Verdict[]): [Verdict['status'], string, string[]][] {
  const groups = new Map<string, [Verdict['status'], string, string[]]>()
  for (const verdict of verdicts) {
    const words = wordsFor(verdict)
    const key = `${verdict.status} ${words}`
    const variants = groups.get(key)?.[2] ?? []
    groups.set(key, [verdict.status, words, [...new Set([...variants, verdict.variant])]])
  }
  return [...groups.values()]
}

/** Figures that stand in the table are not repeated. */
function wordsFor({ status, subject, observed, message, samplesNeeded }: Verdict): string {
  if (status !== 'inconclusive' || observed === null || samplesNeeded === undefined) return message
  const samples = samplesNeeded.toLocaleString('en-US')
  return `the interval of ${subject} spans its limit; about ${samples} samples would settle it at these rates`
}

function needsWords(verdict: Verdict): boolean {
  const { status, observed, subject, tolerance, unit } = verdict
  if (status === 'pass' || subject === 'outputs') return false
  // the table has no place for the name of the layer
  if (isLayerLimit(verdict) || unit === 'times') return true
  return status === 'inconclusive' || observed === null || tolerance !== undefined
}

/** The diagnosis: what was found and what would repair it. */
export function whatToDo({ result, detail }: View): string {
  const found = result.diagnosis.filter(({ status }) => status === 'fail' || status === 'warn')
  const items = found.slice(0, detail.hints).map(({ check, status, variant, evidence, action }) => {
    const subject = variant === undefined ? '' : ` in ${code(clip(variant, detail.name))}`
    const advice = action === '' ? '' : `<br>→ ${prose(clip(action, detail.text))}`
    return `${ICON[status]} **${prose(clip(check.trim() || NONE, detail.name))}**${subject}: ${prose(clip(evidence, detail.text))}${advice}`
  })
  return items.length === 0 ? '' : paragraphs(['#### What to do', list(items)])
}

export function warnings({ result, detail }: View): string {
  const items = Object.entries(everyVariant(result)).flatMap(([name, variant]) =>
    [...variant.warnings, ...elsewhereFact(variant)].map(
      (warning) => `${code(clip(name, detail.name))}: ${prose(clip(warning, detail.text))}`
    )
  )
  return details(`⚠️ ${items.length} ${items.length === 1 ? 'warning' : 'warnings'}`, list(items))
}

/** Checks of the diagnosis that found nothing, in a fold of their own. */
export function clearedChecks({ result, detail }: View): string {
  const cleared = result.diagnosis.filter(({ status }) => status === 'pass' || status === 'skipped')
  const items = cleared.map(({ check, status, variant, evidence }) => {
    const subject = variant === undefined ? '' : ` in ${code(clip(variant, detail.name))}`
    return `${ICON[status]} ${prose(clip(check.trim() || NONE, detail.name))}${subject}: ${prose(clip(evidence, detail.text))}`
  })
  const passed = cleared.filter(({ status }) => status === 'pass').length
  const title =
    passed === 0 ? 'Checks that were skipped' : `${passed} ${passed === 1 ? 'check' : 'checks'} found nothing`
  return details(title, list(items))
}
