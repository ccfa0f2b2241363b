import { REFERENCE_VARIANT, type Result, type VerdictStatus } from '../../result.js'
import { rowsOf, type Row } from '../rows.js'
import { count, NONE } from '../text.js'
import { code } from './escape.js'
import { clip, figure, paragraphs, table, type Column } from './markup.js'
import type { View } from './view.js'

export const STATUS: Record<VerdictStatus, string> = {
  fail: '❌ fail',
  inconclusive: '❔ open',
  warn: '⚠️ warn',
  pass: '✅ pass'
}
const ORDER = ['fail', 'inconclusive', 'warn', 'pass', undefined] as const

/** Every limit beside what was measured, those that do not hold first. */
export function verdictTable(view: View): string {
  const { result, detail } = view
  const rows = sorted(result)
  const holds = (row: Row): boolean => row.status === 'pass' || row.status === undefined
  const broken = rows.filter((row) => !holds(row))
  const passing = rows.filter(holds)
  const shown = [...broken.slice(0, detail.failing), ...passing.slice(0, detail.passing)]
  const withBaseline = shown.some(({ change }) => change !== undefined && change !== NONE)
  return paragraphs([
    table(
      columns(withBaseline),
      shown.map((row) => cells(row, view, withBaseline))
    ),
    missing(broken.length - detail.failing, 'limit that does not hold is', 'limits that do not hold are'),
    missing(passing.length - detail.passing, 'row that holds is', 'rows that hold are')
  ])
}

function missing(rows: number, one: string, many: string): string {
  return rows > 0 ? `<sub>${count(rows)} ${rows === 1 ? one : many} left out here.</sub>` : ''
}

/** FP32 without a limit stands in the FP32 column already. */
function sorted(result: Result): Row[] {
  const rows = rowsOf(result).filter(({ variant, status }) => variant !== REFERENCE_VARIANT || status !== undefined)
  return ORDER.flatMap((status) => rows.filter((row) => row.status === status))
}

function columns(withBaseline: boolean): Column[] {
  return [
    { title: 'status' },
    { title: 'variant' },
    { title: 'metric' },
    { title: 'FP32', align: 'right' },
    { title: 'value', align: 'right' },
    { title: 'points lost [95 % interval]', align: 'right' },
    { title: 'limit', align: 'right' },
    ...(withBaseline ? [{ title: 'baseline → now', align: 'right' as const }] : [])
  ]
}

function cells(row: Row, { detail, addresses }: View, withBaseline: boolean): string[] {
  const { variant, metric, fp32, value, drop, limit, change, status, verdict } = row
  const line = verdict?.configPosition?.line
  const bound = figure(limit)
  return [
    status === undefined ? '' : figure(STATUS[status]),
    code(clip(variant, detail.name)),
    code(clip(metric, detail.name)),
    figure(fp32),
    figure(value),
    figure(drop).replace(
      /^([^ \u00a0]+)(?=\u00a0\[)/,
      status === 'fail' || status === 'inconclusive' ? '**$1**' : '$1'
    ),
    line !== undefined && addresses.configLine !== undefined ? `[${bound}](${addresses.configLine(line)})` : bound,
    ...(withBaseline ? [figure(change ?? NONE)] : [])
  ]
}
