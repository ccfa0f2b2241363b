import type { ReferenceDump, SampleStream } from '../dataset/index.js'
import type { EvaluationResult } from '../evaluation/index.js'
import type { Diagnosis } from '../result.js'
import type { Task } from '../task/index.js'
import type { CalibrationSource, GateContext } from '../variants/index.js'
import { auditCalibrationSet } from './calibration-set.js'
import { concludeDiagnosis } from './conclude.js'
import { investigate, investigateFp16 } from './investigate.js'
import { compareProviders } from './providers.js'
import { comparePreprocessing } from './preprocessing/index.js'
import { budgetFor } from './samples.js'

export { concludeDiagnosis, type ConcludeInput } from './conclude.js'
export { investigate, investigateFp16, type Findings, type ProbeFindings } from './investigate.js'
export { budgetFor, type Budget } from './samples.js'
export { auditOrigin } from './table.js'

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
  const { evaluated, task, images } = input
  const { samples, evaluations } = evaluated
  const [reference] = evaluations
  const before = reference.scores.metrics[task.metric]
  const quantized = evaluations.flatMap(({ variant: { name, int8 }, scores }) =>
    int8 === undefined ? [] : [{ name, value: scores.metrics[task.metric] }]
  )
  const budget = budgetFor(task.metric, before, quantized, context.config)
  const findings = await investigate({ ...input, evaluations }, [budget], context)
  const fp16 = await investigateFp16(evaluations, images, context)
  const diagnosis = concludeDiagnosis({
    findings,
    budget,
    elsewhere: compareProviders(evaluated, task.metric, context.session.provider),
    fp16: Object.values(fp16).flat(),
    evidence: task.evidence(reference.scores),
    test: { ids: samples.map(({ id }) => id), hashes: samples.map(({ sha256 }) => sha256) }
  })
  context.log.info(`noise floor: ${findings.probes[budget]?.floor.evidence ?? ''}`)
  return diagnosis
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
