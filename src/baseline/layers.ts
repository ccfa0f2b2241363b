import type { BaselineComparison, LayerResult, Result } from '../result.js'
import { describeRun } from './describe.js'

/** The layers of a variant in the baseline, or why they say nothing about this run's. */
export function baselineLayers(
  { layers }: Result,
  { comparable, reasons, variants, run, path }: BaselineComparison,
  variant: string
): readonly LayerResult[] | string {
  const whose = `the baseline (${describeRun(run, path)})`
  if (!comparable) return `${whose} cannot be compared: ${reasons.join('; ')}`
  const reason = Object.hasOwn(variants, variant) ? variants[variant].reason : undefined
  if (reason !== undefined) return `${whose} cannot be compared: ${reason}`
  if (layers === undefined || !Object.hasOwn(layers, variant)) return `${whose} has no layers of ${variant}`
  return layers[variant]
}
