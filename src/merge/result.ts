import { REFERENCE_VARIANT, type Diagnosis, type Result, type VariantResult } from '../result.js'
import type { Scores } from '../task/index.js'
import { changesOf, dropsOf, type VariantComparison } from '../verdict/index.js'
import type { ShardReport } from './load.js'

/** What the stored outcomes of all shards come to. */
export interface MergedScores {
  readonly scores: Scores
  /** With FP32. */
  readonly comparison: VariantComparison
}

export interface MergedParts {
  /** In the order of the shards. */
  readonly ordered: readonly ShardReport[]
  /** By variant; those that did not run in every shard are missing. */
  readonly merged: ReadonlyMap<string, MergedScores>
  readonly failed: ReadonlyMap<string, VariantResult>
  readonly dataset: Pick<Result['dataset'], 'sha256' | 'samples'>
  readonly diagnosis: readonly Diagnosis[]
}

/** Everything in result.json but the judgement, as a single run over all samples would have measured it. */
export function mergeResults({ ordered, merged, failed, dataset, diagnosis }: MergedParts) {
  const results = ordered.map(({ result }) => result)
  const [first] = results
  const variants: Record<string, VariantResult> = {}
  for (const [name, scored] of merged) variants[name] = mergeVariant(name, results, scored)
  for (const [name, variant] of failed) variants[name] = variant
  const without = <Value>(record: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => merged.has(name)))
  const stages = new Set(results.flatMap(({ timings }) => Object.keys(timings)))
  return {
    schemaVersion: first.schemaVersion,
    tool: first.tool,
    ...(first.config !== undefined && { config: first.config }),
    ...(first.task !== undefined && { task: first.task }),
    ...(first.comparedWith !== undefined && { comparedWith: first.comparedWith }),
    model: first.model,
    dataset: { ...first.dataset, ...dataset },
    preprocessing: first.preprocessing,
    ...(first.decoding !== undefined && { decoding: first.decoding }),
    environment: first.environment,
    variants,
    ...(first.layers !== undefined && { layers: without(first.layers) }),
    ...(first.layerComparison !== undefined && { layerComparison: without(first.layerComparison) }),
    diagnosis,
    // They ran beside each other.
    timings: Object.fromEntries(
      [...stages].map((stage) => [stage, Math.max(...results.map(({ timings }) => timings[stage] ?? 0))])
    ),
    shards: ordered.map(({ result: { dataset, environment, run, timings, variants }, shard: { device } }) => ({
      samples: dataset.samples,
      ...(run?.finishedAt !== undefined && { finishedAt: run.finishedAt }),
      cpu: environment.cpu,
      ...(environment.gpu !== undefined && { gpu: environment.gpu, device }),
      timings,
      latencyMs: Object.fromEntries(
        Object.entries(variants).flatMap(([name, { latencyMs }]) =>
          latencyMs === undefined ? [] : [[name, latencyMs]]
        )
      )
    }))
  }
}

function mergeVariant(name: string, results: readonly Result[], { scores, comparison }: MergedScores): VariantResult {
  const own = results.map(({ variants }) => variants[name])
  const isReference = name === REFERENCE_VARIANT
  const latencies = own.flatMap(({ latencyMs }) => latencyMs ?? []).sort((a, b) => a - b)
  return {
    ...own[0],
    metrics: scores.metrics,
    drop: isReference ? {} : dropsOf(comparison),
    ...(!isReference && changesOf(comparison)),
    nonFinite: scores.nonFinite.length,
    ...(latencies.length > 0 && { latencyMs: latencies[latencies.length >> 1] })
  }
}
