import type { SampleStream } from '../dataset/index.js'
import type { ProgressReporter } from '../util/progress.js'
import { chunksOf } from './chunks.js'
import type { Observation } from './observe.js'
import { ObserverEffect } from './observer-effect.js'
import { prepareComparison, type ComparedModels } from './prepare.js'
import { runPass } from './run.js'
import { openMerged } from './sessions.js'
import type { LayerTotals } from './totals.js'
import type { ObservedLayer } from './types.js'

export interface CompareInput extends ComparedModels {
  /** The samples that are compared. */
  readonly images: SampleStream
  /** How many of them tell what each layer adds by itself. */
  readonly isolatedSamples: number
  readonly memoryBytes: number
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

const SILENT = { update: () => undefined, finish: () => undefined }

/**
 * Puts every layer of a variant beside FP32, in the whole network and by itself.
 * @throws RuntimeError where no tensor of the variant has a counterpart; FileError where a model cannot be merged.
 */
export async function compareLayers(input: CompareInput): Promise<Deviations> {
  const { runtime, session, name, images, memoryBytes, signal, progress } = input
  const comparison = await prepareComparison(input)
  const { reference, observation } = comparison
  const chunks = chunksOf(observation.layers, reference.values, memoryBytes)
  const samples = images.dataset.samples.length
  const alone = images.atMost(input.isolatedSamples)
  const isolatedSamples = alone.dataset.samples.length
  const task = progress.start(`layers of ${name}`, chunks.length * (samples + isolatedSamples))
  const layers: LayerDeviation[] = []
  const effect = new ObserverEffect()
  let done = 0
  try {
    for (const chunk of chunks) {
      const plain = await runtime.createSession(input.variant.file, session)
      const merged = await openMerged(comparison, chunk, 'network')
      const inNetwork = await runPass({ images, merged, plain, signal, task, done }).finally(async () => {
        await merged.session.release()
        await plain.release()
      })
      effect.merge(inNetwork.effect)
      done += samples
      const cut = await openMerged(comparison, chunk, 'isolated')
      const isolated = await runPass({ images: alone, merged: cut, signal, task, done }).finally(() =>
        cut.session.release()
      )
      done += isolatedSamples
      const broken = inNetwork.totals.filter((totals) => !Number.isFinite(totals.whole().squaredError))
      const counted = new Map<ObservedLayer, LayerTotals>()
      if (broken.length > 0) {
        const layers = broken.map(({ layer }) => layer)
        const merged = await openMerged(comparison, layers, 'nonFinite')
        const counts = await runPass({ images, merged, signal, task: SILENT, done }).finally(() =>
          merged.session.release()
        )
        for (const totals of counts.totals) counted.set(totals.layer, totals)
      }
      layers.push(
        ...inNetwork.totals.map((totals, i) => ({
          inNetwork: totals,
          isolated: isolated.totals[i],
          nonFinite: counted.get(totals.layer)
        }))
      )
    }
  } finally {
    task.finish()
    reference.release()
    comparison.variant.release()
  }
  return { layers, observation, effect, samples, isolatedSamples }
}
