import { datasetHash, type SampleStream } from '../dataset/index.js'
import { explain, FileError, GateError, RuntimeError } from '../errors.js'
import { TopKAccumulator, type TopKResult } from '../metrics/index.js'
import type { ExecutedCounts, ExecutedLayer, Session } from '../runtime/index.js'
import { countExecuted } from '../runtime/index.js'
import type { Tensor } from '../tensor.js'
import type { FailedVariant, GateContext, Variant } from '../variants/index.js'
import { feedFor, firstRows, imageInput, planBatches, type BatchPlan } from './inputs.js'

export interface Evaluation {
  readonly variant: Variant
  readonly topK: TopKResult
  readonly executed: ExecutedCounts
  /** Every kernel that ran. */
  readonly kernels: readonly ExecutedLayer[]
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
  readonly topK: TopKAccumulator
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
  context: GateContext
): Promise<EvaluationResult> {
  const { config, signal, progress } = context
  const failed: FailedVariant[] = []
  const entries: { id: string; label: number; sha256: string }[] = []
  let judged: Judged[] = []
  const task = progress.start(`evaluate ${variants.map(({ name }) => name).join(', ')}`, images.dataset.samples.length)
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
    for (const variant of variants) await survive(variant, async () => void judged.push(await open(variant, context)))
    const plan = planBatches(
      judged.map(({ variant, session }) => ({ name: variant.name, input: imageInput(session, variant.model) })),
      config.runtime.batch
    )
    const hashes: string[] = []
    const onBytes = (index: number, sha256: string) => void (hashes[index] = sha256)
    let first: Tensor | undefined
    for await (const { start, samples, input } of images.batches({ batch: plan.size, signal, onBytes })) {
      first ??= { ...input, data: input.data.slice() }
      const labels = samples.map(({ label }) => label ?? -1)
      const ids = samples.map(({ id }) => id)
      for (const one of judged) await survive(one, () => runBatch(one, input, labels, ids, plan))
      samples.forEach(({ id, label }, i) => entries.push({ id, label: label ?? -1, sha256: hashes[start + i] }))
      task.update(start + samples.length)
    }
    const evaluations: Evaluation[] = []
    for (const one of [...judged]) {
      await survive(one, async () => {
        const { variant, session, times } = one
        const topK = one.topK.result()
        checkClasses(variant, topK, evaluations[0])
        const kernels = await executedKernels(variant, session, first, plan, context)
        evaluations.push({ variant, topK, executed: countExecuted(kernels), kernels, latencyMs: median(times) })
      })
    }
    return { evaluations, failed, datasetHash: datasetHash(entries), samples: entries }
  } finally {
    task.finish()
    for (const { session } of judged) await session.release()
  }
}

async function open(variant: Variant, { runtime, session: options }: GateContext): Promise<Judged> {
  const session = await runtime.createSession(variant.runFile, options)
  imageInput(session, variant.model)
  return { variant, session, topK: new TopKAccumulator(), times: [] }
}

async function runBatch(
  { variant, session, topK, times }: Judged,
  input: Tensor,
  labels: readonly number[],
  ids: readonly string[],
  plan: BatchPlan
): Promise<void> {
  const feeds = feedFor(session, input, plan, variant.model)
  const output = session.outputs[0].name
  const started = performance.now()
  let outputs: Record<string, Tensor>
  try {
    outputs = await session.run(feeds, [output])
  } catch (error) {
    if (!(error instanceof GateError) || plan.size === 1 || error.hint !== undefined) throw error
    const hint = `a model exported for one image at a time needs \`runtime: {batch: 1}\` (now ${plan.size})`
    throw new RuntimeError(error.message, hint, { cause: error })
  }
  times.push((performance.now() - started) / labels.length)
  topK.add(firstRows(outputs[output], labels.length), labels, ids)
}

/** A finished model may be another network altogether. */
function checkClasses(variant: Variant, { classes }: TopKResult, reference: Evaluation | undefined): void {
  if (reference === undefined || reference.topK.classes === classes) return
  throw new FileError(
    `${variant.model} gives ${classes} scores an image and the FP32 model ${reference.topK.classes}: they cannot be compared`,
    'name a model with the same classes, in the same order'
  )
}

async function executedKernels(
  variant: Variant,
  session: Session,
  first: Tensor | undefined,
  plan: BatchPlan,
  { runtime, session: options }: GateContext
): Promise<readonly ExecutedLayer[]> {
  if (first === undefined) return []
  const feeds = feedFor(session, first, plan, variant.model)
  return runtime.executedLayers(variant.runFile, feeds, options)
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
