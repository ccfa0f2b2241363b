import type { Result } from '../result.js'
import { layoutTable, wrap, type Column } from './layout.js'
import { PROVIDER_LEGEND, providerRows } from './provider-rows.js'
import { visible } from './text.js'

/** The same variants on several providers, as lines for a terminal. Empty where there is one provider. */
export function providerLines(result: Result, width: number): string[] {
  const rows = providerRows(result)
  if (rows.length === 0) return []
  const columns: Column[] = [
    { title: 'variant', align: 'left' },
    { title: 'metric', align: 'left' },
    { title: `on ${result.environment.provider}`, align: 'right' },
    { title: 'on', align: 'left' },
    { title: 'value', align: 'right' },
    { title: 'points lost [95 %]', align: 'right' },
    { title: 'changed', align: 'right' },
    { title: 'outputs', align: 'right' }
  ]
  const cells = rows.map((row) => [
    visible(row.variant),
    visible(row.metric),
    row.here,
    row.provider,
    row.there,
    row.lost,
    row.flips,
    row.difference
  ])
  const laidOut = layoutTable(columns, cells, width, (cell) => cell)
  const sentences = rows.flatMap(({ variant, metric, provider, here, there, lost, difference }) =>
    wrap(
      `  ${visible(variant)} ${visible(metric)}: ${here} on ${result.environment.provider}, ${there} on ${provider}; lost ${lost}; outputs ${difference}`,
      width,
      '    '
    )
  )
  return [...(laidOut ?? sentences), ...wrap(`  ${PROVIDER_LEGEND}`, width, '    ')]
}
