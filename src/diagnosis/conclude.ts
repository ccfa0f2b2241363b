import type { Diagnosis } from '../result.js'
import { overlap, type NamedHashes } from './calibration-set.js'
import { auditInput } from './fitness.js'
import type { Findings } from './investigate.js'
import type { Budget } from './samples.js'

export interface ConcludeInput {
  readonly findings: Findings
  readonly budget: Budget
  /** The same files on other providers. */
  readonly elsewhere?: readonly Diagnosis[]
  readonly fp16: readonly Diagnosis[]
  /** That FP32 works on the whole test set; undefined where it does not. */
  readonly evidence: string | undefined
  /** The whole test set. */
  readonly test: NamedHashes
}

/** Puts the findings in their order, with what only the figures of all samples tell. */
export function concludeDiagnosis({
  findings,
  budget,
  elsewhere = [],
  fp16,
  evidence,
  test
}: ConcludeInput): Diagnosis[] {
  const { preprocessing, calibrationSet, probes } = findings
  const probe = probes[budget]
  return [
    ...preprocessing,
    ...(probe === undefined ? [] : [auditInput(probe, evidence)]),
    ...(calibrationSet === undefined
      ? []
      : [calibrationSet.classes, calibrationSet.copies, overlap(calibrationSet.images, test)]),
    ...(probe === undefined ? [] : [...probe.ranges, ...probe.kernels, probe.floor]),
    ...elsewhere,
    ...fp16
  ]
}
