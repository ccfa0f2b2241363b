import { compareWithBaseline } from '../../baseline/index.js'
import type { BaselineComparison, Result } from '../../result.js'
import { addressesOf, commitOf, type Addresses, type ReportLinks } from '../links.js'

/** How much is shown. A report that is too long is written again with less. */
export interface Detail {
  /** Rows of limits that hold, and of metrics without a limit. */
  readonly passing: number
  /** Rows of limits that do not hold. Only the last resort touches it. */
  readonly failing: number
  /** Findings of the diagnosis. */
  readonly hints: number
  /** Layers for each variant. */
  readonly layers: number
  readonly charts: boolean
  /** Where the figures come from. */
  readonly facts: boolean
  /** Characters of a name. */
  readonly name: number
  /** Characters of a sentence. */
  readonly text: number
}

/** All that the parts of a Markdown report read. */
export interface View {
  /** With the comparison that is to be shown as its baseline. */
  readonly result: Result
  readonly reportId: string
  readonly commit: string | undefined
  readonly addresses: Addresses
  readonly detail: Detail
}

export function viewOf(result: Result, links: ReportLinks, detail: Detail): View {
  const commit = commitOf(result, links)
  return {
    result: links.baseline === undefined ? result : { ...result, baseline: beside(links.baseline, result) },
    reportId: links.reportId ?? '',
    commit,
    addresses: addressesOf(result, links, commit),
    detail
  }
}

function beside(baseline: Result, result: Result): BaselineComparison {
  const notes = ['not paired: the sample outcomes of the two runs are not at hand']
  return compareWithBaseline({ path: 'the baseline', result: baseline, notes }, result).comparison
}
