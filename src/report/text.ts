import type { Verdict } from '../result.js'

/** Stands for "no value" in every report. */
export const NONE = '–'

/** Control, format (such as direction marks), surrogate, private and unassigned code points, and line separators. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu

/**
 * Names come from models and files that nobody has vetted: what could move the cursor, start a line, reverse the
 * reading direction or be no character at all is written out as an escape.
 */
export function visible(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    if (character === '\n') return '\\n'
    const code = character.codePointAt(0)!
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
}

/** A metric in 0..1 as a percentage, so that drops in points can be read off. */
export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : `${(100 * value).toFixed(2)} %`
}

export function points(value: number): string {
  // -0.00 would be a gain that is none
  const text = value.toFixed(2)
  return text === '-0.00' ? '0.00' : text
}

export function pValue(value: number): string {
  return value < 0.0001 ? '< 0.0001' : value.toFixed(4)
}

export function count(value: number): string {
  return value.toLocaleString('en-US')
}

export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

export function bytes(value: number): string {
  if (value < 1e3) return `${value} B`
  if (value < 1e6) return `${(value / 1e3).toFixed(1)} kB`
  return value < 1e9 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e9).toFixed(2)} GB`
}

/** A limit with its direction and unit. */
export function limitOf(verdict: Verdict): string {
  const { unit, limit, tolerance, subject, against } = verdict
  if (subject === 'outputs') return 'all finite'
  if (isLayerLimit(verdict)) return layerLimitOf(verdict)
  if (unit === 'times') return `≥ ${trim(limit)}x FP32`
  if (unit === 'points') return `≤ ${trim(limit)} points${against === 'baseline' ? ' since baseline' : ''}`
  if (unit === 'relative') return `≤ ${trim(100 * limit)} % of FP32`
  return tolerance === undefined
    ? `≥ ${percent(limit)}`
    : `${(100 * limit).toFixed(2)} ± ${(100 * tolerance).toFixed(2)} %`
}

function layerLimitOf({ unit, limit, against }: Verdict): string {
  switch (unit) {
    case 'ratio':
      return `≤ ${trim(100 * limit)} % deviating`
    case 'dB':
      return against === 'baseline' ? `≤ ${trim(limit)} dB since baseline` : `≥ ${trim(limit)} dB`
    case 'cosine':
      return `cosine ≥ ${trim(limit)}`
    case 'layers':
      return `all ${plural(limit, 'layer')}`
    default:
      return `error ≤ ${trim(limit)}`
  }
}

/** What was observed of the worst layer, in the limit's unit. */
export function layerValueOf({ unit, observed, layers, limit }: Verdict): string {
  if (unit === 'layers') return observed === null ? NONE : `${count(observed)} of ${count(limit)}`
  const worst = layers?.worst
  if (worst === undefined) return NONE
  if (observed === null) return 'not finite'
  switch (unit) {
    case 'ratio':
      return `${(100 * observed).toFixed(2)} %`
    case 'dB':
      return `${observed.toFixed(1)} dB`
    default:
      return String(Number(observed.toPrecision(5)))
  }
}

/** Whether a limit is one on layers. */
export function isLayerLimit({ unit }: Verdict): boolean {
  return unit === 'dB' || unit === 'cosine' || unit === 'ratio' || unit === 'absolute' || unit === 'layers'
}

/** At least two digits, and no more than the config gave. */
function trim(value: number): string {
  const short = value.toFixed(2)
  return Math.abs(Number(short) - value) < 1e-12 ? short : String(Number(value.toPrecision(6)))
}
