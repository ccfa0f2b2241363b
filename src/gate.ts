import path from 'node:path'
import type { GateConfig } from './config/index.js'
import { suspectsOf } from './deviation/index.js'
import { diagnose } from './diagnosis/index.js'
import { evaluate } from './evaluation/index.js'
import { withGate, type GateOptions } from './gate/open.js'
import { findBaseline } from './gate/baseline.js'
import { judgeSpeeds, measureLatencies } from './gate/latency.js'
import { findDeviations, layersOrReason } from './gate/layers.js'
import { judgeElsewhere, judgeRequired } from './gate/providers.js'
import { describeMeasurements } from './gate/result.js'
import { samplesOf, writeSamples } from './gate/samples.js'
import type { Result } from './result.js'
import { Stopwatch } from './util/stopwatch.js'
import { judge, judgeLayers, type Failed, type VariantComparison } from './verdict/index.js'
import { makeVariants } from './variants/index.js'

export { calibrationCacheKey } from './gate/cache-key.js'
export { checkGate, type CheckReport } from './gate/check.js'
export { compareModelLayers, type LayersReport } from './gate/compare-layers.js'
export { quantizeModel } from './gate/quantize.js'
export type { GateOptions } from './gate/open.js'

/**
 * The gate: config -> data set -> variants -> evaluation -> layers -> diagnosis -> baseline -> verdict -> Result.
 * Artefacts and the per-sample outcomes are written to the output directory; reporting is left to the caller.
 *
 * @throws GateError where nothing can be judged: exit code 2 for a wrong config, 3 for a broken file or runtime
 */
export async function runGate(config: GateConfig, options: GateOptions): Promise<Result> {
  const watch = new Stopwatch()
  return withGate(config, options, async (gate) => {
    const { context, task, testSet, calibration, cache, dumps } = gate
    const baseline = await findBaseline(options)
    const made = await watch.time('variants', () => makeVariants(context, calibration, cache))
    const evaluated = await watch.time('evaluate', () => evaluate(made.variants, testSet, task, context))
    const deviations = await watch.time('layers', () => findDeviations(evaluated.evaluations, testSet, context))
    const latencies = await watch.time('latency', () => measureLatencies(evaluated, testSet, context))
    const audited = { evaluated, task, images: testSet, calibration, dumps }
    const diagnosis = await watch.time('diagnose', () => diagnose(audited, context))

    const [reference] = evaluated.evaluations
    const guess = task.guess(reference.scores)
    const failed = [...made.failed, ...evaluated.failed]
    const comparisons = new Map<string, VariantComparison | Failed>([
      ...evaluated.evaluations.map(({ variant, comparison }) => [variant.name, comparison] as const),
      ...failed.map(({ name, error }) => [name, { error }] as const)
    ])
    const outcomes = samplesOf(evaluated)
    const samples = await writeSamples(path.join(options.outputDirectory, 'samples.json'), outcomes)
    const explained = [...suspectsOf(deviations.layers), ...diagnosis]
    const measured = { evaluated, failed, deviations, latencies, diagnosis: explained, samples, run: options.run }
    const measurements = await describeMeasurements({ gate, ...measured, timings: watch.seconds })
    const { comparison, regressionOf, layersOf } = baseline(measurements, outcomes)
    const elsewhere = judgeElsewhere(evaluated, made.failed, { config, task, partial: gate.partial })
    const judgement = judge({
      reference: reference.comparison,
      variants: new Map([...config.variants.keys()].map((name) => [name, comparisons.get(name) ?? UNKNOWN])),
      expect: config.expect,
      thresholds: config.thresholds,
      partial: gate.partial,
      ...(guess !== undefined && { guess }),
      regressionOf,
      layers: judgeLayers({
        limits: config.layerLimits ?? [],
        variants: [...config.variants.keys()],
        layersOf: (name) => layersOrReason(name, deviations, comparisons),
        baselineLayersOf: layersOf
      }),
      others: [
        ...judgeRequired(evaluated, context.session.provider),
        ...judgeSpeeds(latencies, evaluated, context),
        ...elsewhere.verdicts
      ],
      failedElsewhere: elsewhere.failed
    })
    return { ...measurements, ...judgement, ...(comparison !== undefined && { baseline: comparison }) }
  })
}

const UNKNOWN: Failed = { error: 'it was not evaluated' }
