import type { ChannelTotals, LayerTotals } from './totals.js'
import type { ObservedLayer } from './types.js'

/** How much a layer is to be suspected of being broken, rather than rounded. */
export interface Suspicion {
  /** Of the worst channel, or of the whole where that is more. */
  readonly suspicion: number
  readonly byChannel: readonly number[]
  /** Noise over signal of the whole layer, where suspicions are equal. */
  readonly noise: number
}

/**
 * Rounding noise is allowed this often: weights add theirs, clipping at a percentile too. Over healthy networks the worst
 * channel of any layer keeps a suspicion below 0.05 with it (docs/layers.md).
 */
const ALLOWANCE = 4
/** Float16 rounds to 11 bits; its smallest step is 2^-24. */
const HALF_ERROR = 2 ** -11
const HALF_STEP = 2 ** -24
/** Stands for infinity, which JSON cannot say. */
const NOT_FINITE = 1e12

/**
 * Noise that the precision does not explain, as a share of the signal, for the worst channel: a network loses nothing
 * that 8 bits could have kept. Rounding to steps of s makes a noise of s^2 / 12 a value (Widrow and Kollár, Quantization
 * Noise, 2008); a channel that is far noisier than this is clipped, scaled or gone. The ratio of noise to signal alone
 * would accuse every channel whose values are few steps high.
 */
export function suspect(isolated: LayerTotals): Suspicion {
  const { layer } = isolated
  const { elements } = isolated
  const whole = isolated.whole()
  const signals = isolated.column('squaredReference') ?? new Float64Array()
  const errors = isolated.column('squaredError') ?? new Float64Array()
  if (layer.keepsScale) return { suspicion: 0, byChannel: Array.from(signals, () => 0), noise: 0 }
  const byChannel = Array.from(signals, (squaredReference, channel) =>
    unexplained({ elements, squaredError: errors[channel], squaredReference }, layer)
  )
  const noise = whole.squaredReference > 0 ? whole.squaredError / whole.squaredReference : 0
  const suspicion = byChannel.reduce((a, b) => Math.max(a, b), unexplained(whole, layer))
  return { suspicion, byChannel, noise: Number.isFinite(noise) ? noise : NOT_FINITE }
}

function unexplained(
  { elements, squaredError, squaredReference }: Pick<ChannelTotals, 'elements' | 'squaredError' | 'squaredReference'>,
  layer: ObservedLayer
): number {
  if (!Number.isFinite(squaredError)) return NOT_FINITE
  const explained = ALLOWANCE * roundingNoise(layer, elements, squaredReference)
  if (squaredReference === 0) return squaredError > explained ? 1 : 0
  return Math.max(0, squaredError - explained) / squaredReference
}

/** Sum of squares of what rounding the output alone does. */
function roundingNoise({ source }: ObservedLayer, elements: number, signal: number): number {
  if (source.kind === 'codes') {
    const range = source.quantization.range
    return range === undefined ? 0 : (elements * range.step ** 2) / 12
  }
  return source.rounds16 ? signal * HALF_ERROR ** 2 + (elements * HALF_STEP ** 2) / 12 : 0
}
