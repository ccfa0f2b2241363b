import path from 'node:path'
import { repositoryPath } from '../config/index.js'
import { canonicalPreprocess, hashPreprocess } from '../dataset/index.js'
import type { EvaluationResult } from '../evaluation/index.js'
import { modelSize } from '../model/index.js'
import {
  REFERENCE_VARIANT,
  RESULT_SCHEMA_VERSION,
  type Diagnosis,
  type MetricDrop,
  type Result,
  type RunFacts,
  type VariantResult
} from '../result.js'
import type { Failed, VariantComparison } from '../verdict/index.js'
import type { FailedVariant } from '../variants/index.js'
import { TOOL } from '../version.js'
import type { LayerFindings } from './layers.js'
import type { Gate } from './open.js'

export interface ResultParts {
  readonly gate: Gate
  readonly evaluated: EvaluationResult
  readonly failed: readonly FailedVariant[]
  readonly comparisons: ReadonlyMap<string, VariantComparison | Failed>
  readonly deviations: LayerFindings
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
    variants[evaluation.variant.name] = await describeVariant(evaluation, parts)
  }
  for (const { name, precision, error } of failed) {
    variants[name] = { precision, metrics: {}, drop: {}, nonFinite: 0, sizeBytes: 0, error, warnings: [] }
  }
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
    environment: runtime.environment(session),
    variants,
    ...(Object.keys(deviations.layers).length > 0 && { layers: deviations.layers }),
    ...(Object.keys(deviations.comparisons).length > 0 && { layerComparison: deviations.comparisons }),
    diagnosis,
    samples,
    timings
  }
}

async function describeVariant(
  { variant, scores, executed, placement, latencyMs }: EvaluationResult['evaluations'][number],
  { gate, comparisons }: ResultParts
): Promise<VariantResult> {
  const { config, outputDirectory } = gate.context
  const comparison = comparisons.get(variant.name)
  const drop: Record<string, MetricDrop> = {}
  const isReference = variant.name === REFERENCE_VARIANT
  if (!isReference && comparison !== undefined && !('error' in comparison)) {
    for (const [metric, compared] of Object.entries(comparison.metrics)) drop[metric] = compared.drop
  }
  const made = !isReference && variant.precision !== 'model'
  return {
    precision: variant.precision,
    model: made ? relative(outputDirectory, variant.model) : relative(config.workspace, variant.model),
    metrics: scores.metrics,
    drop,
    ...(!isReference && comparison !== undefined && !('error' in comparison) && changesOf(comparison)),
    ...(variant.calibration !== undefined && { calibration: variant.calibration }),
    ...(executed !== undefined && { executed }),
    placement,
    nonFinite: scores.nonFinite.length,
    sizeBytes: await modelSize(variant.model, made ? {} : { workspace: config.workspace }),
    latencyMs,
    warnings: variant.warnings
  }
}

function changesOf({ flips, changed }: VariantComparison): Pick<VariantResult, 'flips' | 'changed'> {
  return { ...(flips !== undefined && { flips }), ...(changed !== undefined && { changed }) }
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
