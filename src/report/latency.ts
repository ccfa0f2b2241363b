import { everyVariant, type LatencyResult, type Result } from '../result.js'
import { layoutTable, wrap, type Column } from './layout.js'
import { count, NONE, visible } from './text.js'

/** One batch size of one variant. All texts are unescaped. */
export interface LatencyRow {
  readonly variant: string
  readonly cells: readonly [batch: string, ms: string, rate: string, speedup: string]
  readonly emulated: boolean
}

export function latencyRows(result: Result): LatencyRow[] {
  return Object.entries(everyVariant(result)).flatMap(([variant, { latency = [] }]) =>
    latency.map((one) => ({ variant, cells: cellsOf(one), emulated: one.emulated }))
  )
}

function cellsOf({ batch, medianMs, quartilesMs, samplesPerSecond, speedup }: LatencyResult): LatencyRow['cells'] {
  const rate = samplesPerSecond < 100 ? samplesPerSecond.toPrecision(3) : count(Math.round(samplesPerSecond))
  return [
    String(batch),
    `${ms(medianMs)} [${ms(quartilesMs[0])}, ${ms(quartilesMs[1])}]`,
    rate,
    speedup === undefined
      ? NONE
      : `${speedup.median.toFixed(2)}x [${speedup.quartiles.map((quartile) => quartile.toFixed(2)).join(', ')}]`
  ]
}

function ms(value: number): string {
  return value < 1000 ? value.toPrecision(3) : value.toFixed(0)
}

export const LATENCY_COLUMNS = [
  'batch',
  'ms a batch [quartiles]',
  'samples/s',
  "FP32's time / this [quartiles]"
] as const

export const EMULATED = 'simulated: its speed says nothing'

/** The table on a terminal. Empty where speed was not measured. */
export function latencyLines(result: Result, width: number): string[] {
  const rows = latencyRows(result)
  if (rows.length === 0) return []
  const columns: Column[] = [
    { title: 'variant', align: 'left' },
    ...LATENCY_COLUMNS.map((title) => ({ title, align: 'right' }) as const),
    { title: '', align: 'left' }
  ]
  const cells = rows.map(({ variant, cells, emulated }) => [visible(variant), ...cells, emulated ? EMULATED : ''])
  const sentences = (): string[] =>
    cells.flatMap(([variant, batch, time, rate, speedup, note]) =>
      wrap(`  ${variant}, batch ${batch}: ${time} ms, ${rate} samples/s, ${speedup} ${note}`.trimEnd(), width, '    ')
    )
  return layoutTable(columns, cells, width, (cell) => cell) ?? sentences()
}
