import { evenIndices, type SampleStream } from '../dataset/index.js'
import { feedFor, imageInput, planBatches } from '../evaluation/index.js'
import type { ChunkPass, MeasuredChunk } from './contract.js'
import type { Kernel } from './kernel/kernel.js'
import { Measurement } from './measurement.js'
import { ObserverEffect } from './observer-effect.js'
import { CHECKED_BATCHES } from './run.js'
import type { Comparison } from './sessions.js'
import { openStoredLayers, openStoredNetwork } from './stored.js'
import type { ObservedLayer } from './types.js'

/**
 * Whether a comparison can be measured outside of its graph: on the CPU, where tensors cost no transfer, and where all
 * shapes are known beforehand.
 */
export function canMeasureOutside({ reference, variant, observation, session }: Comparison): boolean {
  if (session.provider !== 'cpu') return false
  const input = reference.values.get(reference.input)
  const own = variant.values.get(variant.input)
  if (input?.type !== 'float32' || own?.type !== 'float32') return false
  const needed = [...observation.layers.map(({ tensor }) => tensor), ...observation.boundaries.values()]
  return (
    observation.layers.every(({ source }) => source.kind === 'codes' || !source.half) &&
    needed.every((tensor) => {
      const [first, ...rest] = reference.values.get(tensor)?.dims ?? ['']
      const isBatch = typeof first === 'number' || (first !== '' && first === input.dims[0])
      return isBatch && rest.every((size) => typeof size === 'number')
    })
  )
}

/**
 * Runs images through both models and the layers by themselves, and computes the statistics from their tensors.
 * @param kernel whose memory they are written to; one chunk of layers after the other can use it.
 */
export async function measureOutside(
  kernel: Kernel,
  comparison: Comparison,
  chunk: readonly ObservedLayer[],
  { input, advance }: ChunkPass
): Promise<MeasuredChunk> {
  const { images, signal } = input
  const layers = await openStoredLayers(comparison, chunk)
  const opened = [layers.session]
  try {
    const needed = new Set([...chunk.map(({ tensor }) => tensor), ...layers.feeds.values()])
    const network = await openStoredNetwork(comparison, chunk, needed)
    opened.push(network.session)
    const plain = await comparison.runtime.createSession(input.variant.file, comparison.session)
    opened.push(plain)
    const plan = planBatches([{ name: 'layers', input: imageInput(network.session, 'the merged model') }], 1)
    const measurement = new Measurement(kernel, comparison, chunk, plan, network, layers)
    const effect = new ObserverEffect()
    let checks = 0
    const pass = async (stream: SampleStream, alone: boolean): Promise<void> => {
      for await (const { samples, input: image } of stream.batches({ batch: plan.size, signal })) {
        const feeds = feedFor(network.session, image, plan, 'the merged model')
        await measurement.network(feeds, samples.length)
        if (checks++ < CHECKED_BATCHES) {
          const observed = await measurement.outputsFor(feeds)
          effect.add(observed, await plain.run(feedFor(plain, image, plan, 'the variant')), samples.length)
        }
        if (alone) await measurement.alone(samples.length)
        advance(samples.length)
      }
    }
    // First those that need all sessions: memory that one gives back serves the others.
    const chosen = new Set(evenIndices(images.dataset.samples.length, input.isolatedSamples))
    const others = images.dataset.samples.map((_, index) => index).filter((index) => !chosen.has(index))
    await pass(images.select([...chosen]), true)
    await layers.session.release()
    opened.shift()
    await pass(images.select(others), false)
    return { ...measurement.result(), effect }
  } finally {
    for (const session of opened) await session.release()
  }
}
