import { RuntimeError } from '../../errors.js'
import type { Placement, TensorPlan } from '../placement.js'
import { activationParameters, type QuantizationParameters, type Range } from '../scale.js'

/** Scale and zero point of every planned activation tensor. */
export function planParameters(
  { target, tensors }: Placement,
  ranges: ReadonlyMap<string, Range>
): ReadonlyMap<string, QuantizationParameters> {
  const type = target === 'tensorrt' ? 'int8' : 'uint8'
  const origin = (plan: TensorPlan): TensorPlan => {
    if (plan.range.kind !== 'shared') return plan
    const source = tensors.get(plan.range.with)
    if (source === undefined) throw new RuntimeError(`${plan.range.with}, whose scale ${plan.tensor} shares, has none`)
    return origin(source)
  }
  return new Map(
    [...tensors.values()].map((plan) => [plan.tensor, activationParameters(rangeOf(origin(plan), ranges), type)])
  )
}

function rangeOf({ tensor, range }: TensorPlan, ranges: ReadonlyMap<string, Range>): Range {
  if (range.kind === 'fixed') return range.range
  const measured = ranges.get(tensor)
  if (measured === undefined) throw new RuntimeError(`the calibration table has no range for tensor ${tensor}`)
  const limit = range.kind === 'calibrated' ? range.limit : undefined
  if (limit === undefined) return measured
  return { min: Math.max(measured.min, limit.min), max: Math.min(measured.max, limit.max) }
}
