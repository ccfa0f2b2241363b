import { compareWithBaseline, openBaseline } from '../baseline/index.js'
import { ExitCode } from '../errors.js'
import { comparisonLines } from '../report/index.js'
import type { CommandContext } from './context.js'
import { printable } from './printable.js'

export interface CompareOptions {
  readonly json?: boolean
}

/**
 * `precision-gate compare A B`: what changed from one finished run to another.
 * @param before result.json of the earlier run, or its report folder; `after` likewise.
 * @returns the exit code: 0, or 4 where the two cannot be compared.
 */
export async function compare(
  before: string,
  after: string,
  { json }: CompareOptions,
  { terminal: { out } }: CommandContext
): Promise<number> {
  const [then, now] = [await openBaseline(before), await openBaseline(after)]
  const { comparison } = compareWithBaseline(then, now.result, now.samples)
  const text =
    json === true
      ? JSON.stringify(comparison, null, 2)
      : comparisonLines({ ...now.result, baseline: comparison }, out.width)
          .map(printable)
          .join('\n')
  out.stream.write(`${text}\n`)
  return comparison.comparable ? ExitCode.pass : ExitCode.inconclusive
}
