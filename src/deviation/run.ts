import { feedFor, planBatches, imageInput } from '../evaluation/index.js'
import type { SampleStream } from '../dataset/index.js'
import type { Session } from '../runtime/index.js'
import type { Tensor } from '../tensor.js'
import type { ProgressTask } from '../util/progress.js'
import { ObserverEffect } from './observer-effect.js'
import type { MergedSession } from './sessions.js'
import { LayerTotals } from './totals.js'

export interface Pass {
  readonly images: SampleStream
  readonly merged: MergedSession
  /** Uninstrumented, for the observer effect. */
  readonly plain?: Session
  readonly signal: AbortSignal
  readonly task: ProgressTask
  /** Samples that earlier passes have seen. */
  readonly done: number
}

/** Batches whose outputs are compared with those of the plain model. */
const CHECKED_BATCHES = 4

/**
 * Runs images through a merged session one at a time (or in the model's fixed batch): in batches, kernels depend on the
 * batch size and differ in the last bit.
 */
export async function runPass(pass: Pass): Promise<{ totals: LayerTotals[]; effect: ObserverEffect }> {
  const { images, merged, plain, signal, task, done } = pass
  const { session, statistics, outputs } = merged
  const totals = statistics.map((one) => new LayerTotals(one))
  const effect = new ObserverEffect()
  const plan = planBatches([{ name: 'layers', input: imageInput(session, 'the merged model') }], 1)
  const fetches = statistics.flatMap(({ output, size }) => (size === undefined ? [output] : [output, size]))
  let batches = 0
  for await (const { start, samples, input } of images.batches({ batch: plan.size, signal })) {
    const checked = plain !== undefined && batches++ < CHECKED_BATCHES
    const results = await session.run(
      feedFor(session, input, plan, 'the merged model'),
      checked ? [...fetches, ...outputs] : fetches
    )
    for (const one of totals) one.add(results, samples.length)
    if (checked) effect.add(results, await runPlain(plain, input, plan), samples.length)
    task.update(done + start + samples.length)
  }
  return { totals, effect }
}

async function runPlain(
  plain: Session,
  input: Tensor,
  plan: Parameters<typeof feedFor>[2]
): Promise<Record<string, Tensor>> {
  return plain.run(feedFor(plain, input, plan, 'the variant'))
}
