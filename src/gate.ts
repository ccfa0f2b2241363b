import path from 'node:path'
import type { GateConfig } from './config/index.js'
import { suspectsOf } from './deviation/index.js'
import { diagnose } from './diagnosis/index.js'
import { evaluate } from './evaluation/index.js'
import { withGate, type GateOptions } from './gate/open.js'
import { findBaseline } from './gate/baseline.js'
import { judgeRun } from './gate/judgement.js'
import { judgeSpeeds, measureLatencies } from './gate/latency.js'
import { findDeviations } from './gate/layers.js'
import { judgeElsewhere, judgeRequired } from './gate/providers.js'
import { describeMeasurements } from './gate/result.js'
import { samplesOf, writeSamples } from './gate/samples.js'
import { deviationsOfShard, investigateShard, unjudged, writeShard } from './gate/shard.js'
import type { Result } from './result.js'
import { Stopwatch } from './util/stopwatch.js'
import type { Failed, VariantComparison } from './verdict/index.js'
import { makeVariants } from './variants/index.js'

export { calibrationCacheKey } from './gate/cache-key.js'
export { checkGate, type CheckReport } from './gate/check.js'
export { compareModelLayers, type LayersReport } from './gate/compare-layers.js'
export { providerOfDevices } from './gate/devices.js'
export { mergeShards, type MergeOptions } from './gate/merge.js'
export { quantizeModel, type Quantized } from './gate/quantize.js'
export type { GateOptions } from './gate/open.js'

/**
 * The gate: config -> data set -> variants -> evaluation -> layers -> diagnosis -> baseline -> verdict -> Result.
 * Artefacts and the per-sample outcomes are written to the output directory; reporting is left to the caller.
 * A shard stops before the verdict and leaves what `mergeShards` goes on with.
 *
 * @throws GateError where nothing can be judged: exit code 2 for a wrong config, 3 for a broken file or runtime
 */
export async function runGate(config: GateConfig, options: GateOptions): Promise<Result> {
  const watch = new Stopwatch()
  return withGate(config, options, async (gate) => {
    const { context, task, testSet, part, calibration, cache, dumps } = gate
    const baseline = await findBaseline(options)
    const made = await watch.time('variants', () => makeVariants(context, calibration, cache))
    const evaluated = await watch.time('evaluate', () => evaluate(made.variants, testSet, task, context))
    const deviations = await watch.time('layers', () =>
      part === undefined
        ? findDeviations(evaluated.evaluations, testSet, context)
        : deviationsOfShard(evaluated, part, gate)
    )
    const latencies = await watch.time('latency', () => measureLatencies(evaluated, testSet, context))
    const [reference] = evaluated.evaluations
    const failed = [...made.failed, ...evaluated.failed]
    const comparisons = new Map<string, VariantComparison | Failed>([
      ...evaluated.evaluations.map(({ variant, comparison }) => [variant.name, comparison] as const),
      ...failed.map(({ name, error }) => [name, { error }] as const)
    ])
    const outcomes = samplesOf(evaluated)
    const samples = await writeSamples(path.join(options.outputDirectory, 'samples.json'), outcomes)
    const measured = { evaluated, failed, comparisons, deviations, latencies, samples, run: options.run }
    if (part !== undefined) {
      const investigated = await watch.time('diagnose', () => investigateShard(evaluated, part, gate))
      await writeShard(evaluated, investigated, part, gate, options)
      return unjudged(await describeMeasurements({ gate, ...measured, diagnosis: [], timings: watch.seconds }), part)
    }
    const audited = { evaluated, task, images: testSet, calibration, dumps }
    const diagnosis = await watch.time('diagnose', () => diagnose(audited, context))
    const explained = [...suspectsOf(deviations.layers), ...diagnosis]
    const measurements = await describeMeasurements({
      gate,
      ...measured,
      diagnosis: explained,
      timings: watch.seconds
    })
    const view = baseline(measurements, outcomes)
    const elsewhere = judgeElsewhere(evaluated, made.failed, { config, task, partial: gate.partial })
    const judgement = judgeRun(
      { ...config, variants: [...config.variants.keys()] },
      {
        reference: reference.comparison,
        comparisons,
        deviations,
        partial: gate.partial,
        guess: task.guess(reference.scores),
        baseline: view,
        others: [
          ...judgeRequired(evaluated, context.session.provider),
          ...judgeSpeeds(latencies, evaluated, context),
          ...elsewhere.verdicts
        ],
        failedElsewhere: elsewhere.failed
      }
    )
    return { ...measurements, ...judgement, ...(view.comparison !== undefined && { baseline: view.comparison }) }
  })
}
