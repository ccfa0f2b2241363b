import { chunksOf } from './chunks.js'
import type { CompareInput, LayerDeviation } from './contract.js'
import { measureInGraph } from './inside.js'
import { Kernel } from './kernel/kernel.js'
import type { Observation } from './observe.js'
import { ObserverEffect } from './observer-effect.js'
import { canMeasureOutside, measureOutside } from './outside.js'
import { prepareComparison } from './prepare.js'

export interface Deviations {
  readonly layers: readonly LayerDeviation[]
  readonly observation: Observation
  readonly effect: ObserverEffect
  readonly samples: number
  readonly isolatedSamples: number
}

/** Of the 16 bytes that a chunk is allowed for each value the kernel takes up to 8; WebAssembly addresses 4 GiB. */
const LARGEST_CHUNK = 4 * 2 ** 30

/**
 * Puts every layer of a variant beside FP32, in the whole network and by itself.
 * @throws RuntimeError where no tensor of the variant has a counterpart; FileError where a model cannot be merged.
 */
export async function compareLayers(input: CompareInput): Promise<Deviations> {
  const { name, images, memoryBytes, progress } = input
  const comparison = await prepareComparison(input)
  const { reference, observation } = comparison
  const outside = input.statistics !== 'graph' && canMeasureOutside(comparison)
  const chunks = chunksOf(
    observation.layers,
    reference.values,
    outside ? Math.min(memoryBytes, LARGEST_CHUNK) : memoryBytes
  )
  const samples = images.dataset.samples.length
  const isolatedSamples = Math.min(samples, input.isolatedSamples)
  const task = progress.start(`layers of ${name}`, chunks.length * (outside ? samples : samples + isolatedSamples))
  const layers: LayerDeviation[] = []
  const effect = new ObserverEffect()
  let done = 0
  const kernel = new Kernel()
  const pass = { input, advance: (more: number) => task.update((done += more)) }
  try {
    for (const chunk of chunks) {
      const measured = outside
        ? await measureOutside(kernel, comparison, chunk, pass)
        : await measureInGraph(comparison, chunk, pass)
      layers.push(...measured.layers)
      effect.merge(measured.effect)
    }
  } finally {
    task.finish()
    reference.release()
    comparison.variant.release()
  }
  return { layers, observation, effect, samples, isolatedSamples }
}
