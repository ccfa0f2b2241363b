import type { ChannelTotals, LayerTotals } from './totals.js'

export interface Suspicion {
  readonly suspicion: number
  readonly byChannel: readonly number[]
}

/** Noise that rounding does not explain. */
export function suspect(isolated: LayerTotals): Suspicion {
  const byChannel = isolated.byChannel().map(unexplained)
  return { suspicion: unexplained(isolated.whole()), byChannel }
}

function unexplained({ squaredError, squaredReference }: ChannelTotals): number {
  return squaredReference > 0 ? squaredError / squaredReference : 0
}
