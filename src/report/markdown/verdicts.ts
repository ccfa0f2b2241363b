import { isReference, type Verdict, type VerdictStatus } from '../../result.js'
import { rowsOf, type Row } from '../rows.js'
import { count, limitOf, NONE } from '../text.js'
import { code } from './escape.js'
import { clip, details, figure, paragraphs, table, type Column } from './markup.js'
import type { View } from './view.js'

export const STATUS: Record<VerdictStatus, string> = {
  fail: '❌ fail',
  inconclusive: '🟡 open',
  warn: '⚠️ warn',
  pass: '✅ pass'
}
const ORDER = ['fail', 'inconclusive', 'warn', 'pass'] as const

/** Every limit beside what was measured, those that do not hold first. */
export function verdictTable(view: View): string {
  const { result, detail } = view
  const all = rowsOf(result)
  const rows = ORDER.flatMap((status) => all.filter((row) => row.status === status))
  const broken = rows.filter(({ status }) => status !== 'pass')
  const passing = rows.filter(({ status }) => status === 'pass')
  const shown = [...broken.slice(0, detail.failing), ...passing.slice(0, detail.passing)]
  const withBaseline = shown.some(({ change }) => change !== undefined && change !== NONE)
  return paragraphs([
    table(
      [{ title: 'status' }, ...COLUMNS, { title: 'limit', align: 'right' }, ...(withBaseline ? [BASELINE] : [])],
      shown.map((row) => [
        statusOf(row),
        ...figures(row, view),
        boundOf(row.verdict, view),
        ...(withBaseline ? [figure(row.change ?? NONE)] : [])
      ])
    ),
    missing(broken.length - detail.failing, 'limit that does not hold is', 'limits that do not hold are'),
    missing(passing.length - detail.passing, 'limit that holds is', 'limits that hold are')
  ])
}

function missing(rows: number, one: string, many: string): string {
  return rows > 0 ? `<sub>${count(rows)} ${rows === 1 ? one : many} left out here.</sub>` : ''
}

/** Metrics that no limit is set on; FP32's own stand in the FP32 column. */
export function otherMetrics(view: View): string {
  const { result, detail } = view
  const rows = rowsOf(result).filter(({ variant, status }) => status === undefined && !isReference(variant))
  const shown = rows.slice(0, detail.passing)
  const withBaseline = shown.some(({ change }) => change !== undefined && change !== NONE)
  const cells = shown.map((row) => [...figures(row, view), ...(withBaseline ? [figure(row.change ?? NONE)] : [])])
  return details('Metrics without a limit', table([...COLUMNS, ...(withBaseline ? [BASELINE] : [])], cells))
}

const COLUMNS: readonly Column[] = [
  { title: 'variant' },
  { title: 'metric' },
  { title: 'FP32', align: 'right' },
  { title: 'value', align: 'right' },
  { title: `points lost ${figure('[95 %]')}`, align: 'right' }
]
const BASELINE: Column = { title: 'baseline → now', align: 'right' }

function figures({ variant, metric, fp32, value, drop, status, verdict }: Row, { detail }: View): string[] {
  const since = verdict?.against === 'baseline' ? ` ${figure('since baseline')}` : ''
  const loss = figure(drop).split('\u00a0')
  const emphasis = (status === 'fail' || status === 'inconclusive') && loss.length > 1
  return [
    code(clip(variant, detail.name)),
    `${code(clip(metric, detail.name))}${since}`,
    figure(fp32),
    metric === 'outputs' ? value : figure(value),
    [emphasis ? `**${loss[0]}**` : loss[0], ...loss.slice(1)].join('\u00a0')
  ]
}

function statusOf({ status }: Row): string {
  return status === undefined ? '' : figure(STATUS[status])
}

/** The limit, in the unit of the column before it where it can be, with a link to the line that sets it. */
function boundOf(verdict: Verdict | undefined, { addresses, detail }: View): string {
  if (verdict === undefined) return NONE
  // broken where it must be, so that the table is not wider than a comment
  const bound = figure(limitOf(verdict).replace(/ points.*$/, '')).replace(/\u00a0(?=±|of)/, ' ')
  const line = verdict.configPosition?.line
  const linked = line !== undefined && addresses.configLine !== undefined && detail.facts
  return linked ? `[${bound}](${addresses.configLine(line)})` : bound
}
