import { datasetHash, type Batch, type SampleStream } from '../dataset/index.js'
import { explain, GateError, RuntimeError } from '../errors.js'
import type {
  ExecutedCounts,
  ExecutedLayer,
  ExecutedProfile,
  ProfiledSession,
  SessionOptions
} from '../runtime/index.js'
import { countExecuted } from '../runtime/index.js'
import type { Scorer, Scores, Task } from '../task/index.js'
import { firstRows, type Tensor } from '../tensor.js'
import { variantOn, type FailedVariant, type GateContext, type Variant } from '../variants/index.js'
import type { VariantComparison } from '../verdict/index.js'
import { feedFor, imageInput, planBatches, type BatchPlan } from './inputs.js'
import { openProfiledSession } from './open.js'
import { asFloats, OutputDifference } from './output-difference.js'
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

/** Every variant on one provider. */
export interface ProviderEvaluation {
  readonly session: SessionOptions
  /** The reference first. */
  readonly evaluations: readonly Evaluation[]
  readonly failed: readonly FailedVariant[]
}

export interface EvaluationResult extends Omit<ProviderEvaluation, 'session'> {
  /** The same on the other providers, beside the first one. */
  readonly others: readonly (ProviderEvaluation & { readonly differences: ReadonlyMap<string, ProviderDifference> })[]
  readonly datasetHash: string
  readonly samples: readonly {
    readonly id: string
    readonly label: number
    readonly sha256: string
    /** SHA-256 of objects or of a mask. */
    readonly truth?: string
  }[]
}

/** A variant on another provider beside the same variant on the first one. */
export interface ProviderDifference {
  /** As a variant is compared with FP32, so that a drop is a loss on the other provider. */
  readonly comparison: VariantComparison
  /** Of the outputs; undefined where they are lists, which have no order. */
  readonly outputs?: OutputDifference
}

interface Judged {
  readonly variant: Variant
  readonly run: Run
  readonly session: ProfiledSession
  readonly scorer: Scorer<unknown, Scores>
  readonly times: number[]
  /** Of the first batch. */
  profile?: ExecutedProfile
  /** Of a run on another provider: how far it lies from the first. */
  readonly difference?: { readonly output: string; readonly outputs: OutputDifference } | undefined
}

interface Run {
  readonly session: SessionOptions
  readonly variants: readonly Variant[]
  readonly failed: FailedVariant[]
}

/**
 * One pass over the test set: each image is decoded and preprocessed once for all variants and all providers, and the
 * next ones are decoded while the models run. A variant that fails on the way is listed as failed and the others go on.
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
  const { config, signal, progress, others = [] } = context
  const runs: readonly Run[] = [
    { session: context.session, variants, failed: [] },
    ...others.map((session) => ({
      session,
      variants: variants.map((variant) => variantOn(variant, session.provider)),
      failed: []
    }))
  ]
  const [first] = runs
  const entries: { id: string; label: number; sha256: string; truth?: string }[] = []
  let judged: Judged[] = []
  const stage = progress.start(stageName(runs), images.dataset.samples.length)
  const survive = async (run: Run, variant: Variant, step: () => void | Promise<void>): Promise<void> => {
    try {
      await step()
    } catch (error) {
      if (variant.name === variants[0].name || !(error instanceof GateError)) throw error
      run.failed.push({ name: variant.name, precision: variant.precision, error: explain(error) })
      const gone = judged.filter((one) => one.run === run && one.variant === variant)
      judged = judged.filter((one) => !gone.includes(one))
      for (const { session } of gone) await session.release()
    }
  }
  try {
    for (const run of runs) {
      for (const variant of run.variants) {
        await survive(run, variant, async () => {
          judged.push(await open(variant, run, task, context, run !== first))
        })
      }
    }
    const plan = planBatches(
      judged.map(({ variant, session }) => ({ name: variant.name, input: imageInput(session, variant.model) })),
      config.runtime.batch
    )
    const hashes: string[] = []
    const onBytes = (index: number, sha256: string) => void (hashes[index] = sha256)
    for await (const batch of images.batches({ batch: plan.size, signal, onBytes })) {
      const { start, samples } = batch
      const truth = await task.truth(batch)
      const truths = new Map(runs.map((run) => [run, run === first ? truth : task.forProvider(truth)]))
      /** Of this batch on the first provider, by variant; kept only where there is another one. */
      const expected = new Map<string, Readonly<Record<string, Tensor>>>()
      for (const one of judged) {
        await survive(one.run, one.variant, async () => {
          const outputs = await runBatch(one, batch, truths.get(one.run), plan)
          if (one.run === first && runs.length > 1) expected.set(one.variant.name, outputs)
          else addDifference(one, expected.get(one.variant.name), outputs, samples.length)
        })
      }
      samples.forEach(({ id, label }, i) => {
        const truthHash = task.truthHash(start + i)
        const hashed = truthHash === undefined ? {} : { truth: truthHash }
        entries.push({ id, label: label ?? -1, sha256: hashes[start + i], ...hashed })
      })
      stage.update(start + samples.length)
    }
    const finish = async (run: Run): Promise<Evaluation[]> => {
      const evaluations: Evaluation[] = []
      for (const one of judged.filter((candidate) => candidate.run === run)) {
        await survive(run, one.variant, () => {
          evaluations.push(describe(one, evaluations[0]?.scores, task))
        })
      }
      return evaluations
    }
    const evaluations = await finish(first)
    const compared = []
    for (const run of runs.slice(1)) {
      const { session, failed } = run
      const there = await finish(run)
      const differences = new Map<string, ProviderDifference>()
      for (const { variant, scores } of there) {
        const here = evaluations.find((other) => other.variant.name === variant.name)
        if (here === undefined) continue
        const outputs = judged.find((one) => one.run === run && one.variant === variant)?.difference?.outputs
        const comparison = task.compare(here.scores, scores, variant.model)
        differences.set(variant.name, { comparison, ...(outputs !== undefined && { outputs }) })
      }
      compared.push({ session, evaluations: there, failed, differences })
    }
    return {
      evaluations,
      failed: first.failed,
      others: compared,
      datasetHash: datasetHash(entries),
      samples: entries
    }
  } finally {
    stage.finish()
    for (const { session } of judged) await session.release()
  }
}

function stageName([first, ...others]: readonly Run[]): string {
  const names = first.variants.map(({ name }) => name).join(', ')
  if (others.length === 0) return `evaluate ${names}`
  return `evaluate ${names} on ${[first, ...others].map(({ session }) => session.provider).join(', ')}`
}

async function open(variant: Variant, run: Run, task: Task, context: GateContext, compared: boolean): Promise<Judged> {
  const session = await openProfiledSession(variant, context, run.session)
  try {
    imageInput(session, variant.model)
    const model = { file: variant.model, outputs: session.outputs }
    const output = compared ? task.denseOutput(model) : undefined
    const difference = output === undefined ? undefined : { output, outputs: new OutputDifference() }
    return { variant, run, session, scorer: task.scorer(model), times: [], difference }
  } catch (error) {
    await session.release()
    throw error
  }
}

async function runBatch(
  one: Judged,
  batch: Batch,
  truth: unknown,
  plan: BatchPlan
): Promise<Readonly<Record<string, Tensor>>> {
  const { variant, session, scorer, times } = one
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
  one.profile ??= await session.endProfile()
  scorer.add(outputs, batch, truth)
  return outputs
}

function addDifference(
  { difference }: Judged,
  expected: Readonly<Record<string, Tensor>> | undefined,
  found: Readonly<Record<string, Tensor>>,
  samples: number
): void {
  if (difference === undefined || expected === undefined) return
  const { output, outputs } = difference
  if (!(output in expected && output in found)) return
  outputs.add(asFloats(firstRows(expected[output], samples)), asFloats(firstRows(found[output], samples)))
}

function describe(
  { variant, run, scorer, times, profile }: Judged,
  reference: Scores | undefined,
  task: Task
): Evaluation {
  const scores = scorer.result()
  const { layers: kernels, nodes } = profile ?? { layers: [], nodes: [] }
  return {
    variant,
    scores,
    comparison: task.compare(reference ?? scores, scores, variant.model),
    ...(kernels !== undefined && { executed: countExecuted(kernels), kernels }),
    placement: placementOf(nodes, run.session.provider),
    latencyMs: median(times)
  }
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
