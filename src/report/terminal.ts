import picocolors from 'picocolors'
import { everyVariant, type Conclusion, type LayerResult, type Result } from '../result.js'
import { comparisonLines } from './comparison.js'
import { calibrationFact, environmentFact, factsOf, subjectFacts, timingFact } from './facts.js'
import { comparisonFact } from './layer-report.js'
import { latencyLines } from './latency.js'
import { aloneText, areHealthy, lowestSqnr, worstFirst } from './layers.js'
import { layoutTable, wrap, type Column } from './layout.js'
import { providerLines } from './providers.js'
import { rowsOf, type Row } from './rows.js'
import { count, NONE, plural, visible } from './text.js'
import type { Reporter, ReportOptions } from './types.js'

type Colors = ReturnType<typeof picocolors.createColors>
type Status = NonNullable<Row['status']> | 'skipped'

const VERDICT: Record<Conclusion, string> = {
  success: 'PASS',
  failure: 'FAIL',
  inconclusive: 'INCONCLUSIVE',
  error: 'ERROR'
}
const COLUMNS: readonly Column[] = [
  { title: 'variant', align: 'left' },
  { title: 'metric', align: 'left' },
  { title: 'FP32', align: 'right' },
  { title: 'value', align: 'right' },
  { title: 'points lost [95 %]', align: 'right' },
  { title: 'limit', align: 'right' },
  { title: 'status', align: 'left' }
]

/** The report on a terminal or in a log: verdict first, then the figures, then where they come from. */
export const terminal: Reporter = { format: formatTerminal }

function formatTerminal(result: Result, options: ReportOptions): string {
  const colors = picocolors.createColors(options.color)
  const width = Math.max(24, options.width)
  const sections: [string, string[]][] = [
    ['', verdict(result, width, colors)],
    ['', table(rowsOf(result), width, colors)],
    ['Latency', latencyLines(result, width)],
    ['Providers', providerLines(result, width)],
    ['Baseline', comparisonLines(result, width)],
    [layersTitle(result), layers(result, width)],
    ['Variants', variants(result, width)],
    ['Warnings', warnings(result, width, colors)],
    ['Diagnosis', diagnosis(result, width, colors)],
    ['Run', run(result, width)]
  ]
  const lines = sections
    .filter(([, content]) => content.length > 0)
    .flatMap(([title, content]) => [...(title === '' ? [] : [colors.bold(title)]), ...content, ''])
  return lines.map(defuse).join('\n')
}

function verdict({ conclusion, reasons }: Result, width: number, colors: Colors): string[] {
  const paint = { success: colors.green, failure: colors.red, inconclusive: colors.yellow, error: colors.red }[
    conclusion
  ]
  const [first, ...more] = reasons.map(visible)
  const label = VERDICT[conclusion]
  const lines = wrap(`${label}  ${first ?? ''}`.trimEnd(), width, '  ')
  return [
    colors.bold(paint(label)) + lines[0].slice(label.length),
    ...lines.slice(1),
    ...more.flatMap((reason) => wrap(`  ${reason}`, width, '    '))
  ]
}

function table(rows: readonly Row[], width: number, colors: Colors): string[] {
  if (rows.length === 0) return []
  const cells = rows.map((row, index) => [
    row.variant === rows[index - 1]?.variant ? '' : visible(row.variant),
    visible(row.metric),
    row.fp32,
    row.value,
    row.drop,
    row.limit,
    row.status ?? NONE
  ])
  const laidOut = layoutTable(COLUMNS, cells, width, (cell, row, column) => {
    if (row < 0) return colors.dim(cell)
    return column === COLUMNS.length - 1 ? painted(cell, rows[row].status, colors) : cell
  })
  return laidOut ?? rows.flatMap((row) => record(row, width, colors))
}

/** A row of the table where the terminal is too narrow for it. */
function record(row: Row, width: number, colors: Colors): string[] {
  const status = row.status ?? NONE
  const title = wrap(`  ${status}  ${visible(row.variant)} ${visible(row.metric)}`, width, '    ')
  const fields: [string, string][] = [
    ['FP32', row.fp32],
    ['value', row.value],
    ['points lost', row.drop],
    ['limit', row.limit]
  ]
  return [
    `  ${painted(status, row.status, colors)}${title[0].slice(2 + status.length)}`,
    ...title.slice(1),
    ...fields
      .filter(([, text]) => text !== NONE)
      .flatMap(([name, text]) => wrap(`    ${name} ${text}`, width, '      '))
  ]
}

/** A few layers for each variant: the tables are in the Markdown report. */
const WORST_LAYERS = 5

function layersTitle({ layers = {} }: Result): string {
  return Object.values(layers).every(areHealthy) ? 'Layers' : 'Layers to suspect first'
}

function layers({ layers = {}, layerComparison = {} }: Result, width: number): string[] {
  const compared = Object.entries(layers).flatMap(([variant, all]) => [
    ...(areHealthy(all) ? [healthyText(all)] : worstFirst(all).slice(0, WORST_LAYERS).map(layerText)).flatMap((text) =>
      wrap(`  ${visible(variant)}: ${visible(text)}`, width, '    ')
    ),
    ...(Object.hasOwn(layerComparison, variant)
      ? wrap(`  ${visible(variant)}: ${comparisonFact(layerComparison[variant])}`, width, '    ')
      : [])
  ])
  const others = Object.entries(layerComparison).filter(([variant]) => !Object.hasOwn(layers, variant))
  return [
    ...compared,
    ...others.flatMap(([variant, comparison]) =>
      wrap(`  ${visible(variant)}: ${comparisonFact(comparison)}`, width, '    ')
    )
  ]
}

function healthyText(layers: readonly LayerResult[]): string {
  const lowest = lowestSqnr(layers)
  const worst = lowest === undefined ? 'all identical to FP32' : `lowest SQNR: ${describe(lowest)}`
  return `no layer of ${count(layers.length)} is suspected; ${worst}`
}

function describe({ name, op, sqnrDb }: LayerResult & { readonly sqnrDb: number }): string {
  return `${name} (${op}), ${sqnrDb.toFixed(1)} dB`
}

function layerText({ name, op, sqnrDb, maxAbs, deviationRatio, introduced }: LayerResult): string {
  const noise = sqnrDb === null ? (maxAbs === 0 ? 'identical' : 'not finite') : `SQNR ${sqnrDb.toFixed(1)} dB`
  const alone = introduced === undefined ? '' : `, ${aloneText(introduced)} by itself`
  return `${name} (${op}): ${noise}${alone}, ${(100 * deviationRatio).toFixed(2)} % deviating`
}

function variants(result: Result, width: number): string[] {
  const { task } = result
  return Object.entries(everyVariant(result)).flatMap(([name, variant]) => {
    const facts =
      variant.error === undefined
        ? [...factsOf(variant, task), ...(variant.model === undefined ? [] : [variant.model])]
        : [`did not run: ${variant.error}`]
    const calibration = variant.calibration === undefined ? [] : [calibrationFact(variant.calibration)]
    return [
      ...wrap(`  ${visible(name)}: ${visible(facts.join('; '))}`, width, '    '),
      ...calibration.flatMap((fact) => wrap(`    ${visible(fact)}`, width, '      '))
    ]
  })
}

function warnings(result: Result, width: number, colors: Colors): string[] {
  return Object.entries(everyVariant(result)).flatMap(([name, { warnings }]) =>
    warnings.flatMap((warning) => wrap(`  ${visible(name)}: ${visible(warning)}`, width, '    ').map(colors.yellow))
  )
}

function diagnosis({ diagnosis }: Result, width: number, colors: Colors): string[] {
  const found = diagnosis.filter(({ status }) => status === 'fail' || status === 'warn')
  const lines = found.flatMap(({ check, status, variant, evidence, action }) => {
    const subject = variant === undefined ? '' : ` (${visible(variant)})`
    const [first, ...more] = wrap(`  ${status}  ${visible(check)}${subject}: ${visible(evidence)}`, width, '    ')
    return [
      `  ${painted(status, status, colors)}${first.slice(2 + status.length)}`,
      ...more,
      ...(action === '' ? [] : wrap(`    -> ${visible(action)}`, width, '       '))
    ]
  })
  return [...lines, ...cleared(diagnosis, width, colors)]
}

/** Their figures are in the other reports. */
function cleared(diagnosis: Result['diagnosis'], width: number, colors: Colors): string[] {
  return (['pass', 'skipped'] as const).flatMap((wanted) => {
    const of = diagnosis.filter(({ status }) => status === wanted)
    if (of.length === 0) return []
    const names = [...new Set(of.map(({ check }) => visible(check)))].join(', ')
    const text = wanted === 'pass' ? `${plural(of.length, 'check')} found nothing: ${names}` : names
    const [first, ...more] = wrap(`  ${wanted}  ${text}`, width, '    ')
    return [`  ${painted(wanted, wanted, colors)}${first.slice(2 + wanted.length)}`, ...more]
  })
}

function run(result: Result, width: number): string[] {
  const facts: (readonly [string, string])[] = [
    ...subjectFacts(result),
    ['environment', environmentFact(result.environment)],
    ...Object.values(result.providers ?? {}).map(
      ({ environment }) => ['environment', environmentFact(environment)] as const
    ),
    ['time', timingFact(result.timings)],
    ['tool', `${result.tool.name} ${result.tool.version}`]
  ]
  return facts.flatMap(([label, text]) => wrap(`  ${label}: ${visible(text)}`, width, '    '))
}

function painted(text: string, status: Status | undefined, colors: Colors): string {
  switch (status) {
    case 'pass':
      return colors.green(text)
    case 'fail':
      return colors.red(text)
    case 'warn':
    case 'inconclusive':
      return colors.yellow(text)
    case 'skipped':
    case undefined:
      return text
  }
}

/** In a workflow's log a line that starts with `::`, or has `##[` anywhere, is a command to the runner. */
function defuse(line: string): string {
  return line.replace(/^(\s*):(?=:)/, '$1: ').replace(/##(?=\[)/g, '## ')
}
