import type { SampleStream } from '../dataset/index.js'
import type { ProgressReporter } from '../util/progress.js'
import { chunksOf } from './chunks.js'
import { measureInGraph } from './inside.js'
import type { Observation } from './observe.js'
import { ObserverEffect } from './observer-effect.js'
import { canMeasureOutside, measureOutside } from './outside.js'
import { prepareComparison, type ComparedModels } from './prepare.js'
import type { LayerTotals } from './totals.js'

export interface CompareInput extends ComparedModels {
  /** The samples that are compared. */
  readonly images: SampleStream
  /** How many of them tell what each layer adds by itself. */
  readonly isolatedSamples: number
  readonly memoryBytes: number
  /** `graph`: where the provider's own tensors are not to leave it. By default the faster of what is possible. */
  readonly statistics?: 'graph'
  readonly signal: AbortSignal
  readonly progress: ProgressReporter
}

/** A layer's sums: in the whole network, and with FP32 inputs. */
export interface LayerDeviation {
  readonly inNetwork: LayerTotals
  readonly isolated: LayerTotals
  /** Counts of NaN and infinity, where sums are not finite. */
  readonly nonFinite: LayerTotals | undefined
}

export interface Deviations {
  readonly layers: readonly LayerDeviation[]
  readonly observation: Observation
  readonly effect: ObserverEffect
  readonly samples: number
  readonly isolatedSamples: number
}

/** What measuring a chunk of layers needs besides them. */
export interface ChunkPass {
  readonly input: CompareInput
  readonly advance: (samples: number) => void
}

export interface MeasuredChunk {
  readonly layers: readonly LayerDeviation[]
  readonly effect: ObserverEffect
}

/**
 * Puts every layer of a variant beside FP32, in the whole network and by itself.
 * @throws RuntimeError where no tensor of the variant has a counterpart; FileError where a model cannot be merged.
 */
export async function compareLayers(input: CompareInput): Promise<Deviations> {
  const { name, images, memoryBytes, progress } = input
  const comparison = await prepareComparison(input)
  const { reference, observation } = comparison
  const outside = input.statistics !== 'graph' && canMeasureOutside(comparison)
  const chunks = chunksOf(observation.layers, reference.values, memoryBytes)
  const samples = images.dataset.samples.length
  const isolatedSamples = Math.min(samples, input.isolatedSamples)
  const task = progress.start(`layers of ${name}`, chunks.length * (outside ? samples : samples + isolatedSamples))
  const layers: LayerDeviation[] = []
  const effect = new ObserverEffect()
  let done = 0
  const pass = { input, advance: (more: number) => task.update((done += more)) }
  try {
    for (const chunk of chunks) {
      const measured = await (outside ? measureOutside : measureInGraph)(comparison, chunk, pass)
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
