import type { SampleStream } from '../dataset/index.js'
import { planBatches, imageInput } from '../evaluation/index.js'
import { Outcome } from '../metrics/index.js'
import type { SessionOptions } from '../runtime/index.js'
import type { Task } from '../task/index.js'
import type { GateContext, Variant } from '../variants/index.js'
import { Contender, OutputDifference } from './outputs.js'

/** An INT8 model on integer kernels beside the same file as simulation in float. */
export interface KernelComparison {
  readonly variant: Variant
  readonly images: number
  /** Where a sample is right or wrong: right answers, and those that only one of two gets right. */
  readonly answers?: {
    readonly right: { readonly integer: number; readonly simulated: number; readonly unasked?: number }
    /** Integer kernels beside simulation, and `unasked` beside it. */
    readonly flips: Flips
    readonly unaskedFlips?: Flips
  }
  /** Simulation against FP32: what rounding to 8 bits costs by itself. */
  readonly quantization: OutputDifference
  /** Integer kernels against the simulation: what the kernels add. */
  readonly kernels: OutputDifference
  /** The kernels that ONNX Runtime takes unasked against the simulation, where this processor saturates in them. */
  readonly unasked?: OutputDifference
}

export interface Flips {
  /** Right in simulation alone. */
  readonly broken: number
  /** Wrong in simulation alone. */
  readonly repaired: number
}

export interface RuntimeProbe {
  readonly images: number
  /** FP32 against itself, one image at a time on one thread; undefined where outputs are lists, which have no order. */
  readonly floor?: { readonly difference: OutputDifference; readonly flips?: Flips }
  readonly input: { readonly min: number; readonly max: number; readonly constant: number }
  readonly kernels: readonly KernelComparison[]
}

/** Runs a few images under other settings of the runtime than the evaluation's; each is decoded once for all of them. */
export async function probeRuntime(
  reference: Variant,
  quantized: readonly Variant[],
  images: SampleStream,
  task: Task,
  { config, runtime, session: options, signal, progress }: GateContext
): Promise<RuntimeProbe> {
  const opened: Contender[] = []
  const hasAnswers = task.name === 'classification' && task.isLabelled
  const total = images.dataset.samples.length
  const stage = progress.start('compare kernels and the noise floor', total)
  try {
    const open = async ({ name, runFile, model }: Variant, more: Partial<SessionOptions> = {}): Promise<Contender> => {
      const session = await runtime.createSession(runFile, { ...options, ...more })
      const output = task.denseOutput({ file: model, outputs: session.outputs }) ?? session.outputs[0].name
      const contender = new Contender(name, session, model, output, hasAnswers)
      opened.push(contender)
      return contender
    }
    const fp32 = await open(reference)
    const isDense = task.denseOutput({ file: reference.model, outputs: fp32.session.outputs }) !== undefined
    const again = await open(reference, { threads: 1 })
    const saturates = runtime.environment(options).x64QuantPrecision
    const pairs = []
    for (const variant of options.provider === 'cpu' && isDense ? quantized : []) {
      pairs.push({
        variant,
        integer: await open(variant),
        simulated: await open(variant, { kernels: 'simulated' }),
        unasked: saturates ? await open(variant, { kernels: 'default' }) : undefined,
        quantization: new OutputDifference(),
        kernels: new OutputDifference(),
        unaskedKernels: new OutputDifference()
      })
    }
    const plan = planBatches(
      opened.map(({ name, session, model }) => ({ name, input: imageInput(session, model) })),
      config.runtime.batch
    )
    const floor = new OutputDifference()
    const input = { min: Infinity, max: -Infinity, constant: 0 }
    let done = 0
    for await (const { samples, input: batch } of images.batches({ batch: plan.size, signal })) {
      const labels = samples.map(({ label }) => label ?? -1)
      addInput(input, batch.data, samples.length)
      stage.update((done += samples.length))
      if (!isDense) continue
      const expected = await fp32.run(batch, labels, plan)
      floor.add(expected, await again.run(batch, labels, plan, true))
      for (const pair of pairs) {
        const simulated = await pair.simulated.run(batch, labels, plan)
        pair.quantization.add(expected, simulated)
        pair.kernels.add(simulated, await pair.integer.run(batch, labels, plan))
        if (pair.unasked !== undefined) pair.unaskedKernels.add(simulated, await pair.unasked.run(batch, labels, plan))
      }
    }
    return {
      images: total,
      ...(isDense && { floor: { difference: floor, ...(hasAnswers && { flips: flips(fp32, again) }) } }),
      input,
      kernels: pairs.map(({ variant, integer, simulated, unasked, quantization, kernels, unaskedKernels }) => ({
        variant,
        images: total,
        ...(hasAnswers && {
          answers: {
            right: {
              integer: right(integer),
              simulated: right(simulated),
              ...(unasked !== undefined && { unasked: right(unasked) })
            },
            flips: flips(simulated, integer),
            ...(unasked !== undefined && { unaskedFlips: flips(simulated, unasked) })
          }
        }),
        quantization,
        kernels,
        ...(unasked !== undefined && { unasked: unaskedKernels })
      }))
    }
  } finally {
    stage.finish()
    for (const { session } of opened) await session.release()
  }
}

function addInput(
  range: { min: number; max: number; constant: number },
  data: ArrayLike<unknown>,
  samples: number
): void {
  const size = data.length / samples
  for (let sample = 0; sample < samples; sample++) {
    let [min, max] = [Infinity, -Infinity]
    for (let i = sample * size; i < (sample + 1) * size; i++) {
      const value = Number(data[i])
      if (value < min) min = value
      if (value > max) max = value
    }
    if (min === max) range.constant++
    range.min = Math.min(range.min, min)
    range.max = Math.max(range.max, max)
  }
}

function outcomes({ topK }: Contender): Uint8Array {
  return topK?.result().outcomes ?? new Uint8Array(0)
}

function right(contender: Contender): number {
  return outcomes(contender).reduce((sum, outcome) => sum + (outcome & Outcome.top1), 0)
}

function flips(before: Contender, after: Contender): Flips {
  const [old, now] = [outcomes(before), outcomes(after)]
  const count = (expected: number) =>
    old.reduce(
      (sum, outcome, i) => sum + ((outcome ^ now[i]) & Outcome.top1 && (outcome & Outcome.top1) === expected ? 1 : 0),
      0
    )
  return { broken: count(Outcome.top1), repaired: count(0) }
}
