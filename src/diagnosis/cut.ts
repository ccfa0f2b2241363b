import type { CalibrationTable } from '../quantization/index.js'
import type { Diagnosis } from '../result.js'
import { toRange, type LayerNames } from './settling.js'
import { firstFew, percent, plural, short } from './words.js'

/** Share of a tensor's values beyond which a range was not trimmed but cut through the signal. */
const CUT_THROUGH = 0.01

/** Does the method itself throw values away? Enough images do not help against a range that was chosen too narrow. */
export function auditCut(variant: string, { parts, tensors }: CalibrationTable, layerOf: LayerNames): Diagnosis {
  const check = 'values that the calibration method cuts off'
  const { method } = JSON.parse(parts.method) as { method: string }
  const worst = Object.entries(tensors).sort(([, a], [, b]) => b.cut - a.cut)
  const describe = ([tensor, { cut, range, observed }]: (typeof worst)[number]): string => {
    const [chosen, seen] = [toRange(range), toRange(observed)]
    return `${layerOf(tensor)}: ${percent(cut)} (range [${short(chosen.min)}, ${short(chosen.max)}] of [${short(seen.min)}, ${short(seen.max)}])`
  }
  const cutThrough = worst.filter(([, { cut }]) => cut > CUT_THROUGH)
  if (cutThrough.length === 0) {
    const most = worst.length === 0 ? '' : `, at most ${describe(worst[0])}`
    return { check, status: 'pass', variant, evidence: `${method}${most}`, action: '' }
  }
  return {
    check,
    status: 'warn',
    variant,
    evidence:
      `${method} cuts off more than ${percent(CUT_THROUGH)} of the values of ${plural(cutThrough.length, 'tensor')}: ` +
      firstFew(cutThrough.map(describe)),
    action:
      'Try `calibration: {method: percentile}` or `minmax`: where much of a tensor is one constant (a background, zeros), entropy and mse take it for the signal.'
  }
}
