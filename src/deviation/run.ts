import { feedFor, planBatches, imageInput } from '../evaluation/index.js'
import type { SampleStream } from '../dataset/index.js'
import type { Session } from '../runtime/index.js'
import type { Tensor } from '../tensor.js'
import { GraphTotals } from './graph-totals.js'
import { ObserverEffect } from './observer-effect.js'
import type { MergedSession } from './sessions.js'
import type { LayerTotals } from './totals.js'

export interface Pass {
  readonly images: SampleStream
  readonly merged: MergedSession
  /** Uninstrumented, for the observer effect. */
  readonly plain?: Session
  readonly signal: AbortSignal
  readonly advance: (samples: number) => void
}

/** Batches whose outputs are compared with those of the plain model. */
export const CHECKED_BATCHES = 2

/**
 * Runs images through a merged session one at a time (or in the model's fixed batch): in batches, kernels depend on the
 * batch size and differ in the last bit.
 */
export async function runPass(pass: Pass): Promise<{ totals: LayerTotals[]; effect: ObserverEffect }> {
  const { images, merged, plain, signal, advance } = pass
  const { session, statistics, outputs } = merged
  const sums = statistics.map((one) => new GraphTotals(one))
  const effect = new ObserverEffect()
  const plan = planBatches([{ name: 'layers', input: imageInput(session, 'the merged model') }], 1)
  const fetches = statistics.flatMap(({ output, size }) => (size === undefined ? [output] : [output, size]))
  let batches = 0
  for await (const { samples, input } of images.batches({ batch: plan.size, signal })) {
    const checked = plain !== undefined && batches++ < CHECKED_BATCHES
    const results = await session.run(
      feedFor(session, input, plan, 'the merged model'),
      checked ? [...fetches, ...outputs] : fetches
    )
    for (const one of sums) one.add(results, samples.length)
    if (checked) effect.add(results, await runPlain(plain, input, plan), samples.length)
    advance(samples.length)
  }
  return { totals: sums.map((one) => one.totals()), effect }
}

async function runPlain(
  plain: Session,
  input: Tensor,
  plan: Parameters<typeof feedFor>[2]
): Promise<Record<string, Tensor>> {
  return plain.run(feedFor(plain, input, plan, 'the variant'))
}
