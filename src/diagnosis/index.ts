import type { ReferenceDump, SampleStream } from '../dataset/index.js'
import { hashPreprocess } from '../dataset/index.js'
import type { Evaluation, EvaluationResult } from '../evaluation/index.js'
import type { Diagnosis } from '../result.js'
import type { Task } from '../task/index.js'
import type { CalibrationSource, GateContext, Variant } from '../variants/index.js'
import { auditRanges } from './calibration.js'
import { auditCalibrationSet } from './calibration-set.js'
import { auditFloor, auditInput, auditKernels, auditSaturation } from './fitness.js'
import { compareProviders } from './providers.js'
import { diagnoseFp16 } from './fp16.js'
import { comparePreprocessing } from './preprocessing/index.js'
import { budgets, suspects } from './samples.js'
import { probeRuntime } from './runtime.js'

export interface DiagnosisInput {
  readonly evaluated: EvaluationResult
  readonly task: Task
  readonly images: SampleStream
  readonly calibration: CalibrationSource | undefined
  readonly dumps: readonly ReferenceDump[]
}

/**
 * What explains the figures, in the order of the founding page: is the input right, is the calibration set enough, was a
 * wrong table loaded, is the network fit for INT8 at all; then FP16. Only checks that apply to the variants of the run.
 */
export async function diagnose(input: DiagnosisInput, context: GateContext): Promise<Diagnosis[]> {
  const { evaluated, task, images, calibration, dumps } = input
  const { evaluations } = evaluated
  const [reference] = evaluations
  const ranged = evaluations.flatMap(({ variant }) => (variant.int8 === undefined ? [] : [variant]))
  const calibrated = ranged.filter(({ int8 }) => int8?.calibrated !== undefined)
  const quantized = evaluations.filter(isQuantized).map(({ variant }) => variant)
  const sizes = budgets(evaluated, task.metric, context.config)

  const preprocessing = await auditPreprocessing(dumps, images, calibrated, context)
  const probe = await probeRuntime(reference.variant, quantized, images.atMost(sizes.kernels), task, context)
  const floor = auditFloor(probe, context.session.provider)
  context.log.info(`noise floor: ${floor.evidence}`)
  const hashes = evaluated.samples.map(({ sha256 }) => sha256)
  const fp16: Diagnosis[] = []
  for (const { variant, scores } of evaluations) {
    if (variant.fp16 === undefined) continue
    fp16.push(...(await diagnoseFp16(variant, suspects(images, scores.nonFinite), context)))
  }
  return [
    ...preprocessing,
    auditInput(probe, task.evidence(reference.scores)),
    ...(calibration === undefined || calibrated.length === 0
      ? []
      : auditCalibrationSet(
          { dataset: calibration.images.dataset, hashes: calibration.hashes },
          { dataset: images.dataset, hashes }
        )),
    ...(await auditRanges(ranged, images.atMost(sizes.ranges), context)),
    ...probe.kernels.flatMap((comparison) => [auditKernels(comparison), ...auditSaturation(comparison)]),
    floor,
    ...compareProviders(evaluated, task.metric, context.session.provider),
    ...fp16
  ]
}

/** What can be said of the data without running a model. */
export async function diagnoseData(
  calibration: CalibrationSource | undefined,
  test: { readonly images: SampleStream; readonly hashes: () => Promise<readonly string[]> },
  dumps: readonly ReferenceDump[],
  { config }: GateContext
): Promise<Diagnosis[]> {
  const { images } = test
  return [
    ...(images.input === undefined ? [] : await comparePreprocessing(dumps, config.preprocess, images.input)),
    ...(calibration === undefined
      ? []
      : auditCalibrationSet(
          { dataset: calibration.images.dataset, hashes: calibration.hashes },
          { dataset: images.dataset, hashes: await test.hashes() }
        ))
  ]
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
function isQuantized({ variant, executed }: Evaluation): boolean {
  return variant.int8 !== undefined || (variant.precision === 'model' && (executed?.int8 ?? 0) > 0)
}
