import { describeRun } from '../../baseline/index.js'
import type { BaselineComparison } from '../../result.js'
import { baselineRemarks, baselineRows } from '../baseline-rows.js'
import { code, prose } from './escape.js'
import { clip, details, figure, list, paragraphs, table } from './markup.js'
import type { View } from './view.js'

/** One line outside every fold where a baseline is there and cannot be compared: its absence would look like a pass. */
export function baselineNotice({ result: { baseline }, detail }: View): string {
  if (baseline === undefined || baseline.comparable) return ''
  const reasons = baseline.reasons.map((reason) => prose(clip(reason, detail.text))).join('; ')
  return `ℹ️ The baseline (${nameOf(baseline)}) is not compared: ${reasons}.`
}

/** What was lost since the baseline, with the statistics behind it. */
export function baselineDetails({ result, detail }: View): string {
  const { baseline } = result
  if (baseline === undefined || !detail.facts) return ''
  const rows = baselineRows(result).map(({ variant, metric, then, now, lost, p }) => [
    code(clip(variant, detail.name)),
    code(clip(metric, detail.name)),
    ...[then, now, lost, prose(p)].map(figure)
  ])
  const remarks = baselineRemarks(result).map((remark) => prose(clip(remark, detail.text)))
  return details(
    `Baseline: ${nameOf(baseline)}`,
    paragraphs([table(COLUMNS, rows.slice(0, Math.max(20, detail.passing))), list(remarks)])
  )
}

const COLUMNS = [
  { title: 'variant' },
  { title: 'metric' },
  { title: 'baseline', align: 'right' as const },
  { title: 'now', align: 'right' as const },
  { title: 'points lost since [95 % interval]', align: 'right' as const },
  { title: 'p', align: 'right' as const }
]

function nameOf({ run, path }: BaselineComparison): string {
  return prose(clip(describeRun(run, path), 200))
}
