import type { LatencyConfig } from '../config/index.js'
import type { SampleStream } from '../dataset/index.js'
import type { Session, SessionOptions } from '../runtime/index.js'
import type { Tensor } from '../tensor.js'
import type { GateContext, Variant } from '../variants/index.js'
import { quantile } from '../util/quantile.js'
import { feedFor, imageInput, planBatches } from './inputs.js'
import { openSession } from './open.js'

/** Median and quartiles. */
export interface Spread {
  readonly median: number
  readonly quartiles: readonly [number, number]
}

/** How long a variant takes for one batch. */
export interface Latency {
  readonly batch: number
  readonly runs: number
  readonly ms: Spread
  /** FP32's time over the variant's in the same round; undefined for FP32. */
  readonly speedup?: Spread
}

interface Runner {
  readonly variant: Variant
  readonly session: Session
}

/**
 * Every variant runs once in each round, in an order that rotates, so that noise of the machine hits all alike. The
 * input is real images, decoded before; what is timed is `run` of onnxruntime-node, with the copy of the outputs.
 *
 * @param variants the reference first
 * @returns by variant; empty where there is no image
 */
export async function measureLatency(
  variants: readonly Variant[],
  images: SampleStream,
  { batch: asked, warmup, runs }: LatencyConfig,
  context: GateContext,
  options: SessionOptions = context.session
): Promise<ReadonlyMap<string, readonly Latency[]>> {
  const { signal, progress } = context
  const measured = new Map<string, Latency[]>(variants.map(({ name }) => [name, []]))
  if (images.dataset.samples.length === 0) return measured
  const opened: Runner[] = []
  const stage = progress.start(`measure latency on ${options.provider}`, asked.length * (warmup + runs))
  try {
    for (const variant of variants) opened.push({ variant, session: await openSession(variant, context, options) })
    const models = opened.map(({ variant, session }) => ({
      name: variant.name,
      input: imageInput(session, variant.model)
    }))
    const plans = asked.map((size) => planBatches(models, size))
    const sizes = [...new Set(plans.map(({ size }) => size))]
    const input = await readRows(images, Math.max(...sizes), signal)
    for (const [step, size] of sizes.entries()) {
      const plan = { size, fixed: plans[0].fixed }
      const feeds = opened.map(({ variant, session }) => feedFor(session, rows(input, size), plan, variant.model))
      const times = opened.map(() => [] as number[])
      for (let round = 0; round < warmup + runs; round++) {
        signal.throwIfAborted()
        for (let turn = 0; turn < opened.length; turn++) {
          const i = (round + turn) % opened.length
          const started = performance.now()
          await opened[i].session.run(feeds[i])
          if (round >= warmup) times[i].push(performance.now() - started)
        }
        stage.update(step * (warmup + runs) + round + 1)
      }
      opened.forEach(({ variant }, i) => {
        const speedup = i === 0 ? {} : { speedup: spreadOf(times[0].map((fp32, round) => fp32 / times[i][round])) }
        measured.get(variant.name)?.push({ batch: size, runs, ms: spreadOf(times[i]), ...speedup })
      })
    }
    return measured
  } finally {
    stage.finish()
    for (const { session } of opened) await session.release()
  }
}

/** @param values at least one. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  return { median: quantile(sorted, 0.5), quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)] }
}

/** The first images as one batch; where there are fewer, they repeat. */
async function readRows(images: SampleStream, count: number, signal: AbortSignal): Promise<Tensor> {
  for await (const { input } of images.atMost(count).batches({ batch: count, signal })) {
    return rows(input, count)
  }
  throw new Error('a data set that is not empty has no image')
}

function rows({ type, dims, data }: Tensor, count: number): Tensor {
  if (dims[0] === count) return { type, dims, data }
  const row = data.length / dims[0]
  const filled = new (data.constructor as new (length: number) => typeof data)(row * count)
  for (let i = 0; i < count; i++) {
    const from = (i % dims[0]) * row
    filled.set(data.subarray(from, from + row) as never, i * row)
  }
  return { type, dims: [count, ...dims.slice(1)], data: filled }
}
