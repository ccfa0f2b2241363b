import { describeRun } from '../baseline/index.js'
import type { Result } from '../result.js'
import { baselineRemarks, baselineRows, type BaselineRow } from './baseline-rows.js'
import { layoutTable, wrap, type Column } from './layout.js'
import { NONE, visible } from './text.js'

const COLUMNS: readonly Column[] = [
  { title: 'variant', align: 'left' },
  { title: 'metric', align: 'left' },
  { title: 'then', align: 'right' },
  { title: 'now', align: 'right' },
  { title: 'points lost [95 %]', align: 'right' },
  { title: 'p', align: 'right' },
  { title: 'drop against FP32', align: 'right' }
]

/** The baseline of a result beside the result itself, as lines for a terminal. Empty without a baseline. */
export function comparisonLines(result: Result, width: number): string[] {
  const { baseline } = result
  if (baseline === undefined) return []
  const rows = baselineRows(result)
  const cells = rows.map(({ variant, metric, then, now, lost, p, drop }) => [
    visible(variant),
    visible(metric),
    ...[then, now, lost, p, drop]
  ])
  const laidOut = rows.length === 0 ? [] : layoutTable(COLUMNS, cells, width, (cell) => cell)
  return [
    ...wrap(`  ${visible(describeRun(baseline.run, baseline.path))}`, width, '    '),
    ...(laidOut ?? rows.flatMap((row) => wrap(`  ${sentence(row)}`, width, '    '))),
    ...baselineRemarks(result).flatMap((remark) => wrap(`  ${visible(remark)}`, width, '    '))
  ]
}

/** A row where the terminal is too narrow for the table. */
function sentence({ variant, metric, then, now, lost, drop }: BaselineRow): string {
  const parts = [
    `${visible(variant)} ${visible(metric)}: ${then} → ${now}`,
    ...(lost === NONE ? [] : [`${lost} points lost`]),
    ...(drop === NONE ? [] : [`drop ${drop}`])
  ]
  return parts.join(', ')
}
