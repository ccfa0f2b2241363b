import path from 'node:path'
import { repositoryPath } from '../config/index.js'
import { canonicalPreprocess, hashPreprocess } from '../dataset/index.js'
import type { EvaluationResult, Latency, ProviderDifference } from '../evaluation/index.js'
import { modelSize } from '../model/index.js'
import {
  REFERENCE_VARIANT,
  RESULT_SCHEMA_VERSION,
  type Diagnosis,
  type LatencyResult,
  type ProviderDifferenceResult,
  type Result,
  type RunFacts,
  type VariantResult
} from '../result.js'
import type { FailedVariant, Variant } from '../variants/index.js'
import { changesOf, dropsOf } from '../verdict/index.js'
import { TOOL } from '../version.js'
import type { ExecutedCounts } from '../runtime/index.js'
import { isEmulated, type Latencies } from './latency.js'
import type { LayerFindings } from './layers.js'
import type { Gate } from './open.js'
import { sha256 } from '../util/hash.js'

export interface ResultParts {
  readonly gate: Gate
  readonly evaluated: EvaluationResult
  readonly failed: readonly FailedVariant[]
  readonly deviations: LayerFindings
  readonly latencies: Latencies
  readonly diagnosis: readonly Diagnosis[]
  /** Name of the side file. */
  readonly samples: string
  readonly timings: Readonly<Record<string, number>>
  readonly run: RunFacts | undefined
}

/** Everything in result.json but the judgement. */
export type Measurements = Omit<Result, 'conclusion' | 'reasons' | 'verdicts' | 'baseline'>

/** Puts together what was measured; nothing is measured or judged here. */
export async function describeMeasurements(parts: ResultParts): Promise<Measurements> {
  const { gate, evaluated, failed, deviations, diagnosis, samples, timings, run } = parts
  const { config, runtime, session } = gate.context
  const variants: Record<string, VariantResult> = {}
  for (const evaluation of evaluated.evaluations) {
    variants[evaluation.variant.name] = await describeVariant(evaluation, gate, parts.latencies.get(session.provider))
  }
  Object.assign(variants, describeFailed(failed))
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    tool: TOOL,
    onInconclusive: config.onInconclusive,
    run: { ...run, finishedAt: new Date().toISOString() },
    config: { path: await repositoryPath(config.workspace, config.file) },
    task: gate.task.name,
    ...(!gate.task.isLabelled && { comparedWith: 'fp32' as const }),
    model: gate.model,
    dataset: {
      path: relative(config.workspace, sourcePath(config.dataset)),
      sha256: evaluated.datasetHash,
      samples: evaluated.samples.length
    },
    preprocessing: { hash: hashPreprocess(config.preprocess), canonical: canonicalPreprocess(config.preprocess) },
    decoding: { hash: sha256(gate.task.decoding), canonical: gate.task.decoding },
    environment: runtime.environment(session),
    variants,
    ...(evaluated.others.length > 0 && { providers: await describeProviders(parts) }),
    ...(Object.keys(deviations.layers).length > 0 && { layers: deviations.layers }),
    ...(Object.keys(deviations.comparisons).length > 0 && { layerComparison: deviations.comparisons }),
    diagnosis,
    samples,
    timings
  }
}

function describeFailed(failed: readonly FailedVariant[]): Record<string, VariantResult> {
  return Object.fromEntries(
    failed.map(({ name, precision, error }) => [
      name,
      { precision, metrics: {}, drop: {}, nonFinite: 0, sizeBytes: 0, error, warnings: [] }
    ])
  )
}

async function describeProviders({
  gate,
  evaluated,
  latencies
}: ResultParts): Promise<NonNullable<Result['providers']>> {
  const providers: Record<string, NonNullable<Result['providers']>[string]> = {}
  for (const { session, evaluations, failed, differences } of evaluated.others) {
    const variants: Record<string, VariantResult> = {}
    for (const evaluation of evaluations) {
      // Where the file comes from is said once, with the first provider.
      const bare = { ...evaluation, variant: withoutOrigin(evaluation.variant) }
      variants[evaluation.variant.name] = await describeVariant(bare, gate, latencies.get(session.provider))
    }
    providers[session.provider] = {
      environment: gate.context.runtime.environment(session),
      variants: { ...variants, ...describeFailed(failed) },
      differences: Object.fromEntries(
        [...differences].map(([name, difference]) => [name, describeDifference(difference, gate.task.name)])
      )
    }
  }
  return providers
}

function describeLatency(
  { batch, runs, ms, speedup }: Latency,
  variant: Variant,
  executed: ExecutedCounts | undefined
): LatencyResult {
  const simulated = executed !== undefined && executed.simulated > executed.int8 + executed.fp16 + executed.fp32
  return {
    batch,
    runs,
    medianMs: ms.median,
    quartilesMs: ms.quartiles,
    samplesPerSecond: (1000 * batch) / ms.median,
    ...(speedup !== undefined && { speedup }),
    emulated: isEmulated(variant) || simulated
  }
}

function withoutOrigin({ name, precision, model, runFile, emulation }: Variant): Variant {
  return { name, precision, model, runFile, ...(emulation !== undefined && { emulation }), warnings: [] }
}

function describeDifference({ comparison, outputs }: ProviderDifference, task: string): ProviderDifferenceResult {
  const { samples, flips } = comparison
  return {
    samples,
    metrics: dropsOf(comparison),
    // Objects and pixels are paired with FP32's on the same provider.
    ...(task === 'classification' && flips !== undefined && { flips }),
    ...(outputs !== undefined && {
      outputs: {
        maxAbs: finite(outputs.max),
        largest: finite(outputs.maxReference) ?? 0,
        sqnrDb: finite(outputs.sqnrDb)
      }
    })
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

async function describeVariant(
  { variant, scores, comparison, executed, placement, latencyMs }: EvaluationResult['evaluations'][number],
  gate: Gate,
  latencies: ReadonlyMap<string, readonly Latency[]> | undefined
): Promise<VariantResult> {
  const { config, outputDirectory } = gate.context
  const isReference = variant.name === REFERENCE_VARIANT
  const latency = (latencies?.get(variant.name) ?? []).map((one) => describeLatency(one, variant, executed))
  const largest = latency.reduce<LatencyResult | undefined>(
    (a, b) => (a === undefined || b.batch > a.batch ? b : a),
    undefined
  )
  const made = !isReference && variant.precision !== 'model'
  return {
    precision: variant.precision,
    model: made ? relative(outputDirectory, variant.model) : relative(config.workspace, variant.model),
    metrics: scores.metrics,
    drop: isReference ? {} : dropsOf(comparison),
    ...(!isReference && changesOf(comparison)),
    ...(variant.calibration !== undefined && { calibration: variant.calibration }),
    ...(executed !== undefined && { executed }),
    placement,
    nonFinite: scores.nonFinite.length,
    sizeBytes: await modelSize(variant.model, made ? {} : { workspace: config.workspace }),
    latencyMs: largest === undefined ? latencyMs : largest.medianMs / largest.batch,
    ...(latency.length > 0 && { latency }),
    warnings: variant.warnings
  }
}

function sourcePath(source: Gate['context']['config']['dataset']): string {
  switch (source.kind) {
    case 'folders':
      return source.path
    case 'manifest':
      return source.manifest
    case 'npy':
      return source.inputs
    case 'coco':
    case 'voc':
      return source.annotations
    case 'yolo':
      return source.labels
    case 'masks':
      return source.masks
    case 'images':
      return source.images
  }
}

function relative(from: string, to: string): string {
  return path.relative(from, to).replaceAll(path.sep, '/')
}
