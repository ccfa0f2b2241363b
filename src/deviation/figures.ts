import type { ChannelTotals } from './totals.js'

/** What is said of a layer or channel, from its sums. */
export interface Figures {
  readonly elements: number
  /** 10 log10(sum x^2 / sum (x - y)^2); null: identical, or not finite. */
  readonly sqnrDb: number | null
  /** null: one of the two is zero, or not finite. */
  readonly cosine: number | null
  readonly maxAbs: number | null
  readonly meanAbs: number | null
  readonly deviating: number
  readonly min: number | null
  readonly max: number | null
}

/**
 * sum xy and sum y^2 follow from sums of the error d = x - y: xy = xx - xd, yy = xx - 2 xd + dd. The error is small, so
 * that nothing is lost where the two are close.
 */
export function figuresOf(totals: ChannelTotals): Figures {
  const { elements, squaredError, squaredReference: xx, referenceByError: xd, maxError, absoluteError } = totals
  const yy = xx - 2 * xd + squaredError
  return {
    elements,
    sqnrDb: sqnrDb(xx, squaredError),
    cosine: xx > 0 && yy > 0 ? finite(Math.max(-1, Math.min(1, (xx - xd) / Math.sqrt(xx) / Math.sqrt(yy)))) : null,
    maxAbs: finite(maxError),
    meanAbs: finite(absoluteError / elements),
    deviating: Math.round(totals.deviating),
    min: finite(totals.min),
    max: finite(totals.max)
  }
}

/** null: the error is zero, the signal is zero, or one of them is not finite. */
export function sqnrDb(signal: number, noise: number): number | null {
  return finite(10 * Math.log10(signal / noise))
}

export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
