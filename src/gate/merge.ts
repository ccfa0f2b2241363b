import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { GateConfig } from '../config/index.js'
import { suspectsOf } from '../deviation/index.js'
import { budgetFor, concludeDiagnosis } from '../diagnosis/index.js'
import { ConfigurationError } from '../errors.js'
import { copyArtefacts, fitTogether, joinSamples, loadShard, mergeResults, type MergedScores } from '../merge/index.js'
import {
  REFERENCE_VARIANT,
  REPORT_FILE,
  type Diagnosis,
  type Result,
  type RunFacts,
  type VariantResult
} from '../result.js'
import { storedTask, type StoredFacts } from '../task/index.js'
import type { Logger } from '../util/progress.js'
import type { Failed, VariantComparison } from '../verdict/index.js'
import { findBaseline } from './baseline.js'
import { judgeRun, type Limits } from './judgement.js'
import { writeSamples } from './samples.js'

export interface MergeOptions {
  readonly outputDirectory: string
  readonly baseline?: string
  readonly run?: RunFacts
  readonly log: Logger
}

type ShardReports = ReturnType<typeof fitTogether>

/**
 * Puts the shards of a test set together and judges them: the same result as that of one run, but for times and dates. No
 * model is run and no image is read. Models, tables and the outcomes of all samples are written to the output directory.
 *
 * @param folders report folders of `run --shard`, in any order.
 * @throws FileError where they are not all shards of one run.
 */
export async function mergeShards(folders: readonly string[], options: MergeOptions): Promise<Result> {
  const { outputDirectory, log, run } = options
  if (folders.some((folder) => path.resolve(folder) === path.resolve(outputDirectory))) {
    throw new ConfigurationError([
      { message: `${outputDirectory} is one of the shards: the result needs another folder` }
    ])
  }
  const baseline = await findBaseline(options)
  const loaded = []
  for (const folder of folders) loaded.push(await loadShard(folder))
  const ordered = fitTogether(loaded)
  const [{ result: first, shard }] = ordered
  const limits = shard.limits as Limits & Pick<GateConfig, 'onInconclusive'>

  const failed = failedVariants(ordered)
  const names = [REFERENCE_VARIANT, ...limits.variants].filter((name) => !failed.has(name))
  const samples = joinSamples(ordered, names)
  const task = storedTask(first.task ?? 'classification', samples, limits)
  const merged = new Map<string, MergedScores>()
  for (const name of names) {
    const scores = task.scores(name, factsOf(ordered, name))
    const reference = merged.get(REFERENCE_VARIANT)?.scores ?? scores
    const comparison = task.compare(reference, scores, first.variants[name].model ?? name)
    merged.set(name, { scores, comparison })
  }
  const reference = merged.get(REFERENCE_VARIANT) as MergedScores
  const layers = Object.fromEntries(Object.entries(first.layers ?? {}).filter(([name]) => merged.has(name)))
  const diagnosis = [...suspectsOf(layers), ...diagnose(ordered, merged, task, limits, samples.ids)]
  const dataset = { sha256: samples.dataset, samples: samples.ids.length }

  await mkdir(outputDirectory, { recursive: true })
  const missing = await copyArtefacts(ordered[0], outputDirectory)
  if (missing.length > 0) log.info(`not in the folder of shard 1, and not copied: ${missing.join(', ')}`)
  const measurements = {
    ...mergeResults({ ordered, merged, failed, dataset, diagnosis }),
    onInconclusive: limits.onInconclusive,
    run: { ...run, finishedAt: new Date().toISOString() },
    samples: await writeSamples(path.join(outputDirectory, REPORT_FILE.samples), samples)
  }
  const view = baseline(measurements, samples)
  const judgement = judgeRun(limits, {
    reference: reference.comparison,
    comparisons: new Map<string, VariantComparison | Failed>([
      ...[...merged].map(([name, { comparison }]) => [name, comparison] as const),
      ...[...failed].map(([name, { error = 'it did not run' }]) => [name, { error }] as const)
    ]),
    deviations: { layers, comparisons: first.layerComparison ?? {} },
    partial: shard.partial,
    guess: task.guess(reference.scores),
    baseline: view,
    others: shard.required.filter(({ variant }) => merged.has(variant))
  })
  return { ...measurements, ...judgement, ...(view.comparison !== undefined && { baseline: view.comparison }) }
}

/** A variant that did not run on a part of the test set did not run. */
function failedVariants(ordered: ShardReports): Map<string, VariantResult> {
  const failed = new Map<string, VariantResult>()
  for (const { result } of ordered) {
    for (const [name, variant] of Object.entries(result.variants)) {
      if (variant.error !== undefined && !failed.has(name)) failed.set(name, variant)
    }
  }
  return failed
}

function factsOf(ordered: ShardReports, name: string): StoredFacts {
  let [broken, repaired, changed] = [0, 0, 0]
  for (const { result } of ordered) {
    const { flips, changed: own = 0 } = result.variants[name]
    broken += flips?.broken ?? 0
    repaired += flips?.repaired ?? 0
    changed += own
  }
  const { constant } = ordered[0].shard
  const isConstant = constant !== undefined && ordered.every(({ shard }) => shard.constant?.key === constant.key)
  return { flips: { broken, repaired }, changed, ...(isConstant && { constant }) }
}

function diagnose(
  ordered: ShardReports,
  merged: ReadonlyMap<string, MergedScores>,
  task: ReturnType<typeof storedTask>,
  limits: Limits,
  ids: readonly string[]
): Diagnosis[] {
  const last = ordered[ordered.length - 1]
  const { findings } = last.shard
  if (findings === undefined) return []
  const { variants } = ordered[0].result
  const valueOf = (name: string) => merged.get(name)?.scores.metrics[task.metric] ?? null
  const quantized = [...merged.keys()].filter((name) => variants[name].precision === 'int8')
  const budget = budgetFor(
    task.metric,
    valueOf(REFERENCE_VARIANT),
    quantized.map((name) => ({ name, value: valueOf(name) })),
    limits
  )
  // Where outputs are not finite, the images in question are those of the first shard that met them.
  const fp16 = [...merged.keys()].flatMap((name) => {
    const met = ordered.find(({ result }) => result.variants[name].nonFinite > 0) ?? last
    return Object.hasOwn(met.shard.fp16, name) ? met.shard.fp16[name] : []
  })
  const reference = merged.get(REFERENCE_VARIANT) as MergedScores
  return concludeDiagnosis({
    findings,
    budget,
    fp16,
    evidence: task.evidence(reference.scores),
    test: { ids, hashes: ordered.flatMap(({ shard }) => shard.samples.map(({ sha256 }) => sha256)) }
  }).filter(({ variant }) => variant === undefined || merged.has(variant))
}
