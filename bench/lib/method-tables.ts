export interface MethodFigures {
  /** 0..1 */
  readonly metric?: number
  readonly dropPoints?: number
  readonly broken?: number
  readonly repaired?: number
  readonly sqnrDb: Readonly<Record<string, number>>
}

export interface FixtureFigures {
  readonly name: string
  readonly metric?: string
  readonly fp32?: number
  readonly samples: number
  readonly methods: Readonly<Record<string, MethodFigures>>
}

/** Markdown: metrics, SQNR, and the summary that the default method is chosen by. */
export function methodTables(fixtures: readonly FixtureFigures[], methods: readonly string[]): string {
  return [metricTable(fixtures, methods), sqnrTable(fixtures, methods), summaryTable(fixtures, methods)].join('\n\n')
}

function metricTable(fixtures: readonly FixtureFigures[], methods: readonly string[]): string {
  const rows = fixtures
    .filter(({ metric }) => metric !== undefined)
    .map(({ name, metric, fp32 = 0, samples, methods: figures }) => [
      `${name} (${metric}, ${samples})`,
      fp32.toFixed(4),
      ...methods.map((method) => {
        const { metric: value = 0, broken, repaired } = figures[method]
        return value.toFixed(4) + (broken === undefined ? '' : ` (-${broken} +${repaired})`)
      })
    ])
  return table(['metric of INT8', 'FP32', ...methods], rows)
}

function sqnrTable(fixtures: readonly FixtureFigures[], methods: readonly string[]): string {
  const rows = fixtures.flatMap(({ name, methods: figures }) =>
    Object.keys(figures[methods[0]].sqnrDb).map((part) => [
      part === 'output' ? name : `${name}, ${part}`,
      ...methods.map((method) => figures[method].sqnrDb[part].toFixed(1))
    ])
  )
  return table(['SQNR of the output, dB', ...methods], rows)
}

function summaryTable(fixtures: readonly FixtureFigures[], methods: readonly string[]): string {
  const scored = fixtures.filter(({ metric }) => metric !== undefined)
  const balanced = scored.filter(({ name }) => !name.includes('imbalanced'))
  const drops = (of: readonly FixtureFigures[], method: string) =>
    of.map(({ methods: figures }) => figures[method].dropPoints ?? 0)
  const rules: Readonly<Record<string, (method: string) => number>> = {
    'mean drop, points': (method) => mean(drops(scored, method)),
    'mean drop without imbalanced': (method) => mean(drops(balanced, method)),
    'largest drop': (method) => Math.max(...drops(scored, method)),
    'largest drop without imbalanced': (method) => Math.max(...drops(balanced, method)),
    'mean SQNR of all fixtures, dB': (method) =>
      mean(fixtures.map(({ methods: figures }) => mean(Object.values(figures[method].sqnrDb))))
  }
  const rows = Object.entries(rules).map(([rule, of]) => [rule, ...methods.map((method) => of(method).toFixed(2))])
  return table(['over the fixtures', ...methods], rows)
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n')
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
