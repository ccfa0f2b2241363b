import type { SampleStream } from '../dataset/index.js'
import type { ProgressReporter } from '../util/progress.js'
import type { ObserverEffect } from './observer-effect.js'
import type { ComparedModels } from './prepare.js'
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

/** What measuring a chunk of layers needs besides them. */
export interface ChunkPass {
  readonly input: CompareInput
  readonly advance: (samples: number) => void
}

export interface MeasuredChunk {
  readonly layers: readonly LayerDeviation[]
  readonly effect: ObserverEffect
}
