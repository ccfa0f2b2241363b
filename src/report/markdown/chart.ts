import { REFERENCE_VARIANT, type LayerResult, type Result } from '../../result.js'
import { baselineOf } from '../rows.js'
import { clip, details, fence, paragraphs } from './markup.js'
import type { View } from './view.js'

/** More bars or points than this cannot be told apart at the width of a comment. */
const MOST_BARS = 24
const MOST_POINTS = 40
const BLOCKS = 24
const LABEL = 24
/** Mermaid's own bars are too pale to be seen; a viewer that refuses the directive draws those. */
const LOOK =
  '%%{init: {"xyChart": {"height": 320}, "themeVariables": {"xyChart": {"plotColorPalette": "#4493f8, #cf222e"}}}}%%'

interface Bar {
  readonly label: string
  readonly points: number
  readonly limit: number | undefined
  /** What the baseline lost. */
  readonly before: number | undefined
}

/** What every variant loses, drawn by Mermaid and, for mail and enterprise servers without it, in characters. */
export function dropChart({ result, detail }: View): string {
  if (!detail.charts) return ''
  const bars = barsOf(result)
  if (bars.length === 0) return ''
  return details('Chart: points lost', paragraphs([mermaid(bars), fence('text', textBars(bars))]))
}

/** SQNR through the network, one chart for each variant with layers. */
export function layerCharts({ result, detail }: View): string {
  if (!detail.charts || detail.layers === 0) return ''
  const charts = Object.entries(result.layers ?? {}).flatMap(([variant, layers]) => {
    const points = sqnrPoints(layers)
    if (points.length < 2) return []
    const lines = [
      LOOK,
      'xychart-beta',
      `  title "${label(variant)}: SQNR by layer, first to last"`,
      `  x-axis "layer" 1 --> ${layers.length}`,
      `  y-axis "dB" 0 --> ${number(Math.max(1, ...points))}`,
      `  line [${points.map(number).join(', ')}]`
    ]
    return [fence('mermaid', lines)]
  })
  return details('Chart: SQNR through the network', paragraphs(charts))
}

/**
 * The largest losses among those with a limit, or among all where none has one; a gain is drawn as no loss, because
 * Mermaid has no bars below zero.
 */
function barsOf(result: Result): Bar[] {
  const losses = Object.entries(result.variants).flatMap(([name, { drop }]) =>
    Object.entries(drop).flatMap(([metric, { points }]) => {
      if (name === REFERENCE_VARIANT || points === null) return []
      const limit = limitOn(result, name, metric)
      const before = baselineOf(result, name, metric)?.dropPoints ?? undefined
      return [{ name, metric, points: Math.max(0, points), limit, before }]
    })
  )
  const limited = losses.filter(({ limit }) => limit !== undefined)
  const candidates = limited.length > 0 ? limited : losses
  const several = new Set(candidates.map(({ metric }) => metric)).size > 1
  const largest = new Set([...candidates].sort((a, b) => b.points - a.points).slice(0, MOST_BARS))
  return candidates
    .filter((loss) => largest.has(loss))
    .map(({ name, metric, ...bar }) => ({ ...bar, label: label(several ? `${name} ${metric}` : name) }))
}

/** The tightest limit on a drop, in points. */
function limitOn({ verdicts }: Result, name: string, metric: string): number | undefined {
  const limits = verdicts.filter(
    ({ variant, subject, unit, against }) =>
      variant === name && subject === metric && unit === 'points' && against !== 'baseline'
  )
  return limits.length === 0 ? undefined : Math.min(...limits.map(({ limit }) => limit))
}

function mermaid(bars: readonly Bar[]): string {
  const limits = bars.map(({ limit }) => limit)
  const top = Math.max(0.1, ...bars.flatMap(({ points, limit }) => [points, limit ?? 0]))
  return fence('mermaid', [
    LOOK,
    'xychart-beta',
    '  title "Points lost against FP32 (line: limit)"',
    `  x-axis [${bars.map(({ label }) => `"${label}"`).join(', ')}]`,
    `  y-axis "points" 0 --> ${number(1.05 * top)}`,
    `  bar [${bars.map(({ points }) => number(points)).join(', ')}]`,
    ...(limits.every((limit) => limit !== undefined) ? [`  line [${limits.map(number).join(', ')}]`] : [])
  ])
}

function textBars(bars: readonly Bar[]): string[] {
  const top = Math.max(0.1, ...bars.flatMap(({ points, limit }) => [points, limit ?? 0]))
  const width = Math.max(...bars.map(({ label }) => Array.from(label).length))
  const shares = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']
  return bars.map(({ label, points, limit, before }) => {
    const eighths = Math.round((8 * BLOCKS * points) / top)
    const bar = '█'.repeat(Math.floor(eighths / 8)) + shares[eighths % 8]
    const bound = limit === undefined ? '' : `  limit ${limit.toFixed(2)}`
    const earlier = before === undefined ? '' : `  baseline ${before.toFixed(2)}`
    return `${pad(label, width)}  ${pad(bar, BLOCKS)}  ${points.toFixed(2)}${bound}${earlier}`
  })
}

/** The smallest value of each of at most `MOST_POINTS` stretches: an average would hide the one bad layer. */
function sqnrPoints(layers: readonly LayerResult[]): number[] {
  const finite = layers.map(({ sqnrDb }) => sqnrDb).filter((value) => value !== null)
  const top = Math.max(0, ...finite)
  const values = layers.map(({ sqnrDb, maxAbs }) => Math.max(0, sqnrDb ?? (maxAbs === 0 ? top : 0)))
  const stretches = Math.min(MOST_POINTS, values.length)
  return Array.from({ length: stretches }, (_, index) =>
    Math.min(
      ...values.slice(
        Math.floor((index * values.length) / stretches),
        Math.floor(((index + 1) * values.length) / stretches)
      )
    )
  )
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - Array.from(text).length))
}

/** Nothing in a fence or a Mermaid string can be escaped, so all but letters, digits and a few marks is replaced. */
function label(name: string): string {
  return clip(name.replace(/[^\p{L}\p{N} ./_+-]/gu, '?'), LABEL)
}

function number(value: number): string {
  return String(Number(value.toFixed(3)))
}
