import { PROVIDER_LEGEND, providerRows } from '../provider-rows.js'
import { code, prose } from './escape.js'
import { clip, details, figure, paragraphs, table } from './markup.js'
import type { View } from './view.js'

/** The same variants on several providers. */
export function providerTable({ result, detail }: View): string {
  const rows = providerRows(result)
  if (!detail.facts || rows.length === 0) return ''
  const first = code(result.environment.provider)
  const others = Object.keys(result.providers ?? {}).map((name) => code(clip(name, detail.name)))
  const columns = [
    { title: 'variant' },
    { title: 'metric' },
    { title: `on ${first}`, align: 'right' as const },
    { title: 'on' },
    { title: 'value', align: 'right' as const },
    { title: `points lost ${figure('[95 %]')}`, align: 'right' as const },
    { title: 'changed', align: 'right' as const },
    { title: 'outputs', align: 'right' as const }
  ]
  const cells = rows.map((row) => [
    code(clip(row.variant, detail.name)),
    code(clip(row.metric, detail.name)),
    figure(row.here),
    code(clip(row.provider, detail.name)),
    ...[row.there, row.lost, row.flips, row.difference].map(figure)
  ])
  const legend = `<sub>${prose(PROVIDER_LEGEND)}.</sub>`
  return details(`The same models on ${others.join(', ')} beside ${first}`, paragraphs([table(columns, cells), legend]))
}
