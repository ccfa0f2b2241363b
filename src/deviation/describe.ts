import type { LayerComparison, LayerResult } from '../result.js'
import type { ExecutedLayer } from '../runtime/index.js'
import type { Deviations } from './compare.js'
import type { LayerDeviation } from './contract.js'
import { executedIn } from './executed.js'
import { figuresOf, finite, sqnrDb } from './figures.js'
import { suspect, type Suspicion } from './rank.js'
import type { DeviationRule } from './types.js'

/** Layers whose channels are kept, and how many of each. */
const LAYERS_WITH_CHANNELS = 8
const CHANNELS = 4
const NAMED_UNMATCHED = 20

/** The figures of every layer, in execution order. */
export function describeLayers(
  { layers }: Pick<Deviations, 'layers'>,
  executed: readonly ExecutedLayer[]
): LayerResult[] {
  const suspicions = layers.map(({ isolated }) => suspect(isolated))
  const ranks = ranksOf(suspicions)
  const ran = executedIn(
    layers.map(({ inNetwork }) => inNetwork.layer),
    executed
  )
  return layers.map((layer, i) => {
    const { inNetwork, isolated, nonFinite } = layer
    const { name, op, tensor, fused, keepsScale } = inNetwork.layer
    const [whole, alone] = [inNetwork.whole(), isolated.whole()]
    const figures = figuresOf(whole)
    const { nan = 0, infinite = 0 } = nonFinite?.whole() ?? {}
    // No comparison with a NaN is true, in ONNX either.
    const deviating = Math.min(figures.elements, figures.deviating + nan)
    const precision = ran[i]
    return {
      name,
      op,
      tensor,
      ...(fused.length > 0 && { fused }),
      elements: figures.elements,
      sqnrDb: figures.sqnrDb,
      cosine: figures.cosine,
      maxAbs: figures.maxAbs,
      meanAbs: figures.meanAbs,
      relErrorCount: deviating,
      deviationRatio: figures.elements === 0 ? 0 : deviating / figures.elements,
      range: figures.min === null || figures.max === null ? null : [figures.min, figures.max],
      ...(nan + infinite > 0 && { nonFinite: { nan, infinite } }),
      ...(alone.saturated !== undefined && { saturatedRatio: alone.saturated / alone.elements }),
      zeroedRatio: alone.zeroed / alone.elements,
      introduced: {
        sqnrDb: keepsScale ? null : sqnrDb(alone.squaredReference, alone.squaredError),
        share: keepsScale ? 0 : shareOf(layer),
        suspicion: suspicions[i].suspicion,
        rank: ranks[i]
      },
      ...(ranks[i] <= LAYERS_WITH_CHANNELS && { channels: channelsOf(layer, suspicions[i]) }),
      ...(precision !== undefined && { executed: precision })
    }
  })
}

export function describeComparison(
  { samples, isolatedSamples, effect, observation }: Deviations,
  rule: DeviationRule
): LayerComparison {
  return {
    samples,
    isolatedSamples,
    threshold: rule.threshold,
    floor: rule.floor,
    observer: effect.result(),
    unmatched: observation.unmatched.slice(0, NAMED_UNMATCHED),
    ...(observation.selectors.length > 0 && {
      stoppedAt: observation.selectors.slice(0, NAMED_UNMATCHED).map(({ name, opType: op }) => ({ name, op }))
    })
  }
}

function compareSuspicions(a: Suspicion, b: Suspicion): number {
  return a.suspicion - b.suspicion || a.noise - b.noise
}

/** 1 for the most suspicious. */
function ranksOf(suspicions: readonly Suspicion[]): number[] {
  const order = suspicions.map((_, i) => i).sort((a, b) => compareSuspicions(suspicions[b], suspicions[a]) || a - b)
  const ranks: number[] = []
  order.forEach((layer, place) => (ranks[layer] = place + 1))
  return ranks
}

/** Noise by itself over noise in the network, each relative to its signal: they are measured on other samples. */
function shareOf({ inNetwork, isolated }: LayerDeviation): number | null {
  const [network, alone] = [inNetwork.whole(), isolated.whole()]
  const added = alone.squaredError / alone.squaredReference
  const there = network.squaredError / network.squaredReference
  if (added === 0 && there === 0) return 0
  const share = finite(added / there)
  return share === null ? null : Math.min(1, share)
}

function channelsOf({ inNetwork, isolated }: LayerDeviation, { byChannel }: Suspicion): LayerResult['channels'] {
  if (byChannel.length < 2) return []
  const signal = inNetwork.column('squaredReference')?.reduce((sum, energy) => sum + energy, 0)
  return byChannel
    .map((suspicion, channel) => ({ suspicion, channel }))
    .sort((a, b) => b.suspicion - a.suspicion || a.channel - b.channel)
    .slice(0, CHANNELS)
    .map(({ suspicion, channel }) => {
      const [totals, alone] = [inNetwork.channel(channel), isolated.channel(channel)]
      const { sqnrDb: db, maxAbs } = figuresOf(totals)
      return {
        channel,
        sqnrDb: db,
        maxAbs,
        introducedSqnrDb: sqnrDb(alone.squaredReference, alone.squaredError),
        energyShare: signal === 0 ? 0 : shareOfSignal(totals.squaredReference / (signal ?? NaN)),
        suspicion
      }
    })
}

/** null: an infinite signal has no shares. */
function shareOfSignal(share: number): number | null {
  return Number.isFinite(share) ? Math.min(1, share) : null
}
