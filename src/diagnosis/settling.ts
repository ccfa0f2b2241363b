import { subsetSizes, type CalibrationTable, type Range } from '../quantization/index.js'
import type { Diagnosis } from '../result.js'
import { firstFew, percent, plural } from './words.js'

/** Below this, the quarters are too small for their ranges to say anything (docs/calibration-audit.md has the figures). */
export const FEWEST_IMAGES = 32
/** A tensor moved where an end of its range moved by more than this share of the range's width. */
const MOVED_SINCE_HALF = 0.2
const MOVED_SINCE_QUARTER = 0.1
/** Share of the tensors that may have moved. */
const FEW_TENSORS = 0.1
const HALF_OF_TENSORS = 0.5

/**
 * How far a range from a part of the images lies from that of all of them: the larger shift of its two ends, as a share of
 * the whole range's width.
 */
export function settling(part: Range, all: Range): number {
  const width = Math.max(all.max, 0) - Math.min(all.min, 0)
  if (width === 0) return 0
  return Math.max(Math.abs(part.min - all.min), Math.abs(part.max - all.max)) / width
}

/** Enough images? The ranges as a function of their number: a quarter, half, all. */
export function auditSettling(variant: string, { samples, tensors }: CalibrationTable, layerOf: LayerNames): Diagnosis {
  const check = 'number of calibration images'
  const names = Object.keys(tensors)
  const moves = names.map((tensor) => {
    const { range, half, quarter } = tensors[tensor]
    return {
      tensor,
      half: settling(toRange(half), toRange(range)),
      quarter: settling(toRange(quarter), toRange(range))
    }
  })
  const sizes = subsetSizes(samples)
  const sinceHalf = moves.filter(({ half }) => half > MOVED_SINCE_HALF)
  const sinceQuarter = moves.filter(({ quarter }) => quarter > MOVED_SINCE_QUARTER)
  const worst = [...moves].sort((a, b) => b.half - a.half)
  const figures =
    `from ${sizes.half} to ${plural(samples, 'image')} ${sinceHalf.length} of ${plural(names.length, 'range')} move by more than ` +
    `${percent(MOVED_SINCE_HALF)}, from ${sizes.quarter} on ${sinceQuarter.length} by more than ${percent(MOVED_SINCE_QUARTER)}`
  const largest = `most of all ${firstFew(
    worst.slice(0, 3).map(({ tensor, half }) => `${layerOf(tensor)} (${percent(half)})`)
  )}`
  const action =
    'Calibrate with more images, of every class: a few hundred are usual. Ranges that still grow cut off what later images show.'
  if (samples < FEWEST_IMAGES) {
    const evidence = `too small: ${plural(samples, 'image')}, and whether ranges have settled cannot be seen below ${FEWEST_IMAGES}; ${figures}`
    return { check, status: 'warn', variant, evidence, action }
  }
  const settled =
    sinceHalf.length <= FEW_TENSORS * names.length && sinceQuarter.length <= HALF_OF_TENSORS * names.length
  if (settled) {
    return { check, status: 'pass', variant, evidence: `the ranges have settled: ${figures}; ${largest}`, action: '' }
  }
  return {
    check,
    status: 'warn',
    variant,
    evidence: `too small: the ranges have not settled: ${figures}; ${largest}`,
    action
  }
}

/** Says which layer makes a tensor. */
export type LayerNames = (tensor: string) => string

export function toRange([min, max]: readonly [number, number]): Range {
  return { min, max }
}
