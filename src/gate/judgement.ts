import type { GateConfig } from '../config/index.js'
import {
  judge,
  judgeLayers,
  type Failed,
  type Guess,
  type Judgement,
  type VariantComparison
} from '../verdict/index.js'
import type { Verdict } from '../result.js'
import type { BaselineView } from './baseline.js'
import { layersOrReason, type LayerFindings } from './layers.js'

/** The part of a config that judges. */
export interface Limits extends Pick<GateConfig, 'expect' | 'thresholds' | 'layerLimits' | 'agreement'> {
  /** Everything but FP32. */
  readonly variants: readonly string[]
}

export interface JudgedRun {
  readonly reference: VariantComparison
  /** FP32 too, and what did not run. */
  readonly comparisons: ReadonlyMap<string, VariantComparison | Failed>
  readonly deviations: LayerFindings
  readonly partial: boolean
  readonly guess: Guess | undefined
  readonly baseline: BaselineView
  /** Verdicts that no limit on figures gives, such as `require_executed`. */
  readonly others: readonly Verdict[]
  readonly failedElsewhere?: readonly string[]
}

/** Applies the limits to what was measured, in one run or in shards. */
export function judgeRun(
  { variants, expect, thresholds, layerLimits = [] }: Limits,
  { reference, comparisons, deviations, partial, guess, baseline, others, failedElsewhere = [] }: JudgedRun
): Judgement {
  return judge({
    reference,
    variants: new Map(variants.map((name) => [name, comparisons.get(name) ?? UNKNOWN])),
    expect,
    thresholds,
    partial,
    ...(guess !== undefined && { guess }),
    regressionOf: baseline.regressionOf,
    layers: judgeLayers({
      limits: layerLimits,
      variants,
      layersOf: (name) => layersOrReason(name, deviations, comparisons),
      baselineLayersOf: baseline.layersOf
    }),
    others,
    failedElsewhere
  })
}

const UNKNOWN: Failed = { error: 'it was not evaluated' }
