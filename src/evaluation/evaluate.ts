import { datasetHash, type Batch, type SampleStream } from '../dataset/index.js'
import { explain, GateError, RuntimeError } from '../errors.js'
import type { ExecutedCounts, ExecutedLayer, ExecutedProfile, Session } from '../runtime/index.js'
import { countExecuted } from '../runtime/index.js'
import type { Scorer, Scores, Task } from '../task/index.js'
import type { Tensor } from '../tensor.js'
import type { FailedVariant, GateContext, Variant } from '../variants/index.js'
import type { VariantComparison } from '../verdict/index.js'
import { feedFor, imageInput, planBatches, type BatchPlan } from './inputs.js'
import { openSession } from './open.js'
import { placementOf, type Placement } from './placement.js'

export interface Evaluation {
  readonly variant: Variant
  readonly scores: Scores
  /** With FP32; FP32's is with itself. */
  readonly comparison: VariantComparison
  /** undefined: the provider does not show what runs (TensorRT). */
  readonly executed?: ExecutedCounts
  /** Every layer that ran. */
  readonly kernels?: readonly ExecutedLayer[]
  readonly placement: Placement
  /** Median over the batches, per sample. */
  readonly latencyMs: number
}

export interface EvaluationResult {
  /** The reference first. */
  readonly evaluations: readonly Evaluation[]
  readonly failed: readonly FailedVariant[]
  readonly datasetHash: string
  readonly samples: readonly { readonly id: string; readonly label: number; readonly sha256: string }[]
}

interface Judged {
  readonly variant: Variant
  readonly session: Session
  readonly scorer: Scorer<unknown, Scores>
  readonly times: number[]
}

/**
 * One pass over the test set: each image is decoded and preprocessed once for all variants, and the next ones are
 * decoded while the models run. A variant that fails on the way is listed as failed and the others go on.
 *
 * @param variants the reference first
 * @throws GateError where the reference itself cannot run
 */
export async function evaluate(
  variants: readonly Variant[],
  images: SampleStream,
  task: Task,
  context: GateContext
): Promise<EvaluationResult> {
  const { config, signal, progress } = context
  const failed: FailedVariant[] = []
  const entries: { id: string; label: number; sha256: string; truth?: string }[] = []
  let judged: Judged[] = []
  const stage = progress.start(`evaluate ${variants.map(({ name }) => name).join(', ')}`, images.dataset.samples.length)
  const survive = async (one: Judged | Variant, run: () => Promise<void>): Promise<void> => {
    const variant = 'variant' in one ? one.variant : one
    try {
      await run()
    } catch (error) {
      if (variant === variants[0] || !(error instanceof GateError)) throw error
      failed.push({ name: variant.name, precision: variant.precision, error: explain(error) })
      judged = judged.filter((other) => other !== one)
      if ('session' in one) await one.session.release()
    }
  }
  try {
    for (const variant of variants)
      await survive(variant, async () => void judged.push(await open(variant, task, context)))
    const plan = planBatches(
      judged.map(({ variant, session }) => ({ name: variant.name, input: imageInput(session, variant.model) })),
      config.runtime.batch
    )
    const hashes: string[] = []
    const onBytes = (index: number, sha256: string) => void (hashes[index] = sha256)
    let first: Tensor | undefined
    for await (const batch of images.batches({ batch: plan.size, signal, onBytes })) {
      const { start, samples, input } = batch
      first ??= { ...input, data: input.data.slice() }
      const truth = await task.truth(batch)
      for (const one of judged) await survive(one, () => runBatch(one, batch, truth, plan))
      samples.forEach(({ id, label }, i) => {
        const truthHash = task.truthHash(start + i)
        const hashed = truthHash === undefined ? {} : { truth: truthHash }
        entries.push({ id, label: label ?? -1, sha256: hashes[start + i], ...hashed })
      })
      stage.update(start + samples.length)
    }
    const evaluations: Evaluation[] = []
    for (const one of [...judged]) {
      await survive(one, async () => {
        const { variant, session, times } = one
        const scores = one.scorer.result()
        const reference = evaluations.length === 0 ? scores : evaluations[0].scores
        const comparison = task.compare(reference, scores, variant.model)
        const { layers: kernels, nodes } = await profile(variant, session, first, plan, context)
        evaluations.push({
          variant,
          scores,
          comparison,
          ...(kernels !== undefined && { executed: countExecuted(kernels), kernels }),
          placement: placementOf(nodes, context.session.provider),
          latencyMs: median(times)
        })
      })
    }
    return { evaluations, failed, datasetHash: datasetHash(entries), samples: entries }
  } finally {
    stage.finish()
    for (const { session } of judged) await session.release()
  }
}

async function open(variant: Variant, task: Task, context: GateContext): Promise<Judged> {
  const session = await openSession(variant, context)
  try {
    imageInput(session, variant.model)
    return { variant, session, scorer: task.scorer({ file: variant.model, outputs: session.outputs }), times: [] }
  } catch (error) {
    await session.release()
    throw error
  }
}

async function runBatch(
  { variant, session, scorer, times }: Judged,
  batch: Batch,
  truth: unknown,
  plan: BatchPlan
): Promise<void> {
  const feeds = feedFor(session, batch.input, plan, variant.model)
  const started = performance.now()
  let outputs: Record<string, Tensor>
  try {
    outputs = await session.run(feeds, scorer.outputs)
  } catch (error) {
    if (!(error instanceof GateError) || plan.size === 1 || error.hint !== undefined) throw error
    const hint = `a model exported for one image at a time needs \`runtime: {batch: 1}\` (now ${plan.size})`
    throw new RuntimeError(error.message, hint, { cause: error })
  }
  times.push((performance.now() - started) / batch.samples.length)
  scorer.add(outputs, batch, truth)
}

async function profile(
  variant: Variant,
  session: Session,
  first: Tensor | undefined,
  plan: BatchPlan,
  { runtime, session: options }: GateContext
): Promise<ExecutedProfile> {
  if (first === undefined) return { layers: [], nodes: [] }
  const feeds = feedFor(session, first, plan, variant.model)
  return runtime.profile(variant.runFile, feeds, options)
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
