import { EMULATED, LATENCY_COLUMNS, latencyRows } from '../latency.js'
import { code, prose } from './escape.js'
import { clip, details, figure, paragraphs, table } from './markup.js'
import type { View } from './view.js'

/** How long the variants take. */
export function latencyTable({ result, detail }: View): string {
  const rows = latencyRows(result)
  if (!detail.facts || rows.length === 0) return ''
  const columns = [
    { title: 'variant' },
    ...LATENCY_COLUMNS.map((title) => ({ title: prose(title), align: 'right' as const }))
  ]
  const cells = rows.map(({ variant, cells, emulated }) => [
    `${code(clip(variant, detail.name))}${emulated ? ' ¹' : ''}`,
    ...cells.map(figure)
  ])
  const note = rows.some(({ emulated }) => emulated) ? `<sub>¹ ${EMULATED}.</sub>` : ''
  return details('Latency', paragraphs([table(columns, cells), note]))
}
