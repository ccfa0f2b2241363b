import { hashPreprocess, type ReferenceDump, type SampleStream } from '../dataset/index.js'
import type { Evaluation } from '../evaluation/index.js'
import type { Diagnosis } from '../result.js'
import type { Task } from '../task/index.js'
import type { CalibrationSource, GateContext, Variant } from '../variants/index.js'
import { auditRanges } from './calibration.js'
import { duplicates, missingClasses, namedHashes, type NamedHashes } from './calibration-set.js'
import { auditFloor, auditKernels, auditSaturation } from './fitness.js'
import { diagnoseFp16 } from './fp16.js'
import { comparePreprocessing } from './preprocessing/index.js'
import { probeRuntime, type RuntimeProbe } from './runtime.js'
import { budgets, suspects, type Budget } from './samples.js'

/** What the checks that run models on some test images found. */
export interface ProbeFindings {
  readonly images: number
  readonly input: RuntimeProbe['input']
  readonly ranges: readonly Diagnosis[]
  readonly kernels: readonly Diagnosis[]
  readonly floor: Diagnosis
}

/** Everything that needs the models or the images. What also needs the figures of all samples is concluded from it. */
export interface Findings {
  readonly preprocessing: readonly Diagnosis[]
  readonly calibrationSet?: {
    readonly classes: Diagnosis
    readonly copies: Diagnosis
    readonly images: NamedHashes
  }
  readonly probes: Readonly<Partial<Record<Budget, ProbeFindings>>>
}

export interface InvestigationInput {
  readonly evaluations: readonly Pick<Evaluation, 'variant' | 'executed'>[]
  readonly task: Task
  /** The whole test set, also where a shard of it was evaluated. */
  readonly images: SampleStream
  readonly calibration: CalibrationSource | undefined
  readonly dumps: readonly ReferenceDump[]
}

/** @param wanted how many images the checks take: a shard does not know which of the two the run needs. */
export async function investigate(
  { evaluations, task, images, calibration, dumps }: InvestigationInput,
  wanted: readonly Budget[],
  context: GateContext
): Promise<Findings> {
  const [reference] = evaluations
  const ranged = evaluations.flatMap(({ variant }) => (variant.int8 === undefined ? [] : [variant]))
  const calibrated = ranged.filter(({ int8 }) => int8?.calibrated !== undefined)
  const quantized = evaluations.filter(isQuantized).map(({ variant }) => variant)

  const preprocessing = await auditPreprocessing(dumps, images, calibrated, context)
  const probes: Partial<Record<Budget, ProbeFindings>> = {}
  for (const budget of wanted) {
    const sizes = budgets(images.dataset.samples.length, budget)
    const probe = await probeRuntime(reference.variant, quantized, images.atMost(sizes.kernels), task, context)
    probes[budget] = {
      images: probe.images,
      input: probe.input,
      ranges: await auditRanges(ranged, images.atMost(sizes.ranges), context),
      kernels: probe.kernels.flatMap((comparison) => [auditKernels(comparison), ...auditSaturation(comparison)]),
      floor: auditFloor(probe, context.session.provider)
    }
  }
  if (calibration === undefined || calibrated.length === 0) return { preprocessing, probes }
  const set = { dataset: calibration.images.dataset, hashes: calibration.hashes }
  const calibrationSet = {
    classes: missingClasses(set.dataset, images.dataset),
    copies: duplicates(set),
    images: namedHashes(set)
  }
  return { preprocessing, calibrationSet, probes }
}

/**
 * Do activations fit into FP16? By variant.
 * @param first position of the first evaluated sample among the images.
 */
export async function investigateFp16(
  evaluations: readonly Pick<Evaluation, 'variant' | 'scores'>[],
  images: SampleStream,
  context: GateContext,
  first = 0
): Promise<Record<string, readonly Diagnosis[]>> {
  const found: Record<string, readonly Diagnosis[]> = {}
  for (const { variant, scores } of evaluations) {
    if (variant.fp16 === undefined) continue
    const nonFinite = scores.nonFinite.map((position) => first + position)
    found[variant.name] = await diagnoseFp16(variant, suspects(images, nonFinite), context)
  }
  return found
}

async function auditPreprocessing(
  dumps: readonly ReferenceDump[],
  { input }: SampleStream,
  calibrated: readonly Variant[],
  { config }: GateContext
): Promise<Diagnosis[]> {
  const compared = input === undefined ? [] : await comparePreprocessing(dumps, config.preprocess, input)
  if (calibrated.length === 0) return compared
  const evidence = `one list of steps for both, hash ${hashPreprocess(config.preprocess).slice(0, 16)}`
  return [...compared, { check: 'preprocessing of calibration and evaluation', status: 'pass', evidence, action: '' }]
}

/** Runs integer kernels: a table of ours, or a finished model that turned out to. */
function isQuantized({ variant, executed }: Pick<Evaluation, 'variant' | 'executed'>): boolean {
  return variant.int8 !== undefined || (variant.precision === 'model' && (executed?.int8 ?? 0) > 0)
}
