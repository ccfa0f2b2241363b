import type { SampleStream } from '../dataset/index.js'
import type { Evaluation } from '../evaluation/index.js'
import { Outcome } from '../metrics/index.js'
import type { Diagnosis } from '../result.js'
import type { GateContext } from '../variants/index.js'
import { diagnoseFp16 } from './fp16.js'

/** Enough to see a layer's range, few enough to cost seconds. */
const FP16_IMAGES = 32

/** What explains the figures; only checks that apply to the variants of the run. */
export async function diagnose(
  evaluations: readonly Evaluation[],
  images: SampleStream,
  context: GateContext
): Promise<Diagnosis[]> {
  const diagnosis: Diagnosis[] = []
  for (const { variant, topK } of evaluations) {
    if (variant.fp16 === undefined) continue
    diagnosis.push(...(await diagnoseFp16(variant, suspects(images, topK.outcomes), context)))
  }
  return diagnosis
}

/** The samples whose outputs were not finite, then others spread over the set. */
function suspects(images: SampleStream, outcomes: Uint8Array): SampleStream {
  const indices = new Set<number>()
  outcomes.forEach((outcome, index) => {
    if ((outcome & Outcome.nonFinite) !== 0 && indices.size < FP16_IMAGES / 2) indices.add(index)
  })
  const total = outcomes.length
  const spread = Math.min(FP16_IMAGES, total)
  for (let i = 0; i < spread && indices.size < spread; i++) indices.add(Math.floor((i * total) / spread))
  return images.select([...indices].sort((a, b) => a - b))
}
