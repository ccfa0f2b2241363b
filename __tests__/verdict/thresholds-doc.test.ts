import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { samplesNeeded } from '../../src/verdict/index.js'

type Interval = 'tango' | 'conditional' | 'wald'
interface Row {
  samples: number
  broken: number
  repaired: number
}
// enumerated by script/references/statistics.py
const reference = JSON.parse(
  readFileSync(new URL('../../__fixtures__/verdict/coverage.json', import.meta.url), 'utf8')
) as {
  examples: (Row & { conditional: [number, number]; tango: [number, number] })[]
  coverage: (Row & Record<Interval, number>)[]
  lowest: { samples: number; interval: Interval; coverage: number }[]
}
const INTERVALS: Interval[] = ['tango', 'conditional', 'wald']

const row = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`
const count = (value: number) => value.toLocaleString('en-US')
const percent = (value: number, digits = 1) => `${(100 * value).toFixed(digits)} %`
const rate = (value: number) => `${Number((100 * value).toPrecision(3))} %`
const signed = (value: number) =>
  value
    .toFixed(2)
    .replace(/^-(?!0\.00)/, '−')
    .replace('-0.00', '0.00')

const tables: Record<string, string[]> = {
  examples: reference.examples.map(({ samples, broken, repaired, conditional, tango }) =>
    row([samples, broken, repaired, ...[conditional, tango].map(([low, high]) => `${signed(low)} to ${signed(high)}`)])
  ),
  coverage: reference.coverage.map((entry) =>
    row([
      count(entry.samples),
      rate(entry.broken),
      rate(entry.repaired),
      ...INTERVALS.map((name) => percent(entry[name]))
    ])
  ),
  lowest: [...new Set(reference.lowest.map(({ samples }) => samples))].map((samples) => {
    const lowest = (name: Interval) =>
      reference.lowest.find((entry) => entry.samples === samples && entry.interval === name)
    return row([count(samples), ...INTERVALS.map((name) => percent(lowest(name)!.coverage))])
  }),
  samples: [0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1].map((changed) => {
    const samples = 1e6
    const pairs = { samples, broken: (samples * changed) / 2, repaired: (samples * changed) / 2 }
    return row([rate(changed), ...[0.0025, 0.005, 0.01, 0.02].map((limit) => count(samplesNeeded(pairs, limit)!))])
  })
}

describe('docs/thresholds.md', () => {
  const file = new URL('../../docs/thresholds.md', import.meta.url)

  it.each(Object.keys(tables))('shows the table of %s as it is computed', (name) => {
    const block = new RegExp(`<!-- ${name} -->\\n[\\s\\S]*?<!-- /${name} -->`)
    const written = readFileSync(file, 'utf8')
    if (process.env.UPDATE_GOLDEN === '1') {
      const head = /\|.*\n\|[-:| ]+\|\n/.exec(block.exec(written)![0])![0]
      writeFileSync(
        file,
        written.replace(block, `<!-- ${name} -->\n${head}${tables[name].join('\n')}\n<!-- /${name} -->`)
      )
    }
    const rows = block
      .exec(readFileSync(file, 'utf8'))![0]
      .split('\n')
      .filter((line) => line.startsWith('|'))
    expect(rows.slice(2)).toEqual(tables[name])
  })
})
