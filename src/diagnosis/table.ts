import type { CacheLookup, CalibrationTable, OutsideShare, Range } from '../quantization/index.js'
import type { Diagnosis } from '../result.js'
import type { Int8Ranges } from '../variants/index.js'
import type { LayerNames } from './settling.js'
import { firstFew, percent, plural, short } from './words.js'

/** Where the table comes from, how old it is, and what became of one that did not fit. */
export function auditOrigin(
  variant: string,
  { key, parts, samples }: CalibrationTable,
  lookup: CacheLookup,
  now: Date
): Diagnosis {
  const check = 'calibration table'
  const { method, ...parameters } = JSON.parse(parts.method) as { method: string } & Record<string, unknown>
  const how = [method, ...Object.values(parameters).map(String)].join(' ')
  const what = `${how} on ${plural(samples, 'image')}, target ${parts.target}, key ${key.slice(0, 16)}`
  if (lookup.hit) {
    const evidence =
      `from the cache: ${what}; its key was verified against this model, preprocessing, calibration set and method. ` +
      `${lookup.file}, computed ${age(lookup.storedAt, now)}`
    return { check, status: 'pass', variant, evidence, action: '' }
  }
  if (!lookup.refused) {
    return { check, status: 'pass', variant, evidence: `computed in this run: ${what}; ${lookup.reason}`, action: '' }
  }
  return {
    check,
    status: 'warn',
    variant,
    evidence: `a cached table was refused and ${what} computed anew: ${lookup.reason}`,
    action:
      'Nothing wrong was used. Find out what put that file into the cache folder: tables are files that nobody edits or renames.'
  }
}

function age(then: Date, now: Date): string {
  const hours = Math.max(0, now.getTime() - then.getTime()) / 3_600_000
  const ago =
    hours < 1
      ? 'less than an hour ago'
      : hours < 48
        ? `${Math.round(hours)} hours ago`
        : `${Math.round(hours / 24)} days ago`
  return `${then.toISOString().slice(0, 16).replace('T', ' ')} UTC (${ago})`
}

/**
 * Does a table belong to this network? For tables from elsewhere: ours cannot be made without every name.
 *
 * @param ranges the table
 * @param needed tensors that are quantized
 * @param known every tensor of the network
 * @param calibrated how many other tensors were calibrated because the table lacks them
 */
export function auditNames(
  variant: string,
  ranges: ReadonlyMap<string, Range>,
  needed: readonly string[],
  known: ReadonlySet<string>,
  calibrated = 0
): Diagnosis {
  const check = 'names in the calibration table'
  const unknown = [...ranges.keys()].filter((tensor) => !known.has(tensor))
  const missing = needed.filter((tensor) => !ranges.has(tensor))
  if (unknown.length === 0 && missing.length === 0 && calibrated === 0) {
    return {
      check,
      status: 'pass',
      variant,
      evidence: `all ${needed.length} quantized tensors have a range`,
      action: ''
    }
  }
  const evidence = [
    ...(unknown.length > 0
      ? [`${unknown.length} of ${ranges.size} names are no tensor of this network: ${firstFew(unknown)}`]
      : []),
    ...(missing.length > 0
      ? [`${missing.length} of ${needed.length} quantized tensors have no range: ${firstFew(missing)}`]
      : []),
    ...(calibrated > 0
      ? [`${calibrated} of ${needed.length + calibrated} quantized tensors had no range and were calibrated`]
      : [])
  ].join('; ')
  const foreign = unknown.length > 0.5 * ranges.size
  return {
    check,
    status: missing.length > 0 || foreign ? 'fail' : 'warn',
    variant,
    evidence,
    action: foreign
      ? 'This table was made for another network, or the exporter renamed its tensors: make it again for this file.'
      : missing.length > 0
        ? 'Calibrate these tensors too, or keep their layers in FP32 (`keep`).'
        : 'Check that the table was made for this file: its other ranges are used as they are.'
  }
}

/** Values that test images have outside a range beyond what the method cuts off by design, as a share of the tensor's. */
const CONTRADICTED = 0.002

/** Does the test set contradict the ranges? */
export function auditOutside(
  variant: string,
  { ranges, calibrated }: Int8Ranges,
  shares: ReadonlyMap<string, OutsideShare>,
  images: number,
  layerOf: LayerNames
): Diagnosis {
  const check = 'test values outside the calibrated ranges'
  const tensors = [...shares].map(([tensor, { values, outside, observed }]) => {
    const range = ranges.get(tensor) ?? { min: 0, max: 0 }
    const cut = cutOf(calibrated, tensor)
    const share = values === 0 ? 0 : outside / values
    return { tensor, share, cut, excess: share - (cut ?? 0), observed, range }
  })
  const worst = [...tensors].sort((a, b) => b.excess - a.excess)
  const describe = ({ tensor, share, cut, observed, range }: (typeof tensors)[number]): string =>
    `${layerOf(tensor)}: ${percent(share)} outside [${short(range.min)}, ${short(range.max)}] ` +
    `(${cut === undefined ? 'imported' : `calibration itself left out ${percent(cut)}`}), seen [${short(observed.min)}, ${short(observed.max)}]`
  const contradicted = worst.filter(({ excess }) => excess > CONTRADICTED)
  const on = `on ${plural(images, 'test image')}`
  if (contradicted.length === 0) {
    const first = worst.length === 0 ? '' : `; at most ${describe(worst[0])}`
    return {
      check,
      status: 'pass',
      variant,
      evidence: `none of ${plural(tensors.length, 'range')} is contradicted ${on}${first}`,
      action: ''
    }
  }
  return {
    check,
    status: 'warn',
    variant,
    evidence: `${contradicted.length} of ${plural(tensors.length, 'range')} are contradicted ${on}: ${firstFew(contradicted.map(describe), 2)}`,
    action: contradicted.some(({ cut }) => cut === undefined)
      ? 'The imported table cuts off on purpose (entropy does), or was made with other weights, other preprocessing or other images: calibrate here to tell.'
      : 'The calibration images are unlike the test images: add such images, or check that both come from the same source.'
  }
}

/** What the method itself left out of its own images; undefined where others chose the range. */
function cutOf(calibrated: Int8Ranges['calibrated'], tensor: string): number | undefined {
  const tensors = calibrated?.table.tensors
  return tensors !== undefined && Object.hasOwn(tensors, tensor) ? tensors[tensor].cut : undefined
}
