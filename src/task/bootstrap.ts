import type { MetricName } from '../config/index.js'
import {
  changesOf,
  compareResampled,
  imagesNeeded,
  resample,
  type MetricComparison,
  type Resampled,
  type VariantComparison,
  type WeightedMetric
} from '../verdict/index.js'
import type { Scores } from './types.js'

/** Scores whose metrics can be computed on a resample of the images. */
export interface WeightedScores extends Scores {
  readonly flips?: VariantComparison['flips']
  readonly changed?: number
  metric(name: string): WeightedMetric
}

/** Scores whose metrics are these, each on all images. */
export function weightedScores(
  metrics: ReadonlyMap<string, WeightedMetric>,
  more: Omit<WeightedScores, 'metrics' | 'metric'>
): WeightedScores {
  return {
    ...more,
    metrics: Object.fromEntries([...metrics].map(([name, value]) => [name, value()])),
    metric: (name) => metrics.get(name) ?? (() => null)
  }
}

/** Why a metric of these tasks may have no value. */
const NOTHING_TO_FIND = 'the data set holds nothing to measure it on'

/**
 * Compares metrics that are no mean over images, by the paired bootstrap. Intervals are computed for the metrics that a
 * limit needs: a thousand resamples of all of them would take longer than the models do.
 */
export class BootstrapComparer {
  /** Draws of each metric: those of FP32 serve every variant. */
  readonly #draws = new WeakMap<WeightedScores, Map<string, Resampled>>()

  /**
   * @param judged metrics that need an interval.
   * @param options.paired false: FP32 agrees with itself by definition, and a test of "no difference" means nothing.
   * @param options.nothing why a metric may have no value.
   */
  constructor(
    private readonly judged: ReadonlySet<string>,
    private readonly options: { readonly paired?: boolean; readonly nothing?: string } = {}
  ) {}

  compare(reference: WeightedScores, variant: WeightedScores): VariantComparison {
    const metrics: Record<string, MetricComparison> = {}
    for (const name of Object.keys(variant.metrics)) {
      metrics[name] = this.judged.has(name)
        ? this.#judgedMetric(name, reference, variant)
        : plainMetric(reference.metrics[name], variant.metrics[name])
    }
    const { samples, nonFinite } = variant
    return {
      samples,
      nonFinite: nonFinite.length,
      ...changesOf(variant),
      metrics
    }
  }

  #judgedMetric(name: string, reference: WeightedScores, variant: WeightedScores): MetricComparison {
    const compared = compareResampled(this.#resampled(name, reference), this.#resampled(name, variant))
    const { reference: before, value, points, ci95, valueCi95 } = compared
    const pValue = this.options.paired === false ? null : compared.pValue
    const images = variant.samples
    const percent =
      value === null || valueCi95 === null ? undefined : ([100 * valueCi95[0], 100 * valueCi95[1]] as const)
    return {
      reference: before,
      value,
      valueCi95,
      drop: { points, relative: relative(before, value), ci95: ci95 === null ? null : [...ci95], pValue },
      samplesForDrop: (limit) => imagesNeeded(images, compared, 100 * limit),
      samplesForValue: (limit) =>
        percent === undefined || value === null
          ? undefined
          : imagesNeeded(images, { points: 100 * value, ci95: percent }, 100 * limit),
      ...(images > 0 && { unmeasured: this.options.nothing ?? NOTHING_TO_FIND })
    }
  }

  #resampled(name: string, scores: WeightedScores): Resampled {
    const known = this.#draws.get(scores) ?? new Map<string, Resampled>()
    this.#draws.set(scores, known)
    const draws = known.get(name) ?? resample(scores.samples, scores.metric(name))
    known.set(name, draws)
    return draws
  }
}

/** A metric that nothing limits: its value and drop, without an interval. */
function plainMetric(reference: number | null, value: number | null): MetricComparison {
  const points = reference === null || value === null ? null : 100 * (reference - value)
  return {
    reference,
    value,
    valueCi95: null,
    drop: { points, relative: relative(reference, value), ci95: null, pValue: null },
    samplesForDrop: () => undefined,
    samplesForValue: () => undefined
  }
}

function relative(reference: number | null, value: number | null): number | null {
  return reference === null || value === null || reference === 0 ? null : (reference - value) / reference
}

/** The metrics that verdicts of a config need: limits, expectations, and the first of the task. */
export function judgedMetrics(
  first: MetricName,
  {
    thresholds,
    expect
  }: Pick<
    { thresholds: readonly { metric: MetricName }[]; expect: readonly { metric: MetricName }[] },
    'thresholds' | 'expect'
  >
): Set<MetricName> {
  return new Set([first, ...thresholds.map(({ metric }) => metric), ...expect.map(({ metric }) => metric)])
}
