import {
  baselineLayers,
  compareWithBaseline,
  describeRun,
  openBaseline,
  type Baseline,
  type RunFigures
} from '../baseline/index.js'
import { explain, FileError } from '../errors.js'
import type { BaselineComparison, LayerResult, Samples } from '../result.js'
import { NO_BASELINE, type RegressionOf } from '../verdict/index.js'
import type { GateOptions } from './open.js'

export interface BaselineView {
  /** undefined: there is no baseline. */
  readonly comparison?: BaselineComparison
  readonly regressionOf: RegressionOf
  /** Layers of a variant in the baseline, or why they cannot be compared. */
  readonly layersOf: (variant: string) => readonly LayerResult[] | string
}

/**
 * Opens the baseline before anything is evaluated. One that is missing or damaged stops nothing: this run is judged by
 * its other limits, and those that refer to the baseline stay open and say why.
 *
 * @returns what puts it beside the figures of this run.
 */
export async function findBaseline({
  baseline: path,
  log
}: Pick<GateOptions, 'baseline' | 'log'>): Promise<(now: RunFigures, samples: Samples) => BaselineView> {
  if (path === undefined) return () => ({ regressionOf: () => NO_BASELINE, layersOf: () => NO_BASELINE })
  let baseline: Baseline
  try {
    baseline = await openBaseline(path)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const reason = explain(error)
    log.warn(`no baseline: ${reason}`)
    return () => ({
      comparison: { path, comparable: false, reasons: [reason], notes: [], variants: {} },
      regressionOf: () => `${reason}. ${HOW_TO_START}`,
      layersOf: () => `${reason}. ${HOW_TO_START}`
    })
  }
  log.info(`baseline: ${describeRun(baseline.result.run, path)}`)
  for (const note of baseline.notes) log.info(`baseline: ${note}`)
  return (now, samples) => {
    const view = compareWithBaseline(baseline, now, samples)
    if (!view.comparison.comparable) {
      log.warn(`the baseline is shown and not compared: ${view.comparison.reasons.join('; ')}`)
    }
    const { comparison } = view
    return { ...view, layersOf: (variant) => baselineLayers(baseline.result, comparison, variant) }
  }
}

const HOW_TO_START = 'The report folder of a run on the target branch is the first baseline (docs/baseline.md)'
