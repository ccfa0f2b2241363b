import type { LayerComparison, LayerResult } from '../result.js'
import { aloneText } from './layers.js'
import { layoutTable, wrap, type Column } from './layout.js'
import { count, NONE, plural, visible } from './text.js'

export interface LayerReportOptions {
  readonly width: number
  /** Only this many, the first suspects; all in execution order where it is left out. */
  readonly worst?: number
}

const COLUMNS: readonly Column[] = [
  { title: 'layer', align: 'left' },
  { title: 'operator', align: 'left' },
  { title: 'Diff_num', align: 'right' },
  { title: 'total', align: 'right' },
  { title: 'ratio', align: 'right' },
  { title: 'SQNR', align: 'right' },
  { title: 'alone', align: 'right' },
  { title: 'cosine', align: 'right' },
  { title: 'max error', align: 'right' },
  { title: 'ran in', align: 'left' },
  { title: 'suspect', align: 'right' }
]

/** The command's whole output: for each variant the table of its layers and what it was measured with. */
export function layerReport(
  layers: Readonly<Record<string, readonly LayerResult[]>>,
  comparisons: Readonly<Record<string, LayerComparison>>,
  options: LayerReportOptions
): string {
  return Object.entries(comparisons)
    .flatMap(([variant, comparison]) => [
      ...wrap(`${visible(variant)}: ${comparisonFact(comparison)}`, options.width, '  '),
      ...(comparison.error === undefined ? tableOf(layers[variant] ?? [], options) : []),
      ''
    ])
    .join('\n')
}

/** How the layers were compared, and whether looking at them changed anything. */
export function comparisonFact(comparison: LayerComparison): string {
  const { samples, isolatedSamples, threshold, floor, unmatched, stoppedAt = [], error } = comparison
  if (error !== undefined) return `layers are not compared: ${visible(error)}`
  const rule =
    floor === 0
      ? `off by more than ${100 * threshold} % of the FP32 value`
      : `off by more than ${100 * threshold} % of max(|FP32|, ${floor} rms)`
  return [
    `${plural(samples, 'sample')}, ${count(isolatedSamples)} of them layer by layer`,
    `deviating: ${rule}`,
    `observer effect: ${observerFact(comparison.observer)}`,
    ...(stoppedAt.length > 0 ? [stopFact(stoppedAt)] : []),
    ...(unmatched.length > 0 ? [`no counterpart in FP32: ${unmatched.map(visible).join(', ')}`] : [])
  ].join('; ')
}

/** Behind suppression there are other boxes in another order: nothing to compare element by element. */
function stopFact(nodes: NonNullable<LayerComparison['stoppedAt']>): string {
  const named = nodes.map(({ name, op }) => visible(name === '' ? op : `${op} ${name}`)).join(', ')
  return `stops before ${named}, which ${nodes.length === 1 ? 'selects' : 'select'} by value: lists have no common order`
}

export function observerFact(observer: LayerComparison['observer']): string {
  if (observer === undefined || observer.samples === 0) return 'not measured'
  const { different, values, maxAbs, maxOutput } = observer
  if (different === 0) return 'none'
  const most = maxAbs === null ? 'not finite' : `up to ${maxAbs.toPrecision(2)} of ${maxOutput.toPrecision(3)}`
  return `${count(different)} of ${count(values)} output values differ, ${most}`
}

function tableOf(layers: readonly LayerResult[], { width, worst }: LayerReportOptions): string[] {
  const rank = ({ introduced }: LayerResult) => introduced?.rank ?? Infinity
  const shown = worst === undefined ? layers : [...layers].sort((a, b) => rank(a) - rank(b)).slice(0, worst)
  const rows = shown.map((layer) => [
    visible(layer.name),
    visible([layer.op, ...(layer.fused ?? []).map(({ op }) => op)].join(' + ')),
    count(layer.relErrorCount),
    count(layer.elements),
    `${(100 * layer.deviationRatio).toFixed(4)} %`,
    decibels(layer.sqnrDb, layer.maxAbs === 0),
    layer.introduced === undefined ? NONE : aloneText(layer.introduced),
    layer.cosine === null ? NONE : layer.cosine.toFixed(5),
    layer.maxAbs === null ? 'not finite' : layer.maxAbs.toPrecision(3),
    layer.executed ?? NONE,
    layer.introduced === undefined ? NONE : `#${layer.introduced.rank}`
  ])
  return (
    layoutTable(COLUMNS, rows, width, (cell) => cell) ??
    rows.flatMap((row) => wrap(`  ${COLUMNS.map(({ title }, i) => `${title} ${row[i]}`).join(', ')}`, width, '    '))
  )
}

function decibels(value: number | null, identical: boolean): string {
  if (value !== null) return `${value.toFixed(1)} dB`
  return identical ? 'identical' : 'not finite'
}
