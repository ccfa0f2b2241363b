import path from 'node:path'
import { canonicalConfig } from '../config/index.js'
import { investigate, investigateFp16 } from '../diagnosis/index.js'
import type { EvaluationResult } from '../evaluation/index.js'
import { hashModel } from '../model/index.js'
import { REPORT_FILE, serializeShard, SHARD_SCHEMA_VERSION, type Result, type Shard } from '../result.js'
import { writeFileAtomic } from '../util/files.js'
import { sha256 } from '../util/hash.js'
import { findDeviations, type LayerFindings } from './layers.js'
import type { Gate, GateOptions, Part } from './open.js'
import { judgeRequired } from './providers.js'
import type { Measurements } from './result.js'

/** The first shard compares the layers, on the images of the whole test set that a single run would take. */
export async function deviationsOfShard(
  { evaluations }: EvaluationResult,
  part: Part,
  gate: Gate
): Promise<LayerFindings> {
  if (part.shard.index !== 1) return { layers: {}, comparisons: {} }
  return findDeviations(evaluations, part.whole, gate.context)
}

/**
 * What a run concludes from the whole test set and a shard cannot: it goes into shard.json. The last shard looks at the
 * data and the kernels, with as many images as a run may need in either case.
 */
export async function investigateShard(
  { evaluations }: EvaluationResult,
  part: Part,
  gate: Gate
): Promise<Pick<Shard, 'findings' | 'fp16'>> {
  const { task, context, calibration, dumps } = gate
  const { shard, whole: images, start } = part
  const isLast = shard.index === shard.count
  const overflowing = evaluations.filter(({ scores }) => isLast || scores.nonFinite.length > 0)
  const fp16 = copy<Shard['fp16']>(await investigateFp16(overflowing, images, context, start))
  if (!isLast) return { fp16 }
  const budgets = evaluations.some(({ variant }) => variant.int8 !== undefined)
    ? (['usual', 'lossy'] as const)
    : (['usual'] as const)
  const findings = await investigate({ evaluations, task, images, calibration, dumps }, budgets, context)
  return { fp16, findings: copy<Shard['findings']>(findings) }
}

/** Written beside result.json and samples.json; `merge` needs all three. */
export async function writeShard(
  evaluated: EvaluationResult,
  investigated: Pick<Shard, 'findings' | 'fp16'>,
  part: Part,
  { context, partial }: Gate,
  { limit }: GateOptions
): Promise<void> {
  const { config, session, outputDirectory } = context
  const { shard, whole, start } = part
  const all = whole.dataset.samples
  const artefacts: Record<string, string> = {}
  for (const { variant } of evaluated.evaluations) {
    const own = variant.precision === 'fp16' || variant.precision === 'int8'
    artefacts[variant.name] = await hashModel(variant.model, own ? {} : { workspace: config.workspace })
  }
  const { expect, thresholds, layerLimits = [], agreement, onInconclusive } = config
  const { constant } = evaluated.evaluations[0].scores
  const text = serializeShard({
    schemaVersion: SHARD_SCHEMA_VERSION,
    ...shard,
    config: { ...(canonicalConfig(config) as object), ...(limit !== undefined && { limit }) },
    limits: copy<Shard['limits']>({
      variants: [...config.variants.keys()],
      expect,
      thresholds,
      layerLimits,
      agreement,
      onInconclusive
    }),
    partial,
    testSet: {
      samples: all.length,
      listing: sha256(JSON.stringify(all.map(({ id, label }) => [id, label ?? -1]))),
      start
    },
    samples: evaluated.samples.map(({ sha256, truth }) => ({ sha256, ...(truth !== undefined && { truth }) })),
    artefacts,
    required: copy<Shard['required']>(judgeRequired(evaluated, session.provider)),
    device: session.device ?? 0,
    ...(constant !== undefined && { constant }),
    ...investigated
  })
  await writeFileAtomic(path.join(outputDirectory, REPORT_FILE.shard), text)
}

/** A shard is no verdict, and nothing that reads its result.json may take it for one. */
export function unjudged(measurements: Measurements, { shard: { index, count }, whole, start }: Part): Result {
  const { samples } = measurements.dataset
  const failed = Object.entries(measurements.variants).flatMap(([name, { error }]) =>
    error === undefined ? [] : [`${name} did not run: ${error}`]
  )
  return {
    ...measurements,
    shard: { index, count },
    onInconclusive: 'fail',
    conclusion: 'inconclusive',
    reasons: [
      `shard ${index} of ${count}: samples ${start + 1} to ${start + samples} of ${whole.dataset.samples.length}, not judged; precision-gate merge puts the shards together`,
      ...failed
    ],
    verdicts: []
  }
}

/** The types of files are mutable, those of the gate are not. */
function copy<T>(value: unknown): T {
  return structuredClone(value) as T
}
